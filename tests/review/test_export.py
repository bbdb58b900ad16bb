"""Sets drawn from a run: what is drawn, with which weight, in which order, and what is kept from raters."""

from __future__ import annotations

import io
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from faithlens.cases import open_image
from faithlens.contradiction.constructed import KINDS as LABELS
from faithlens.errors import ImageError, ReviewError, SettingsError
from faithlens.records import Case, Finding, Trace, Verdict
from faithlens.review.candidates import candidates
from faithlens.review.catches import EXPECTED
from faithlens.review.design import Design
from faithlens.review.exporting import Exported, export
from faithlens.review.form import form
from faithlens.review.ordering import shuffled_apart
from faithlens.review.pictures import bare
from faithlens.review.rating import Rating, check
from faithlens.review.reviewset import key_path, open_key, open_set
from faithlens.review.sampling import allocate, draw, effective, stratified
from faithlens.store import Run, RunFolder, open_run
from tests.cases.test_dicom import dicom, row
from tests.review import hospital


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return hospital.run(tmp_path_factory.mktemp("hospital"))


@pytest.fixture(scope="module")
def made(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    out = tmp_path_factory.mktemp("out") / "set"
    return export(run, out, Design(n=12, by=("band",), overlay=True, second_round=True, raters=("anna", "ben")))


# ------------------------------------------------------------------------------------- the sample


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(1, 40), min_size=1), st.data())
def test_items_are_shared_equally_where_strata_are_large_enough(sizes: dict[str, int], data: st.DataObject):
    n = data.draw(st.integers(len(sizes), max(len(sizes), sum(sizes.values()))))
    shares = allocate(sizes, n)
    assert sum(shares.values()) == min(n, sum(sizes.values()))
    assert all(1 <= shares[stratum] <= sizes[stratum] for stratum in sizes)
    unfilled = [shares[stratum] for stratum in sizes if shares[stratum] < sizes[stratum]]
    assert max(unfilled, default=0) - min(unfilled, default=0) <= 1


def test_too_few_items_for_the_strata_say_what_to_do():
    with pytest.raises(SettingsError, match="--n 3 or more, or fewer traits in --by"):
        allocate({"a": 1, "b": 1, "c": 1}, 2)


def test_weights_give_back_the_rate_of_the_whole_run(run: Run):
    # strata are drawn with different shares, so that only weights can bring the rate back
    found, _ = candidates(run)
    truth = np.mean([one.trace.choice == one.case.key for one in found])
    strata = stratified(found, ("band",), None)
    shares = {stratum: 2 + place for place, stratum in enumerate(strata)}
    estimates = []
    for seed in range(400):
        drawn = draw(strata, shares, None, seed)
        weights = [len(strata[one.stratum]) / shares[one.stratum] for one in drawn]
        right = [one.candidate.trace.choice == one.candidate.case.key for one in drawn]
        assert len({one.candidate.name for one in drawn}) == len(drawn)
        estimates.append(np.dot(weights, right) / sum(weights))
    assert abs(np.mean(estimates) - truth) < 4 * np.std(estimates) / math.sqrt(len(estimates))
    assert np.std(estimates) > 0


def test_what_is_no_stratum_is_spread_evenly(run: Run):
    # 24 replies, 8 of each modality: a third of any 12 that are drawn, give or take the one that straddles
    found, _ = candidates(run)
    strata = {"all": found}
    for seed in range(20):
        drawn = Counter(one.candidate.case.modality for one in draw(strata, {"all": 12}, None, seed))
        # sorted by band first, which goes with modality here: 8 replies each, so 4 of each are drawn
        assert set(drawn.values()) == {4}


def test_bands_and_axes_of_a_verdict(run: Run):
    # every third reply has .917 on contradictory, every third .08, every third cannot be told; post_hoc is always .21
    found, _ = candidates(run)
    assert [one.band("contradictory") for one in found[:3]] == ["high", "low", "abstain"]
    assert [one.band() for one in found[:3]] == ["high", "low", "low"]
    assert [one.leading() for one in found[:3]] == ["contradictory", None, None]
    assert found[0].leading("post_hoc") is None


