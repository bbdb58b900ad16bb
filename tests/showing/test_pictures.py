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
from faithlens.records import Arm
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


def test_a_page_carries_the_picture_itself():
    small = Image.new("RGB", (30, 30), (1, 2, 3))
    head, _, body = pictures.data_uri(small).partition(",")
    assert head == "data:image/png;base64"
    assert Image.open(io.BytesIO(base64.b64decode(body))).convert("RGB").tobytes() == small.tobytes()
    assert pictures.data_uri(Image.new("RGB", (900, 600))).startswith("data:image/jpeg;base64,")


def test_pictures_fit():
    assert pictures.fitted(Image.new("RGB", (100, 50)), 200).size == (200, 100)
    assert pictures.fitted(Image.new("RGB", (4000, 1000)), 400).size == (400, 100)


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    """One picture of noise."""
    path = tmp_path / "noise.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (30, 40, 3), dtype=np.uint8)).save(path)
    return path
