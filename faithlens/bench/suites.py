"""Seconds a case of an audit: collecting the reply, the quick suite, the standard suite."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from faithlens.bench.flops import flops, peak
from faithlens.bench.measure import about, settle
from faithlens.bench.workload import REPLY_TOKENS, Script, exhibits
from faithlens.engine.ask import ask_all
from faithlens.engine.cost import Cost
from faithlens.engine.packed import Packed
from faithlens.models.checkpoint import Checkpoint
from faithlens.models.vision import Vision
from faithlens.pipeline import WINDOW
from faithlens.probes import Exhibit, Probe, choose
from faithlens.records import Speak

STAGES = ("traces", "quick", "standard")
"""The standard suite contains the quick one."""


def suites(
    loaded: Checkpoint, side: int, count: int, folder: Path, progress: Callable[[str, int, int], None]
) -> dict[str, Any]:
    """What each stage costs over `count` cases, window by window as in an audit, after a warm-up on one case.

    The engine answers whatever is asked; the probes go on with scripted replies, so that random weights are asked as
    much as a model that thinks. Operations are counted in a second pass that is not timed.
    """
    best = peak(loaded)
    found: list[dict[str, Any]] = []
    for number, stage in enumerate(STAGES):
        progress("suites", number, len(STAGES))
        _stage(loaded, stage, side, 1, folder)
        settle(loaded)
        cost, started, cpu = Cost(), time.perf_counter(), time.process_time()
        _stage(loaded, stage, side, count, folder, cost)
        settle(loaded)
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        done = flops(lambda stage=stage: _stage(loaded, stage, side, count, folder))
        # on a CPU the share is of what was had of it, whatever else it did
        busy = seconds if loaded.model.device.type == "cuda" else cpu
        found.append(
            {
                "name": stage,
                "seconds_a_case": seconds / count,
                "cpu_seconds_a_case": cpu / count,
                "flop_a_case": done / count,
                "share_of_peak": done / busy / best,
                "cost": asdict(cost),
            }
        )
    progress("suites", len(STAGES), len(STAGES))
    return {**about(loaded), "side_px": side, "peak_flop_a_second": best, "stages": found}


def _stage(loaded: Checkpoint, stage: str, side: int, count: int, folder: Path, cost: Cost | None = None) -> None:
    """One stage about all cases."""
    cost = cost or Cost()
    vision = Vision(loaded)
    script = Script(loaded, random.Random(0))
    shown = exhibits(script, side, count, folder)
    for first in range(0, count, WINDOW):
        # the last one goes before the next one comes, as in an audit
        script.subject = None
        script.subject = Packed(loaded, vision, cost=cost)
        window = shown[first : first + WINDOW]
        if stage == "traces":
            script.respond([Speak(exhibit.view, exhibit.prompt, max_new_tokens=REPLY_TOKENS) for exhibit in window])
        else:
            probed(script, choose(stage), window, cost)


def probed(script: Script, probes: Sequence[Probe], window: Sequence[Exhibit], cost: Cost) -> None:
    """All that these probes ask about these cases, together."""
    plans = [probe(exhibit) for exhibit in window for probe in probes]
    for found in ask_all(script, plans, cost):
        if isinstance(found, Exception):
            raise found
