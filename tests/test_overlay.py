"""A map drawn over its image shows what matters, where, and how much."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from faithlens.errors import RunError
from faithlens.overlay import LEAST_PX, overlay
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


def test_boxes_are_outlined_in_pixels_of_the_image():
    pixels = np.asarray(overlay(GREY, found(*([1.0] * 12)), [(100.0, 60.0, 200.0, 160.0)]))
    for x, y in ((100, 100), (198, 100), (150, 60), (150, 158)):
        assert tuple(pixels[y, x]) == (0, 220, 90)
    assert tuple(pixels[100, 150]) != (0, 220, 90)


def test_a_small_image_is_enlarged_with_its_boxes():
    small = Image.new("L", (96, 48), 128)
    picture = overlay(small, found(*([1.0] * 12)), [(24.0, 12.0, 48.0, 36.0)])
    assert picture.height == LEAST_PX // 2
    assert picture.getpixel((24 * 4, 24 * 4)) == (0, 220, 90)


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
