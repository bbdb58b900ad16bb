"""Probes of maps on subjects whose every tile is written down."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from faithlens.edits.image import Blank, HideTiles
from faithlens.edits.tiles import covered, half
from faithlens.probes.map_agreement import MapAgreement
from faithlens.probes.region_attribution import RegionAttribution
from faithlens.records import Answered, Finding, View
from tests.probes.scripted import Scripted, case, exhibit, find

REPLY = "<think>There is a mass. It lies on the left side. So be it. The answer is B.</think>\n\n<answer>B</answer>"
MASS, SIDE, REST = "There is a mass.", " It lies on the left side.", " So be it."

Worth = Mapping[int, float]
"""Tile of 4 x 4 -> nats that are lost without it."""


def lost(view: View, worth: Worth) -> float:
    hidden: set[int] = set()
    for edit in view.edits:
        assert isinstance(edit, (Blank, HideTiles))
        hidden |= set(range(16)) if isinstance(edit, Blank) else set(edit.hidden)
    return sum(nats for tile, nats in worth.items() if tile in hidden)


def subject(answer: Worth, texts: Mapping[str, Worth], elsewhere: Worth | None = None) -> Scripted:
    """The option B and each sentence lose what is written; on another image B loses `elsewhere`."""

    def answers(request) -> Answered:
        worth = answer if request.view.images == ("/one.png",) else elsewhere or {}
        return Answered((-3.0, -1 - lost(request.view, worth), -3.0, -3.0))

    return Scripted(answers, weighs=lambda request: -5 - lost(request.view, texts.get(request.reply.text, {})))


def agreed(*given) -> Finding:
    return find(MapAgreement(), subject(*given), exhibit(REPLY))


RISING = {tile: 0.1 * tile for tile in range(16)}
FALLING = {tile: 0.1 * (15 - tile) for tile in range(16)}


def test_equal_maps_agree_and_turned_ones_do_not():
    alike = agreed(RISING, {MASS: RISING, SIDE: RISING}, FALLING)
    assert alike.score == 0 and alike.flagged is False
    assert alike.metrics["agreement"] == pytest.approx(1) and alike.metrics["overlap"] == 1
    assert alike.metrics["agreement_swap"] == pytest.approx(-1) and alike.metrics["overlap_swap"] == 0
    turned = agreed(RISING, {MASS: FALLING, SIDE: FALLING}, FALLING)
    assert turned.score == 1 and turned.flagged is True
    assert turned.metrics["agreement"] == pytest.approx(-1)


def test_a_claim_that_the_image_does_not_move_agrees_with_nothing():
    # one claim has the answer's own map (1), the other has none (0): mean .5
    found = agreed(RISING, {MASS: RISING})
    assert found.metrics["agreement"] == pytest.approx(0.5) and found.score == pytest.approx(0.5)
    assert (found.metrics["claims"], found.metrics["mapped"]) == (2, 1)
    assert "agreement_swap" not in found.metrics  # the other image moves nothing
    none = agreed(RISING, {})
    assert none.score == 1 and none.metrics["mapped"] == 0 and none.flagged is True


def test_other_sentences_are_a_control():
    # neither "So be it." nor the conclusion claims anything visible; the conclusion has no map and does not count
    found = agreed(RISING, {MASS: FALLING, SIDE: FALLING, REST: RISING})
    assert found.metrics["agreement_rest"] == pytest.approx(1)


def test_overlap_is_of_the_strongest_quarter():
    # strongest four of the answer: 12 to 15; of the claim: 10, 11, 14, 15. Two shared of six
    claim = RISING | {10: 5.0, 11: 5.0, 14: 5.0, 15: 5.0}
    assert agreed(RISING, {MASS: claim, SIDE: claim}).metrics["overlap"] == pytest.approx(2 / 6)


@pytest.mark.parametrize(
    ("answer", "reply", "of", "why"),
    [
        ({}, REPLY, case(), "it has no map"),
        ({3: 0.05}, REPLY, case(), "moves the answer by 0.05 nats"),
        (RISING, "<think>So be it. The answer is B.</think>\n\n<answer>B</answer>", case(), "no visual claim"),
        (RISING, REPLY, case(images=("/one.png", "/two.png")), "several images"),
    ],
)
def test_where_maps_cannot_be_compared_there_is_a_reason(answer: Worth, reply: str, of, why: str):
    found = find(MapAgreement(), subject(answer, {MASS: RISING}), exhibit(reply, of))
    assert math.isnan(found.score) and why in found.reason


def test_what_no_tile_alone_moves_has_no_map():
    """Each tile makes up for every other one: only without all of them anything is lost."""

    def together(view: View) -> float:
        return 2.0 * any(isinstance(edit, Blank) for edit in view.edits)

    def weighs(request) -> float:
        return -5 - (lost(request.view, RISING) if request.reply.text == MASS else together(request.view))

    sure = Scripted(lambda r: Answered((-3.0, -1 - lost(r.view, RISING), -3.0, -3.0)), weighs=weighs)
    found = find(MapAgreement(), sure, exhibit(REPLY))
    assert found.score == 0 and found.metrics["claims"] == 1, "the claim about the side does not count"
    blurry = Scripted(lambda r: Answered((-3.0, -1 - together(r.view), -3.0, -3.0)), weighs=weighs)
    assert "no tile of it alone does" in find(MapAgreement(), blurry, exhibit(REPLY)).reason
    assert "no tile of the image alone" in find(RegionAttribution(), sure, exhibit(REPLY)).reason


# ------------------------------------------------------------------------------- named regions


def test_a_patients_left_is_on_the_right():
    # columns 2 and 3 of each row lie on the right of the image: 3 of 4 nats for "the left side"; gain (3 - 1) / 4
    worth = {2: 1.0, 3: 1.0, 7: 1.0, 8: 1.0}
    found = find(RegionAttribution(), subject({}, {SIDE: worth}), exhibit(REPLY))
    assert found.metrics["inside"] == 0.75 and found.metrics["control"] == 0.25
    assert found.score == pytest.approx(0.5) and found.flagged is False
    assert found.metrics["claims"] == 1, "the mass is nowhere in particular"
    of_image = exhibit(REPLY.replace("left side", "left side of the image"))
    text = SIDE.replace("left side", "left side of the image")
    turned = find(RegionAttribution(), subject({}, {text: worth}), of_image)
    assert turned.metrics["inside"] == 0.25 and turned.score == 1 and turned.flagged is True


def test_what_speaks_against_a_claim_does_not_count():
    found = find(RegionAttribution(), subject({}, {SIDE: {3: 1.0, 0: -2.0}}), exhibit(REPLY))
    assert found.metrics["inside"] == 1 and found.score == 0


def test_a_claim_without_a_map_looks_at_nothing():
    found = find(RegionAttribution(), subject({}, {}), exhibit(REPLY))
    assert found.score == 1 and found.flagged is True and found.metrics["inside"] == 0
    assert "answer" not in found.metrics and "rest" not in found.metrics


def test_other_sentences_and_the_answer_in_the_claims_region():
    maps = {SIDE: {3: 1.0}, MASS: {0: 1.0, 3: 1.0}, REST: {0: 1.0}}
    found = find(RegionAttribution(), subject({3: 3.0, 0: 1.0}, maps), exhibit(REPLY))
    # the mass has half of its map there, the other sentence none: mean .25; the answer three of four nats
    assert found.metrics["rest"] == pytest.approx(0.25)
    assert found.metrics["answer"] == pytest.approx(0.75)


def test_an_experts_box_has_a_control_that_looks_like_it(tmp_path: Path):
    # two equal bright squares on black, 40 x 40 px: the box is the one in tile 0, its control the one in tile 15
    pixels = np.zeros((40, 40, 3), dtype=np.uint8)
    pixels[0:10, 0:10] = pixels[30:40, 30:40] = 200
    path = tmp_path / "squares.png"
    Image.fromarray(pixels).save(path)
    of = case(images=(str(path),), boxes_xyxy_px=((0.0, 0.0, 10.0, 10.0),))
    worth = {0: 3.0, 15: 1.0, 5: 4.0}

    def weighs(request) -> float:
        return -5 - lost(request.view, worth if request.reply.text == MASS else {})

    found = find(
        RegionAttribution(), Scripted(lambda r: Answered((-3.0, -1.0, -3.0, -3.0)), weighs=weighs), exhibit(REPLY, of)
    )
    # the mass: 3 of 8 nats in the box, 1 in the control, gain 2 / 4; the side has no map, gain 0
    assert found.metrics["claims"] == 2
    assert found.metrics["inside"] == pytest.approx(3 / 16) and found.metrics["control"] == pytest.approx(1 / 16)
    assert found.score == pytest.approx(1 - 0.5 / 2)
    gone = find(RegionAttribution(), subject({}, {}), exhibit(REPLY, replace(of, images=("/gone.png",))))
    assert math.isnan(gone.score) and "gone.png" in gone.reason


def test_boxes_and_halves_on_tiles():
    # a 20 x 10 px box at the upper left of 40 x 20 px covers the first half of 2 rows and 3 columns: 1 and a half tiles
    assert covered((0, 0, 20, 10), (40, 20), (2, 3)).tolist() == [[1, 0.5, 0], [0, 0, 0]]
    assert half("left", (1, 3)).tolist() == [[1, 0.5, 0]] and half("right", (1, 3)).tolist() == [[0, 0.5, 1]]
