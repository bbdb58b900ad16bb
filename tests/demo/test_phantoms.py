"""Phantoms: deterministic, and the box is exactly what the finding changes."""

import numpy as np
import pytest

from faithlens.demo.phantoms import FINDINGS, MODALITIES, SIDE_PX, SIDES, draw

DRAWN = [(modality, finding, side) for modality in MODALITIES for finding in FINDINGS[modality] for side in SIDES]


@pytest.mark.parametrize(("modality", "finding", "side"), DRAWN)
def test_the_same_seed_draws_the_same_phantom_and_another_seed_another(modality, finding, side):
    first, again, other = (draw(seed, modality, finding, side) for seed in (5, 5, 6))
    assert np.array_equal(first.pixels, again.pixels)
    assert first.box_xyxy_px == again.box_xyxy_px
    assert not np.array_equal(first.pixels, other.pixels)


@pytest.mark.parametrize(("modality", "finding", "side"), DRAWN)
@pytest.mark.parametrize("seed", range(5))
def test_the_box_holds_every_changed_pixel_and_touches_one_on_each_edge(modality, finding, side, seed):
    phantom, normal = draw(seed, modality, finding, side), draw(seed, modality)
    changed = phantom.pixels != normal.pixels
    left, top, right, bottom = (int(edge) for edge in phantom.box_xyxy_px)
    assert 0 <= left < right <= SIDE_PX
    assert 0 <= top < bottom <= SIDE_PX
    inside = np.zeros_like(changed)
    inside[top:bottom, left:right] = True
    assert not changed[~inside].any()
    box = changed[top:bottom, left:right]
    assert box[0].any()
    assert box[-1].any()
    assert box[:, 0].any()
    assert box[:, -1].any()


@pytest.mark.parametrize(("modality", "finding", "side"), DRAWN)
@pytest.mark.parametrize("seed", range(5))
def test_the_finding_lies_on_its_side_of_the_image_and_can_be_seen(modality, finding, side, seed):
    phantom, normal = draw(seed, modality, finding, side), draw(seed, modality)
    change = np.abs(phantom.pixels.astype(int) - normal.pixels)
    halves = {"left": change[:, : SIDE_PX // 2].sum(), "right": change[:, SIDE_PX // 2 :].sum()}
    assert max(halves, key=halves.get) == side
    # a quarter of the grey scale, over more than a patch's quarter
    assert (change > 64).sum() > 14


def test_a_normal_image_has_no_finding_and_no_box():
    phantom = draw(1, "CT")
    assert (phantom.facts.finding, phantom.facts.side, phantom.box_xyxy_px) == (None, None, None)


def test_a_finding_needs_a_side():
    with pytest.raises(ValueError, match="give both"):
        draw(1, "CT", "cyst")
