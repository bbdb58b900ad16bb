"""Fixtures: tiny checkpoints of every family, a picture, and real data where it is present."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests import tiny


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A shelf of calibrations for these tests alone."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("FAITHLENS_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folder of a tiny random checkpoint by model_type."""
    root = tmp_path_factory.mktemp("checkpoints")
    return {family: tiny.save(family, root / family) for family in tiny.FAMILIES}


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Paths of three different pictures of different size."""
    root = tmp_path_factory.mktemp("pictures")
    random = np.random.default_rng(0)
    paths = []
    for i, size in enumerate([(112, 112), (140, 84), (224, 224)]):
        path = root / f"{i}.png"
        Image.fromarray(random.integers(0, 255, (*size, 3), dtype=np.uint8)).save(path)
        paths.append(str(path))
    return tuple(paths)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of real radiology data; tests that need it are skipped where it is not."""
    folder = Path(os.environ.get("FAITHLENS_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("real data is not present")
    return folder
