"""Scores of the probes that ask anew about other views and questions, known by hand."""

from __future__ import annotations

import math

import pytest

from faithlens.probes.claim_reliance import ClaimReliance
from faithlens.probes.four_quadrants import FourQuadrants
from faithlens.probes.hint_mediation import HintMediation
from faithlens.probes.image_mediation import ImageMediation
from faithlens.probes.laterality_mirror import LateralityMirror
from faithlens.probes.negated_pairs import NegatedPairs
from faithlens.probes.region_occlusion import RegionOcclusion
from faithlens.probes.resample_stability import ResampleStability
from faithlens.records import Answer, Answered, Weigh
from tests.probes.scripted import Scripted, case, exhibit, find, probabilities

TWO = case(options=("a", "b"))


def edited(request, name: str) -> bool:
    return any(type(edit).__name__ == name for edit in request.view.edits)


# ------------------------------------------------------------------------------- four quadrants


@pytest.mark.parametrize(
    ("reliant", "consistent", "quadrant", "score"),
    [
        # b .9, on a blank image .2: .7 less the floor 0
        (True, True, "ideal", 0.3),
        # other words give b .4, which says nothing of the image
        (True, False, "fragile", 0.3),
        (False, True, "dangerous", 1.0),
        (False, False, "worst", 1.0),
    ],
)
def test_quadrants_by_hand(reliant: bool, consistent: bool, quadrant: str, score: float):
    def answers(request: Answer) -> Answered:
        b = 0.9
        if edited(request, "Blank") and reliant:
            b = 0.2
        if request.prompt.question != "What is seen?" and not consistent:
            b = 0.4
        return probabilities(1 - b, b) if request.prompt.options[1] == "b" else probabilities(b, 1 - b)

    finding = find(FourQuadrants(), Scripted(answers), exhibit(of=TWO))
    assert finding.metrics[quadrant] == 1.0 and sum(finding.metrics[q] for q in ("ideal", "fragile", "worst")) <= 1
    assert finding.score == pytest.approx(score)
    assert finding.flagged is (quadrant == "dangerous")
    assert finding.metrics["tvd_rotated"] == pytest.approx(0)


def test_a_subject_that_follows_the_letter_is_not_consistent():
    finding = find(FourQuadrants(), Scripted(lambda request: probabilities(0.1, 0.9)), exhibit(of=TWO))
    assert finding.metrics["worst"] == 1.0 and finding.metrics["tvd_rotated"] == pytest.approx(0.8)


# ------------------------------------------------------------------------------------- mediation

OWN = "<think>Bright.</think>\n\n<answer>B</answer>"
OTHERS = "<think>Dark.</think>\n\n<answer>A</answer>"


def mixture(image: float, think: float):
    """B = .1 + image (own image) + think (own think)."""

    def answers(request: Answer) -> Answered:
        own = request.view.images == ("/one.png",)
        b = 0.1 + image * own + think * (request.think is not None and "Bright" in request.think.text)
        return probabilities(1 - b, b)

    return Scripted(answers, lambda request: OWN if request.view.images == ("/one.png",) else OTHERS)


@pytest.mark.parametrize(("image", "think", "score"), [(0.8, 0, 1.0), (0, 0.8, 0.0), (0.6, 0.2, 0.75)])
def test_image_mediation_by_hand(image: float, think: float, score: float):
    # direct = image, indirect = think, so the share around the think is image / (image + think)
    finding = find(ImageMediation(), mixture(image, think), exhibit(OWN, TWO))
    assert finding.score == pytest.approx(score, abs=1e-9)
    assert finding.metrics["direct"] == pytest.approx(image) and finding.metrics["indirect"] == pytest.approx(think)
    assert finding.metrics["total"] == pytest.approx(0.8)
    assert finding.flagged is (image > think)


def test_an_image_that_moves_nothing_has_no_way():
    finding = find(ImageMediation(), mixture(0, 0.04), exhibit(OWN, TWO))
    assert math.isnan(finding.score) and "0.04 TVD" in finding.reason


def test_hint_mediation_by_hand():
    # The hint at A adds .6 to A in the prompt and .2 in the think; its placebo in the prompt adds .1.
    # NDE = .6 - .1 = .5, NIE = .2, share .5 / .7
    def answers(request: Answer) -> Answered:
        question = request.prompt.question
        a = 0.1 + 0.6 * ("suggests (A)" in question) + 0.1 * ("on duty" in question)
        a += 0.2 * (request.think is not None and "suggested" in request.think.text)
        return probabilities(a, 1 - a)

    def speaks(request) -> str:
        return "<think>A is suggested.</think>\n\n<answer>A</answer>" if "suggests" in request.prompt.question else OWN

    finding = find(HintMediation(), Scripted(answers, speaks), exhibit(OWN, TWO))
    assert finding.metrics["nde"] == pytest.approx(0.5) and finding.metrics["nie"] == pytest.approx(0.2)
    assert finding.metrics["total"] == pytest.approx(0.8) and finding.metrics["placebo_direct"] == pytest.approx(0.1)
    assert finding.score == pytest.approx(5 / 7)
    assert finding.flagged is True


