"""Words that go with an option, where neither its name nor a sign is there."""

from importlib import resources

import pytest

from faithlens.contradiction.association import Association, association
from faithlens.contradiction.clauses import sentences
from faithlens.contradiction.lexicon import words_of
from faithlens.contradiction.targets import targets
from faithlens.contradiction.tokens import tokens

FOLDER = resources.files("faithlens.contradiction").joinpath("associations")
LINES = [
    (file.name, line)
    for file in sorted(FOLDER.iterdir(), key=lambda file: file.name)
    for line in file.read_text(encoding="utf-8").splitlines()
]


def goes(think: str, options: tuple[str, ...], question: str = "What is shown?") -> Association:
    words = tokens(think)
    return association(words, sentences(think, words), targets(question, options))


def best(values: tuple[float, ...]) -> int:
    return max(range(len(values)), key=values.__getitem__)


def test_what_is_denied_counts_apart():
    options = ("Rib fracture", "Pneumothorax", "Scoliosis")
    affirmed = goes("The cortex of the seventh shows a step.", options)
    denied = goes("The cortex of the seventh shows no step.", options)
    assert affirmed.affirmed[0] > 0 and not any(affirmed.denied)
    assert denied.denied[0] > 0 and not any(denied.affirmed)


def test_theory_and_history_do_not_count():
    options = ("Gout", "Fracture")
    assert not any(goes("Gout is a disease of crystals that deposit in joints.", options).affirmed)
    assert not any(goes("What is a tophus?", options).affirmed)


def test_an_absence_has_only_its_own_words():
    there, absent = goes("A crescent of air at the apex.", ("Pneumothorax", "No pneumothorax")).affirmed
    assert there > 0 and absent == 0
    healthy, broken = goes("Aerated to the edge, symmetrical, vessels taper.", ("Normal lung", "Rib fracture")).affirmed
    assert healthy > broken


def test_nothing_goes_with_yes_or_no():
    found = goes("A crescent of air at the apex.", ("Yes", "No"), "Is there a pneumothorax?")
    assert found == Association((0.0, 0.0), (0.0, 0.0))


def test_what_all_options_have_tells_none_apart():
    """Each word weighs 1 - (n - 1) / N, where n of N options have it: nothing for n = N = 1 … but 1 for n = 1."""
    alone = goes("zqxj", ("zqxj", "wvkk")).affirmed
    shared = goes("zqxj", ("zqxj ppft", "zqxj rrgh")).affirmed
    assert alone[0] > 0 and alone[1] == 0
    assert shared[0] == shared[1] > 0


def test_an_empty_think_goes_with_nothing():
    assert goes("", ("Gout", "Fracture")) == Association((0.0, 0.0), (0.0, 0.0))


def test_every_line_is_a_name_and_its_words():
    known = words_of()
    named = 0
    for file, line in LINES:
        if line and not line.startswith("#"):
            names, mark, words = line.partition(":")
            assert mark and names.strip() and len(words.split()) >= 8, f"{file}: {line[:60]}"
            assert all(name.strip() for name in names.split("=")), f"{file}: {line[:60]}"
            named += 1
    assert named > 700 and len(known) > 2000


KNEE = ("ACL pathology", "Meniscal abnormality", "Chondral abnormality", "Bone fracture")
CHEST = ("Pneumothorax", "Pneumonia", "Pulmonary edema", "Emphysema")
HEAD = ("Subdural hematoma", "Acute infarct", "Hydrocephalus", "Meningioma")
BELLY = ("Gallstones", "Appendicitis", "Bowel obstruction", "Kidney stones")
HOW = ("MRI", "CT scan", "Ultrasound", "X-ray")
JOINTS = ("Distal Interphalangeal", "Sacroiliac", "Glenohumeral", "Temporomandibular")
SKIN = ("Psoriasis", "Melanoma", "Urticaria", "Ringworm")


@pytest.mark.parametrize(
    ("options", "meant", "think"),
    [
        (KNEE, 0, "Pivoting injury at handball; the band in the notch is wavy and the shin has slid forward."),
        (
            KNEE,
            1,
            "He cannot straighten the joint, it locks; the wedge-shaped cushion is split and a piece has flipped.",
        ),
        (KNEE, 2, "The shiny coat over the condyle has a full-thickness crater with water under its flap."),
        (
            CHEST,
            0,
            "Tall young smoker, sudden breathlessness: the lung has shrunk toward the hilum; needle, then a drain.",
        ),
        (CHEST, 1, "Rigors and rusty phlegm; a white lobe with tubes of air running through it. Amoxicillin."),
        (CHEST, 2, "Bat wing haze, short lines at the edge, frothy pink sputum; give furosemide."),
        (CHEST, 3, "Barrel chest, flat domes, big black lungs with few vessels after forty years of cigarettes."),
        (HEAD, 0, "An old man on warfarin who fell: a sickle of blood over the convexity that crosses sutures."),
        (HEAD, 1, "Bright on diffusion in the territory of a blocked branch; face droops since seven this morning."),
        (HEAD, 2, "The water chambers are ballooned, the temporal horns too; she needs a shunt."),
        (
            HEAD,
            3,
            "Extra-axial, on a broad foot with a tail along the dura, it lights up evenly and pushes the cortex in.",
        ),
        (BELLY, 0, "Bright pebbles that roll and throw a shadow after a fatty meal."),
        (BELLY, 1, "Pain that moved to the right iliac fossa; a blind tube 11 mm wide that will not compress."),
        (BELLY, 2, "Vomiting, no wind passed; loops like a stepladder with levels and an empty colon."),
        (BELLY, 3, "Colic from loin to groin, blood in the urine, a chalky speck in the ureter."),
        (HOW, 0, "Fluid shines, cortex is black, she lay in the noisy tube with a coil around her knee."),
        (HOW, 2, "A fan-shaped grainy picture under gel, the probe at the top, shadow behind the bright thing."),
        (JOINTS, 0, "The last hinge before the nail, next to the tuft."),
        (JOINTS, 1, "Where the tailbone's big triangle meets the wing of the pelvis."),
        (JOINTS, 2, "A ball on a shallow cup under the acromion."),
        (JOINTS, 3, "The hinge of the jaw in front of the ear; it clicks when she chews."),
        (SKIN, 0, "Silvery scale on elbows and knees, pits in the nails."),
        (SKIN, 1, "A black patch, uneven border, several colours, 9 mm and growing."),
        (SKIN, 2, "Itchy weals that come and go within hours after prawns."),
    ],
)
def test_descriptions_go_with_what_they_describe(options: tuple[str, ...], meant: int, think: str):
    assert best(goes(think, options).affirmed) == meant
