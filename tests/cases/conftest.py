"""Where the tests find real data, and how they write small files."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image


@pytest.fixture
def data() -> Path:
    """The folder of public data sets beside the repository; tests that need it are skipped without."""
    folder = Path(os.environ.get("FAITHLENS_TEST_DATA") or Path(__file__).parents[2].parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("no real data beside the repository; FAITHLENS_TEST_DATA can name its folder")
    return folder


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes records as a JSON list, or as JSON lines, and returns the path."""

    def to_file(*records: object, name: str = "cases.json") -> Path:
        path = tmp_path / name
        lines = [json.dumps(record) for record in records]
        path.write_text("\n".join(lines) if path.suffix == ".jsonl" else json.dumps(records), encoding="utf-8")
        return path

    return to_file


@pytest.fixture
def picture() -> Callable[[Path], Path]:
    """Draws a small image there."""

    def draw(path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 6), (10, 20, 30)).save(path)
        return path

    return draw