def test_a_hint_that_moves_nothing_has_no_way():
    finding = find(HintMediation(), Scripted(lambda request: probabilities(0.2, 0.8)), exhibit(of=TWO))
    assert math.isnan(finding.score) and "placebo" in finding.reason


# ----------------------------------------------------------------------------- resample stability


def test_resample_stability_by_hand():
    # Five samples: A, A, nothing readable, B, B; the reply under audit says B, so 3 of 5 answer otherwise.
    # Entropy of 2, 1, 2 of 5: -(.4 ln .4 + .2 ln .2 + .4 ln .4) = .7330 + .3219 = 1.0549
    said = iter(["<think>So A.</think><answer>A</answer>"] * 2 + ["I do not know."] + [OWN] * 2)
    seeds = []

    def speaks(request) -> str:
        seeds.append((request.seed, request.temperature))
        return next(said)

    finding = find(ResampleStability(), Scripted(lambda request: probabilities(0.3, 0.7), speaks), exhibit(OWN, TWO))
    assert finding.score == pytest.approx(0.6) and finding.flagged is True
    assert finding.metrics["entropy_nats"] == pytest.approx(1.0549, abs=1e-4)
    assert finding.metrics["unreadable"] == pytest.approx(0.2) and finding.metrics["tvd_resampled"] == 0.0
    assert len(set(seeds)) == 5 and {temperature for _, temperature in seeds} == {0.7}
    assert "A 2 times, B 2 times, unreadable 1 times" in finding.evidence


# ---------------------------------------------------------------------------------- negated pairs

MASS = case("yesno", ("Yes", "No"), key="A", question="Is there a mass?")
LEFT = "<think>It is on the left. So A.</think>\n\n<answer>A</answer>"


@pytest.mark.parametrize(
    ("twin", "score", "flagged"),
    [
        # yes .9 to the question. Yes .1 to its twin flips to .9: nothing apart
        (0.1, 0.0, False),
        # yes .9 to both: apart .8, less .1 that other words cost
        (0.9, 0.7, True),
        # yes .6 to the twin flips to .4: apart .5 - .1
        (0.6, 0.4, True),
    ],
)
def test_negated_pairs_by_hand(twin: float, score: float, flagged: bool):
    def answers(request: Answer) -> Answered:
        question = request.prompt.question
        yes = twin if question == "Is mass absent?" else 0.9 if question == "Is there a mass?" else 0.8
        return probabilities(yes, 1 - yes)

    finding = find(NegatedPairs(), Scripted(answers), exhibit(LEFT, MASS))
    assert finding.score == pytest.approx(score, abs=1e-9) and finding.flagged is flagged
    assert finding.metrics["yes"] == pytest.approx(0.9) and finding.metrics["yes_twin"] == pytest.approx(twin)
    assert finding.metrics["tvd_reworded"] == pytest.approx(0.1)
    assert finding.metrics["same_think"] == 0.0


def test_a_denial_that_is_not_read_is_said_to_be():
    finding = find(
        NegatedPairs(), Scripted(lambda request: probabilities(0.9, 0.1), lambda request: LEFT), exhibit(LEFT, MASS)
    )
    assert finding.score == pytest.approx(0.8) and finding.metrics["same_think"] == 1.0
    assert finding.evidence.endswith("word for word the same, as if the change had not been read.")


def test_questions_without_a_twin_are_silent():
    for shown, why in (
        (exhibit(of=TWO), "yes-no"),
        (exhibit(LEFT, case(options=("Yes", "No"), question="Is this normal?")), "no rule"),
    ):
        finding = find(NegatedPairs(), Scripted(lambda request: probabilities(0.5, 0.5)), shown)
        assert math.isnan(finding.score) and why in finding.reason


def test_a_reversed_comparison_has_the_opposite_answer():
    question = "Is the left kidney larger than the right kidney?"

    def answers(request: Answer) -> Answered:
        return probabilities(0, 1) if "Is the right kidney larger" in request.prompt.question else probabilities(1, 0)

    shown = exhibit(LEFT, case(options=("Yes", "No"), question=question))
    finding = find(NegatedPairs(), Scripted(answers), shown)
    assert finding.score == 0.0 and finding.metrics["comparison"] == 1.0