def test_unequal_weights_are_worth_fewer_items():
    # (1+1+4)^2 / (1+1+16) = 2
    assert effective([1.0, 1.0, 4.0]) == pytest.approx(2.0)
    assert effective([3.0] * 7) == pytest.approx(7.0)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"n": 5, "per_stratum": 2}, "one of them"),
        ({"n": 0}, "at least 1"),
        ({"by": ("mood",)}, "axis, band, cluster, modality, correct"),
        ({"by": ()}, "each once"),
        ({"about": "rude"}, "unknown axis"),
        ({"repeats": 1.5}, "from 0 to 1"),
        ({"raters": ("../x",)}, "files are named"),
        ({"raters": ("Anna", "anna")}, "no two alike"),
    ],
)
def test_a_design_that_cannot_be_says_why(wrong: dict, reason: str):
    with pytest.raises(SettingsError, match=reason):
        Design(**wrong)


# ---------------------------------------------------------------------------------------- the set


def test_a_set_holds_samples_repeats_overlays_and_catches(made: Exported):
    kinds = Counter(entry.kind for entry in made.key.entries)
    drawn = [entry for entry in made.key.entries if entry.kind == "sample"]
    # every second case has a box, and every fourth a map: those that were drawn come with an overlay
    assert kinds["sample"] == 12 and kinds["repeat"] == 1 and kinds["catch"] == 4
    assert 0 < kinds["overlay"] < 12
    assert sum(entry.weight for entry in drawn) == pytest.approx(24)
    assert all(math.isnan(entry.weight) for entry in made.key.entries if entry.kind != "sample")
    assert made.key.population == {"band: high": 8, "band: low": 16}
    assert made.key.checkpoint == hospital.CHECKPOINT


def test_a_repeat_is_the_same_item_under_another_name(made: Exported):
    by_id, entries = made.set.items_by_id, made.key.entries_by_item
    for entry in made.key.entries:
        if entry.kind in ("repeat", "overlay"):
            assert entry.repeat_of is not None
            one, other = by_id[entry.item], by_id[entry.repeat_of]
            assert (one.question, one.sentences, one.answer) == (other.question, other.sentences, other.answer)
            assert entries[entry.repeat_of].kind == "sample" and one.id != other.id
            assert (one.overlay is not None) == (entry.kind == "overlay") and other.overlay is None


def test_catch_items_carry_the_answer_that_they_were_built_for(made: Exported):
    meaning = {"supports": "supports", "contradicts": "supports_other", "unsupported": "none"}
    assert {kind: meaning[LABELS[kind]] for kind in EXPECTED} == EXPECTED
    caught = [entry for entry in made.key.entries if entry.kind == "catch"]
    assert {entry.expected["support"] for entry in caught} == {"supports", "supports_other", "none"}
    for entry in caught:
        rating = Rating(entry.item, "anna", "support", entry.expected["support"])
        assert check(rating, made.set, form()) == ()


def test_every_rater_has_an_order_of_its_own_in_which_images_stand_apart(made: Exported):
    pictures = {item.id: (made.set.path / item.images[0]).read_bytes() for item in made.set.items}
    orders = list(made.set.orders.values())
    assert orders[0] != orders[1]
    for order in orders:
        assert sorted(order) == sorted(made.set.items_by_id)
        assert all(pictures[one] != pictures[other] for one, other in pairwise(order))


@settings(deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=25), st.integers(0, 99))
def test_an_order_keeps_variants_apart_whenever_that_is_possible(images: list[int], seed: int):
    of = {f"i{place}": image for place, image in enumerate(images)}
    most = max(Counter(images).values())
    if most > (len(images) + 1) // 2:
        with pytest.raises(ReviewError, match="same image"):
            shuffled_apart(list(of), of, str(seed))
        return
    order = shuffled_apart(list(of), of, str(seed))
    assert sorted(order) == sorted(of)
    assert all(of[one] != of[other] for one, other in pairwise(order))


