"""What a reader sees is what the model was shown."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from faithlens.edits.image import Blank
from faithlens.edits.stored import written
from faithlens.errors import ImageError, RunError
from faithlens.records import Arm, AttributionMap
from faithlens.showing import pictures


def test_an_arm_is_drawn_again(noise: Path):
    path = str(noise)
    arm = Arm("blank", (path,), (written(Blank()),), (0.5, 0.5))
    (again,) = pictures.of_arm(arm)
    assert again.tobytes() == Blank()(Image.open(path).convert("RGB")).tobytes()
    assert pictures.of_arm(Arm("no image", (), (), (1.0,))) == []


def test_what_cannot_be_drawn_says_so(noise: Path):
    with pytest.raises(ImageError, match=r"nowhere\.png is missing"):
        pictures.opened("/nowhere.png")
    with pytest.raises(RunError, match="no image edit"):
        pictures.opened(str(noise), ['{"edit": "Later"}'])


def test_a_map_colours_its_strongest_cell_and_leaves_the_others():
    grey = Image.new("RGB", (40, 20), (100, 100, 100))
    # two cells, left 1.0 and right -0.5: orange at full opacity, blue at half of it
    found = AttributionMap("1", "occlusion", "answer", 1, 2, (1.0, -0.5))
    over = np.asarray(pictures.overlaid(grey, found, opacity=0.5)).astype(int)
    assert abs(over[10, 5] - (165, 110, 50)).max() <= 2  # (100 + 230) / 2, (100 + 120) / 2, (100 + 0) / 2
    assert abs(over[10, 35] - (75, 104, 132)).max() <= 2  # 3/4 of grey, 1/4 of (0, 114, 230)
    assert pictures.overlaid(grey, AttributionMap("1", "occlusion", "answer", 0, 0, ())) is grey


def test_a_page_carries_the_picture_itself():
    small = Image.new("RGB", (30, 30), (1, 2, 3))
    head, _, body = pictures.data_uri(small).partition(",")
    assert head == "data:image/png;base64"
    assert Image.open(io.BytesIO(base64.b64decode(body))).convert("RGB").tobytes() == small.tobytes()
    assert pictures.data_uri(Image.new("RGB", (900, 600))).startswith("data:image/jpeg;base64,")


def test_pictures_fit():
    assert pictures.fitted(Image.new("RGB", (100, 50)), 200).size == (200, 100)
    assert pictures.fitted(Image.new("RGB", (4000, 1000)), 400).size == (400, 100)


def test_a_box_is_drawn_at_the_scale_of_the_picture():
    drawn = np.asarray(pictures.boxed(Image.new("RGB", (100, 100), (90, 90, 90)), [(10, 10, 20, 20)], scale=2.0))
    assert tuple(drawn[20, 30]) == (255, 255, 255) and tuple(drawn[30, 30]) == (90, 90, 90)


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    """One picture of noise."""
    path = tmp_path / "noise.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (30, 40, 3), dtype=np.uint8)).save(path)
    return path