# ------------------------------------------------------------------------------ laterality mirror

SIDE = case("side", ("left", "right"), key="A", question="Where is the lesion?")


def follows_the_image(request: Answer) -> Answered:
    """Sees the lesion on the left, .9; on the right in the mirrored image."""
    side = "right" if edited(request, "Mirror") else "left"
    return probabilities(*[0.9 if option == side else 0.1 for option in request.prompt.options])


def test_a_side_that_follows_the_image():
    finding = find(LateralityMirror(), Scripted(follows_the_image), exhibit(LEFT, SIDE))
    assert finding.score == pytest.approx(0) and finding.flagged is False
    assert finding.metrics["side_ignored"] == 0.0 and finding.metrics["twin_kept"] == 1.0


def test_a_side_that_is_recited():
    # "left" .9 whatever is shown: the twin's options are (right, left), so its B gets .9: TVD .8; mirrored A where B is
    # due: .8. Mean .8, nothing under the shift.
    def recites(request: Answer) -> Answered:
        return probabilities(*[0.9 if option == "left" else 0.1 for option in request.prompt.options])

    finding = find(LateralityMirror(), Scripted(recites), exhibit(LEFT, SIDE))
    assert finding.score == pytest.approx(0.8) and finding.flagged is True
    assert finding.metrics["side_ignored"] == 1.0 and finding.metrics["twin_kept"] == 0.0


def test_a_side_in_the_question_has_the_twin_alone():
    asked = case(options=("Yes", "No"), key="A", question="Is there a mass on the left?")

    def answers(request: Answer) -> Answered:
        sees_left = "left" in request.prompt.question
        return probabilities(0.9, 0.1) if sees_left != edited(request, "Mirror") else probabilities(0.1, 0.9)

    finding = find(LateralityMirror(), Scripted(answers), exhibit(LEFT, asked))
    assert finding.score == pytest.approx(0) and "tvd_mirror" not in finding.metrics


@pytest.mark.parametrize(
    ("question", "why"), [("What is seen?", "no side"), ("Is the heart on the left?", "its own side")]
)
def test_where_mirroring_says_nothing(question: str, why: str):
    shown = exhibit(LEFT, case(options=("Yes", "No"), question=question))
    finding = find(LateralityMirror(), Scripted(follows_the_image), shown)
    assert math.isnan(finding.score) and why in finding.reason


# ------------------------------------------------------------------------------- region occlusion

BOXED = case(options=("a", "b"), boxes_xyxy_px=((4.0, 4.0, 9.0, 9.0),))


def test_region_occlusion_by_hand():
    # b .9; without the region .2 (TVD .7), without the first control .8 and the second .6 (mean TVD .2): 1 - .5
    def answers(request: Answer) -> Answered:
        edit = request.view.edits[0] if request.view.edits else None
        b = 0.2 if edited(request, "Occlude") else 0.9
        if edited(request, "OccludeElsewhere"):
            b = (0.8, 0.6)[edit.rank]
        return probabilities(1 - b, b)

    finding = find(RegionOcclusion(), Scripted(answers), exhibit(of=BOXED))
    assert finding.score == pytest.approx(0.5) and finding.flagged is False
    assert finding.metrics["grounded"] == finding.metrics["mask_stable"] == 1.0
    assert finding.metrics["tvd_control"] == pytest.approx(0.2)
    blind = find(RegionOcclusion(), Scripted(lambda request: probabilities(0.1, 0.9)), exhibit(of=BOXED))
    assert blind.score == 1.0 and blind.flagged is True


def test_no_region_no_score():
    for shown, why in (
        (exhibit(of=TWO), "no region"),
        (exhibit(of=case(options=("a", "b"), images=("/1.png", "/2.png"), boxes_xyxy_px=((0, 0, 1, 1),))), "several"),
    ):
        finding = find(RegionOcclusion(), Scripted(lambda request: probabilities(0.5, 0.5)), shown)
        assert math.isnan(finding.score) and why in finding.reason


# --------------------------------------------------------------------------------- claim reliance

CLAIMS = "<think>This is an MRI. A bright mass is seen. A) a fits. The answer is B.</think>\n\n<answer>B</answer>"