def test_the_same_design_gives_the_same_set_and_another_seed_another(run: Run, tmp_path: Path):
    first, again, other = (
        export(run, tmp_path / name, Design(n=12, seed=seed)) for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert first.set.sha256 == again.set.sha256 and first.key.sha256 == again.key.sha256
    assert first.set.orders != other.set.orders and not set(first.set.items_by_id) & set(other.set.items_by_id)


def test_sets_of_different_designs_share_no_name(run: Run, tmp_path: Path):
    first, second = (export(run, tmp_path / str(n), Design(n=n)).set for n in (6, 8))
    assert first.id != second.id
    assert not {*first.items_by_id} & {*second.items_by_id}


def test_a_set_is_never_written_over(run: Run, tmp_path: Path):
    export(run, tmp_path / "set", Design(n=12))
    with pytest.raises(ReviewError, match="exists already"):
        export(run, tmp_path / "set", Design(n=12))


def test_the_second_round_tells_what_the_first_one_hides(made: Exported):
    assert made.second is not None and made.second.round == 2
    first, second = open_set(made.set.path), open_set(made.second.path)
    key = open_key(made.set.path, first)
    assert open_key(key_path(made.set.path), second) == key
    assert not any(item.told or item.spans for item in first.items)
    assert set(second.items_by_id) == {entry.item for entry in key.entries if entry.kind == "sample"}
    for item in second.items:
        flagged = key.entries_by_item[item.id].flagged.get("contradictory", False)
        assert ("Contradictory: probability 92%. It leads to A." in item.told) == flagged
        assert [span.label for span in item.spans] == ["supports A"]


def test_sentences_are_the_whole_think(made: Exported):
    # the third think has a control character and an override: they are shown as replaced, not dropped
    texts = {" ".join(item.sentences) for item in made.set.items}
    assert "The left lung is dark. There is a line at its edge. So it is A." in texts
    assert "One sentence with \ufffd a control and \ufffd an override." in texts


# ------------------------------------------------------------------------------- what is left out


def altered(run: Run, folder: Path, change: Callable[[Case], Case]) -> Run:
    """The same run with other cases."""
    store = RunFolder(folder / "altered")
    store.begin({})
    store.table(Case, [change(case) for case in run.rows(Case)])
    store.table(Verdict, run.rows(Verdict))
    store.add(Trace, 0, run.rows(Trace), {})
    store.add(Finding, 0, run.rows(Finding), {})
    store.finish({"plan": {}, "subject": {"id": None}})
    return open_run(folder / "altered")


def test_replies_that_cannot_be_shown_are_listed_and_the_rest_stands_for_the_rest(run: Run, tmp_path: Path):
    (tmp_path / "broken.png").write_bytes(b"no picture")

    def change(case: Case) -> Case:
        number = int(case.id.rsplit("/")[-1])
        wrong = {0: (str(tmp_path / "gone.png"),), 1: (str(tmp_path / "broken.png"),), 2: ()}
        return replace(case, images=wrong.get(number, case.images), options=() if number == 3 else case.options)

    found = export(altered(run, tmp_path, change), tmp_path / "set", Design(n=24, catches=0))
    reasons = " ".join(bad.reason for bad in found.left_out)
    assert all(word in reasons for word in ("is missing", "is broken", "no image", "open question"))
    assert len(found.left_out) == 4
    # 21 can be asked about, one of them has a broken image: the other 20 stand for all 21
    drawn = [entry for entry in found.key.entries if entry.kind == "sample"]
    assert len(drawn) == 20 and sum(entry.weight for entry in drawn) == pytest.approx(21)
    assert found.key.checkpoint == "replies collected elsewhere"


def test_an_image_leaves_as_bare_pixels(tmp_path: Path, run: Run):
    scan = dicom(
        tmp_path / "a.dcm", row(-500, 50, 900), PatientName=hospital.PATIENT, WindowCenter="100", WindowWidth="201"
    )
    for path in (str(scan), run.rows(Case)[0].images[0]):
        sent = bare(path)
        with Image.open(io.BytesIO(sent)) as picture:
            assert picture.format == "PNG" and picture.info == {}
            assert np.array_equal(np.asarray(picture.convert("RGB")), np.asarray(open_image(Path(path))))
        assert hospital.PATIENT.encode() not in sent


def test_dicom_with_burnt_in_text_stays_at_home(tmp_path: Path):
    with pytest.raises(ImageError, match="burnt into its pixels"):
        bare(str(dicom(tmp_path / "a.dcm", row(0, 50, 200), BurnedInAnnotation="YES")))


def test_two_items_of_one_image_only_cannot_be_put_apart(run: Run, tmp_path: Path):
    one = run.rows(Case)[0].images
    with pytest.raises(ReviewError, match="same image"):
        export(altered(run, tmp_path, lambda case: replace(case, images=one)), tmp_path / "set", Design(n=12))
    assert not (tmp_path / "set").exists()
