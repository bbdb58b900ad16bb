import re
import time
from collections import defaultdict

import pytest

from faithlens.contradiction.lexicon import build, lexicon, parts_of, rows
from faithlens.contradiction.tokens import tokens

ROWS = list(rows())
PLACES = {"organ", "bone", "joint", "place"}
FINDINGS = PLACES | {"finding", "generic", "device", "modality", "procedure", "tracer"}


def named(text: str, *kinds: str) -> set[str]:
    known = lexicon()
    found = {hit.concept for hit in known.hits(tokens(text)) if hit.sense == "name"}
    return {concept for concept in found if not kinds or known.kind(concept) in kinds}


def shown(text: str) -> set[str]:
    return {hit.concept for hit in lexicon().hits(tokens(text)) if hit.sense != "against"}


def spelled(wording: str) -> list[str]:
    """A name as texts that have it: each alternative, each order, nothing in its gaps."""
    choice = re.search(r"\(([^()]*)\)", wording)
    if choice:
        before, after = wording[: choice.start()], wording[choice.end() :]
        return [text for one in choice[1].split("/") for text in spelled(f"{before}{one}{after}")]
    one, both, two = wording.partition("&")
    orders = [f"{one} {two}", f"{two} {one}"] if both else [wording]
    return [order.replace("..", " ") for order in orders]


# --------------------------------------------------------------------------- every entry


def test_every_concept_hangs_together():
    known = lexicon()
    first: dict[str, str] = {}
    for name, kind, *_ in ROWS:
        assert first.setdefault(name, kind) == kind, f"{name} is a {first[name]} and a {kind}"
    for concept in known.concepts.values():
        assert set(concept.parents) <= set(known.concepts), concept.id
        assert all(known.kind(site) in PLACES for site in concept.sites), concept.id
        assert all(concept.id not in known.above[parent] for parent in concept.parents), f"{concept.id} is its own kind"
    assert all(group for listed in known.described.values() for one in listed for group in one.groups)
    for name, _, _, _, signs in ROWS:
        assert all(sign.strip()[1:] in known.concepts for sign in signs.split(";") if sign.strip()[:1] == "*"), name


def test_every_name_finds_its_concept_or_a_more_special_one():
    known = lexicon()
    lost: list[tuple[str, str]] = []
    for name, kind, _, names, _ in ROWS:
        if kind == "idiom":
            continue
        for wording in [name.replace("_", " "), *filter(None, (part.strip() for part in names.split(";")))]:
            for text in spelled(wording.lstrip("?=")):
                found = named(text)
                if not any(known.distance(other, name) is not None for other in found):
                    lost.append((name, text))
    assert not lost


def test_names_of_two_unrelated_concepts_are_declared():
    known = lexicon()
    declared = {
        (name, parts)
        for name, _, _, names, _ in ROWS
        for wording in names.split(";")
        if wording.strip()[:1] == "?"
        for parts in parts_of(wording.strip(" ?="))
    }
    owners: dict[tuple[tuple[str, ...], ...], list[str]] = defaultdict(list)
    for phrase in (phrase for phrases in known.by_first.values() for phrase in phrases):
        if phrase.sense == "name" and (phrase.concept, phrase.parts) not in declared:
            owners[phrase.parts].append(phrase.concept)
    for parts, owned in owners.items():
        assert all(
            known.distance(one, other) is not None or known.distance(other, one) is not None
            for at, one in enumerate(owned)
            for other in owned[at + 1 :]
        ), (parts, owned)


def test_it_is_broad_and_read_fast():
    known = lexicon()
    kinds = [concept.kind for concept in known.concepts.values()]
    assert len([kind for kind in kinds if kind != "idiom"]) >= 1500
    begun = time.process_time()
    build(ROWS)
    assert time.process_time() - begun < 2


# --------------------------------------------------------------------------- what the format means


def test_a_later_line_adds_to_a_concept():
    known = build(
        [
            ("bone", "organ", "", "", ""),
            ("break", "finding", "", "crack", ""),
            ("break", "finding", "@bone", "snap", "jagged line"),
        ]
    )
    assert {hit.concept for hit in known.hits(tokens("A snap."))} == {"break"}
    assert known.concepts["break"].sites == ("bone",)


def test_a_name_of_a_special_concept_is_taken_from_the_general_one_unless_declared():
    special = [("cancer", "finding", "", "growth; ca", ""), ("glioma", "finding", "cancer", "growth; ?ca", "")]
    known = build(special)
    assert [hit.concept for hit in known.hits(tokens("growth"))] == ["glioma"]
    assert {hit.concept for hit in known.hits(tokens("ca"))} == {"cancer", "glioma"}


def test_signs_can_be_those_of_another_concept():
    known = build(
        [("colitis", "finding", "", "", "thick wall; !thin wall"), ("crohn", "finding", "colitis", "", "*colitis")]
    )
    assert [(hit.concept, hit.sense) for hit in known.hits(tokens("a thick wall"))] == [
        ("colitis", "sign"),
        ("crohn", "sign"),
    ]
    assert ("crohn", "against") in [(hit.concept, hit.sense) for hit in known.hits(tokens("a thin wall"))]


def test_words_that_look_alike_by_their_stem_are_kept_apart():
    assert "tibia" in named("A broken Shin.") and "tibia" not in named("The fluid shines.")
    assert "testis" in named("Both testes.") and "testis" not in named("The tests agree.")
    assert "chest_tube" in named("A drain on the left.") and "chest_tube" not in named("A draining vein.")


