"""Memory does not grow with the number of cases."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from faithlens.bench.presets import checkpoint
from faithlens.bench.suites import probed
from faithlens.bench.workload import Script, exhibits
from faithlens.engine.cost import Cost
from faithlens.engine.packed import Packed
from faithlens.models.memory import give_back, resident_bytes
from faithlens.models.vision import Vision
from faithlens.pipeline import WINDOW
from faithlens.probes import choose


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process holds now")
def test_500_cases_need_hardly_more_memory_than_50(tmp_path: Path):
    """Window by window as in an audit, replies included. Image features are kept up to a bound: here 12 KiB a view."""
    loaded, side = checkpoint("bundled", tmp_path, "cpu", "float32")
    shown = exhibits(Script(loaded, random.Random(0)), side, 500, tmp_path)
    probes = choose(names=("early_answering", "image_dependence", "option_permutation"))
    cost, vision, held = Cost(), Vision(loaded), {}
    for first in range(0, len(shown), WINDOW):
        window = shown[first : first + WINDOW]
        probed(Script(loaded, random.Random(first), Packed(loaded, vision, cost=cost)), probes, window, cost)
        give_back()
        held[first + len(window)] = resident_bytes()
    few = held[48]
    print(f"{few / 2**20:.0f} MiB after 48 cases, {held[500] / 2**20:.0f} MiB after 500")
    assert held[500] < 1.1 * few
    assert sum(kept.bytes for kept in vision._kept.values()) <= vision.limit_bytes