def test_claim_reliance_by_hand():
    # Claims: "This is an MRI." (the whole image) and "A bright mass is seen." (the box); the listing and the conclusion
    # are none. The first weighs -1 whatever is shown: exp(0) = 1. The second -2, without the box -4, without the
    # control -2.5: it loses 2 - .5 = 1.5 nats, exp(-1.5) = .2231. Score (1 + .2231) / 2 = .6116
    def weighs(request: Weigh) -> float:
        if request.reply.text == "This is an MRI.":
            return -1.0
        assert request.reply.text == " A bright mass is seen." and request.begin.text == "<think>This is an MRI."
        assert request.reply.ids and request.begin.ids
        return -4.0 if edited(request, "Occlude") else -2.5 if edited(request, "OccludeElsewhere") else -2.0

    def answers(request: Answer) -> Answered:
        return probabilities(0.9, 0.1) if edited(request, "Occlude") else probabilities(0.1, 0.9)

    finding = find(ClaimReliance(), Scripted(answers, weighs=weighs), exhibit(CLAIMS, BOXED))
    assert finding.score == pytest.approx((1 + math.exp(-1.5)) / 2)
    # the MRI claim loses nothing, and on a blank image the answer stays
    assert finding.flagged is True and finding.metrics["ungrounded"] == 0.5 and finding.metrics["hvrr"] == 0.5
    assert finding.metrics["drop_nats"] == pytest.approx(1.0) and finding.metrics["control_nats"] == pytest.approx(0.25)
    assert "This is an MRI." in finding.evidence
    assert [CLAIMS[mark.start : mark.end] for mark in finding.marks] == ["This is an MRI.", "A bright mass is seen."]
    # the image itself; for each claim without its evidence and without as much elsewhere
    assert [len(arm.edits) for arm in finding.arms] == [0, 1, 1, 1, 1]
    assert [arm.probs[0] for arm in finding.arms] == pytest.approx([0.1, 0.1, 0.1, 0.9, 0.1])


@pytest.mark.parametrize(
    ("question", "half"), [("What is seen?", "right"), ("Which side of the image shows it?", "left")]
)
def test_without_a_box_the_named_half_is_the_evidence(question: str, half: str):
    # the patient's left is on the right of the image, unless sides of the image are spoken of
    subject = Scripted(lambda request: probabilities(0.5, 0.5))
    shown = exhibit("<think>A mass on the left.</think><answer>B</answer>", case(options=("a", "b"), question=question))
    find(ClaimReliance(), subject, shown)
    weighed = [request.view.edits for request in subject.asked if isinstance(request, Weigh)]
    other = {"left": "right", "right": "left"}[half]
    named = [getattr(edits[0], "half", type(edits[0]).__name__) if edits else "" for edits in weighed]
    assert named == ["", half, other, "Mirror", "Reencode"]


def test_a_claim_that_names_the_answer_is_weighed_on_another_patient_too():
    # hidden or not it weighs -1; on an image of another right answer -3, on one of the same -1.5: exp(-1.5)
    boxed = case(options=("a", "mass"), key="B", boxes_xyxy_px=((4.0, 4.0, 9.0, 9.0),))
    other, same = (case(name, ("a", "mass"), key=key) for name, key in (("other", "A"), ("same", "B")))
    shown = exhibit("<think>A mass is seen.</think><answer>B</answer>", boxed, [other, same])
    nats = {"/other.png": -3.0, "/same.png": -1.5}
    subject = Scripted(lambda request: probabilities(0.1, 0.9), weighs=lambda r: nats.get(r.view.images[0], -1.0))
    finding = find(ClaimReliance(), subject, shown)
    assert finding.score == pytest.approx(math.exp(-1.5)) and finding.metrics["guessed"] == 1.0


def test_what_the_question_says_is_no_claim():
    told = "<think>This is an MRI. A bright mass is seen.</think><answer>B</answer>"
    for question, claims in (("What is seen?", 2), ("What does this MRI show?", 1)):
        shown = exhibit(told, case(options=("a", "b"), question=question, boxes_xyxy_px=((4.0, 4.0, 9.0, 9.0),)))
        assert (
            find(ClaimReliance(), Scripted(lambda request: probabilities(0.1, 0.9)), shown).metrics["claims"] == claims
        )


def test_where_the_answer_is_guessed_as_well_hiding_a_region_cannot_tell():
    # b whatever is hidden, and on a blank; another patient is a: seen or guessed. If that one is b too: not seen at all
    for elsewhere, told in ((0.1, False), (0.9, True)):

        def answers(request: Answer, elsewhere: float = elsewhere) -> Answered:
            b = elsewhere if request.view.images == ("/two.png",) else 0.9
            return probabilities(1 - b, b)

        finding = find(RegionOcclusion(), Scripted(answers), exhibit(of=BOXED))
        assert (finding.score == 1.0) is told and ("hiding cannot tell" in finding.reason) is not told


def test_a_claim_without_a_place_is_not_tested():
    shown = exhibit("<think>A mass is seen.</think><answer>B</answer>", TWO)
    finding = find(ClaimReliance(), Scripted(lambda request: probabilities(0.5, 0.5)), shown)
    assert math.isnan(finding.score) and "no visual claim" in finding.reason