def test_the_words_of_a_description_stand_in_any_order_and_not_across_a_comma_or_a_negation():
    known = build([("axial", "view", "", "", "(slice/cut) + (bread/salami)")])
    for text in (
        "It looks like a slice of white bread.",
        "Like bread that someone has cut.",
        "A slice; or cut salami.",
    ):
        assert [hit.concept for hit in known.hits(tokens(text))] == ["axial"], text
    for text in ("A slice, and then bread.", "A slice without any bread.", "A slice."):
        assert known.hits(tokens(text)) == [], text
    hit = known.hits(tokens("It looks like a slice of bread."))[0]
    assert (hit.first, hit.last) == (4, 7)


def test_a_site_is_inherited_from_the_nearest_concept_that_has_one():
    known = lexicon()
    assert known.sites("lobar_pneumonia") == {"lung"}
    assert known.sites("subdural_empyema") == {"meninges"}
    assert known.sites("abnormality") == frozenset()


@pytest.mark.parametrize(
    ("written", "concept"),
    [
        ("US", "ultrasound"),
        ("MS", "multiple_sclerosis"),
        ("GIST", "gastrointestinal_stromal"),
        ("NET", "neuroendocrine_tumor"),
    ],
)
def test_abbreviations_that_are_words_count_as_they_are_written(written: str, concept: str):
    assert concept in named(f"Findings of {written}.")
    assert concept not in named(f"Findings of {written.lower()}.") | named(f"Findings of {written.title()}.")


# --------------------------------------------------------------------------- what a text means


@pytest.mark.parametrize(
    "text",
    [
        "On the other hand, let us go back to the question and cross out the first two options.",
        "In line with this, nothing points to a clear winner, so I focus on what is more likely.",
        "By and large there is little doubt, and the bottom line is the right answer.",
        "I'm torn between two choices, but at this stage it is a rule of thumb, set in stone.",
        "We took the train on Tuesday, had lunch with my cousin and walked through the park until it rained.",
        "The committee will publish its minutes next month, and everyone may send comments until Friday.",
        "She bought a ticket, read the novel to the last page, and wrote a letter to the editor.",
        "Prices rose in autumn because the harvest was poor and transport had become expensive.",
    ],
)
def test_ordinary_english_has_no_findings_in_it(text: str):
    assert named(text, *FINDINGS) == set()


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("The shin bone is broken.", "tibia"),
        ("There is water on the lung.", "pleural_effusion"),
        ("Looks like a bleed on the brain.", "hemorrhage"),
        ("Large PTX on the left.", "pneumothorax"),
        ("Most likely GBM.", "glioblastoma"),
        ("A slipped disc at L5.", "herniated_disc"),
        ("The lady has a frozen shoulder.", "adhesive_capsulitis"),
        ("He had a mini-stroke.", "transient_ischemic_attack"),
        ("That is a broken collarbone.", "clavicle_fracture"),
        ("It is a heart attack.", "myocardial_infarction"),
        ("She has gall bladder stones.", "gallstones"),
        ("The main pipe has a blowout fracture.", "orbital_fracture"),
        ("Hydrops? No: hydrocephalus, water on the brain.", "hydrocephalus"),
        ("An oesophageal carcinoma.", "esophageal_cancer"),
        ("The windpipe is pushed over.", "tracheal_deviation"),
    ],
)
def test_lay_latin_and_abbreviated_names(text: str, concept: str):
    known = lexicon()
    assert any(known.distance(found, concept) is not None for found in named(text))


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("Two gas bubbles side by side and no gas beyond them.", "duodenal_atresia"),
        ("A crescent-shaped extra-axial collection that crosses the sutures.", "subdural_hematoma"),
        ("A biconvex extra-axial collection that does not cross the sutures.", "epidural_hematoma"),
        ("No lung markings are seen beyond a thin pleural line.", "pneumothorax"),
        ("Ring enhancement with restricted diffusion in the center.", "brain_abscess"),
        ("A blind-ending tubular structure with fat stranding.", "appendicitis"),
        ("It enhances in the arterial phase and washes out.", "hepatocellular_carcinoma"),
        ("Nodular enhancement from the edge, filling in later: progressive centripetal filling.", "hemangioma"),
        ("A dural tail and a broad dural base.", "meningioma"),
        ("An apple-core narrowing of the sigmoid.", "colorectal_cancer"),
        ("Bird's beak tapering of the distal esophagus.", "achalasia"),
        ("Dawson's fingers at right angles to the ventricles.", "multiple_sclerosis"),
        ("Blunting of the costophrenic angle with a meniscus.", "pleural_effusion"),
        ("The heart is boot-shaped.", "tetralogy_of_fallot"),
        ("A sunburst periosteal reaction and a Codman triangle.", "osteosarcoma"),
        ("Onion-skin periosteal reaction of the diaphysis.", "ewing_sarcoma"),
        ("Fluid-fluid levels in a blown-out lesion.", "aneurysmal_bone_cyst"),
        ("Both pancreatic duct and bile duct are wide: the double duct sign.", "pancreatic_cancer"),
        ("The steeple sign below the cords.", "croup"),
        ("The posterior horn of the meniscus is crossed by a line up to its surface.", "meniscal_tear"),
        ("Air lies where it should not: between the liver and the diaphragm.", "pneumoperitoneum"),
        ("Bamboo spine with fused sacroiliac joints.", "ankylosing_spondylitis"),
    ],
)
def test_descriptions_show_what_they_mean(text: str, concept: str):
    assert concept in shown(text) | named(text)


def test_kinds_go_up_to_what_they_are():
    known = lexicon()
    assert known.distance("glioblastoma", "glioma") and known.distance("glioblastoma", "brain_tumor")
    assert known.distance("tibia", "leg") and known.distance("hepatocellular_carcinoma", "cancer")
    assert known.distance("glioma", "glioblastoma") is None
