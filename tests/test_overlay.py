"""A map drawn over its image shows what matters, where, and how much."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from faithlens.errors import RunError
from faithlens.overlay import LEAST_PX, OPACITY, boxed, overlay, scale, tinted
from faithlens.records import AttributionMap

GREY = Image.new("RGB", (400, 300), (128, 128, 128))


def found(*values: float, reason: str = "") -> AttributionMap:
    return AttributionMap("case", "occlusion", "answer", 3, 4, values, reason)


def test_only_what_matters_is_coloured():
    # 400 x 300 px in 3 rows of 4: the value stands in the cell of row 1, column 2
    values = [0.0] * 12
    values[6] = 2.0
    pixels = np.asarray(overlay(GREY, found(*values)))
    assert tuple(pixels[150, 250]) != (128, 128, 128)
    assert tuple(pixels[150, 150]) == (128, 128, 128)
    assert tuple(pixels[101, 201]) == tuple(pixels[198, 298])


def test_for_is_red_and_against_is_blue():
    pixels = np.asarray(overlay(GREY, found(1.0, *([0.0] * 10), -1.0))).astype(int)
    red, blue = pixels[50, 50], pixels[250, 350]
    assert red[0] > red[2] + 30 and blue[2] > blue[0] + 30


def test_the_strongest_cell_is_tinted_most_and_half_of_it_half_as_much():
    # two cells, 1 and -.5: each the end or the middle of its half of the scale, at full and at half opacity
    pair = AttributionMap("1", "occlusion", "answer", 1, 2, (1.0, -0.5))
    over = np.asarray(tinted(GREY, pair)).astype(float)
    colours = np.array(scale(257), dtype=float)
    assert abs(over[10, 5] - (OPACITY * colours[256] + (1 - OPACITY) * 128)).max() <= 2
    assert abs(over[10, 395] - (OPACITY / 2 * colours[64] + (1 - OPACITY / 2) * 128)).max() <= 2


def test_the_scale_has_even_steps_of_colour():
    """Perceptually uniform: neighbouring steps lie nearly equally far apart in CIELAB, on both sides of zero."""
    steps = np.linalg.norm(np.diff(lab(np.array(scale(17))), axis=0), axis=1)
    assert steps.max() < 1.5 * np.median(steps)
    lightness = lab(np.array(scale(17)))[:, 0]
    assert (np.diff(lightness)[:8] > 0).all() and (np.diff(lightness)[8:] < 0).all()


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIELAB of sRGB in 0 to 255, D65."""
    share = rgb / 255
    linear = np.where(share > 0.04045, ((share + 0.055) / 1.055) ** 2.4, share / 12.92)
    matrix = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = linear @ np.array(matrix).T / [0.9505, 1.0, 1.089]
    root = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * root[:, 1] - 16, 500 * (root[:, 0] - root[:, 1]), 200 * (root[:, 1] - root[:, 2])], axis=1)


def test_boxes_are_outlined_in_pixels_of_the_image():
    pixels = np.asarray(overlay(GREY, found(*([1.0] * 12)), [(100.0, 60.0, 200.0, 160.0)]))
    for x, y in ((100, 100), (200, 100), (150, 60), (150, 160)):
        assert tuple(pixels[y, x]) == (255, 255, 255)
    assert tuple(pixels[100, 97]) == (0, 0, 0) and tuple(pixels[100, 150]) != (255, 255, 255)


def test_a_small_image_is_enlarged_with_its_boxes():
    small = Image.new("L", (96, 48), 128)
    picture = overlay(small, found(*([1.0] * 12)), [(24.0, 12.0, 48.0, 36.0)])
    assert picture.height == LEAST_PX // 2
    assert picture.getpixel((24 * 4, 24 * 4)) == (255, 255, 255)


def test_a_box_is_drawn_at_the_scale_of_the_picture():
    drawn = np.asarray(boxed(Image.new("RGB", (100, 100), (90, 90, 90)), [(10, 10, 20, 20)], scale=2.0))
    assert tuple(drawn[20, 30]) == (255, 255, 255) and tuple(drawn[30, 30]) == (90, 90, 90)


def test_the_bar_stands_beside_the_image_and_has_its_colours():
    pixels = np.asarray(overlay(GREY, found(1.0, *([0.0] * 10), -1.0))).astype(int)
    top, bottom = pixels[1, 420], pixels[298, 420]
    assert top[0] > top[2] + 30 and bottom[2] > bottom[0] + 30


def test_equal_values_have_equal_colours_whether_others_are_negative_or_not():
    without = np.asarray(overlay(GREY, found(1.0, *([0.0] * 11))))
    with_one = np.asarray(overlay(GREY, found(1.0, *([0.0] * 10), -1.0)))
    assert tuple(without[50, 50]) == tuple(with_one[50, 50])


def test_no_map_is_no_picture():
    with pytest.raises(RunError, match="changes nothing"):
        overlay(GREY, found(reason="the image changes nothing"))


def test_drawing_needs_no_torch():
    code = "import sys, faithlens.gallery, faithlens.cli.maps; print('torch' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
