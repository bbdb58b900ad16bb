"""What answering costs as cut points and cases grow: python analyses/bench/growth.py.

On the bundled checkpoint. Cut points: one case whose think is cut at 1 to 40 places, asked about through the engine
and by one forward pass per request. Cases: early answering, image dependence and option permutation about up to 500
cases of noise, window by window as in an audit, replies included. Writes growth.json and growth.svg beside this file.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt

from faithlens.bench.measure import about
from faithlens.bench.presets import checkpoint
from faithlens.bench.suites import probed
from faithlens.bench.workload import Script, exhibits
from faithlens.edits.text import cut_by_token
from faithlens.engine.cost import Cost
from faithlens.engine.packed import Packed, packed_subject
from faithlens.engine.reference import Reference
from faithlens.models.checkpoint import Checkpoint
from faithlens.models.memory import resident_bytes
from faithlens.models.vision import Vision
from faithlens.pipeline import WINDOW
from faithlens.probes import Exhibit, choose
from faithlens.records import Request

PROBES = ("early_answering", "image_dependence", "option_permutation")

CUTS = (1, 2, 5, 10, 20, 30, 40)


def by_cuts(loaded: Checkpoint, exhibit: Exhibit, repeats: int) -> list[dict[str, Any]]:
    """CPU seconds and tokens for each number of cut points, medians."""
    rows: list[dict[str, Any]] = []
    for count in (1, *CUTS):
        asked = [exhibit.answer(think) for think in cut_by_token(exhibit.trace, count)]
        clocks: list[tuple[float, float]] = []
        for _ in range(repeats):
            subject, alone = packed_subject(loaded), Reference(loaded)
            clocks.append((_seconds(subject, asked), _seconds(alone, asked)))
            rows.append(
                {
                    "cuts": count,
                    "requests": len(asked),
                    "tokens_distinct": subject.cost.tokens_unique,
                    "tokens_run": subject.cost.tokens_run,
                    "tokens_one_forward": alone.cost.tokens_run,
                    "cpu_seconds": median(engine for engine, _ in clocks),
                    "cpu_seconds_one_forward": median(plain for _, plain in clocks),
                }
            )
    # the first turn warms up; of each count the last row knows all its repeats
    return rows[repeats:][repeats - 1 :: repeats]


def by_cases(loaded: Checkpoint, shown: Sequence[Exhibit]) -> Iterator[dict[str, Any]]:
    """CPU seconds, tokens and memory after so many cases, window by window."""
    cost, vision, spent, done = Cost(), Vision(loaded), 0.0, 0
    while done < len(shown):
        window = shown[done : done + WINDOW]
        spent += _window(loaded, vision, window, cost, done)
        done += len(window)
        yield {
            "cases": done,
            "tokens_requested": cost.tokens_requested,
            "tokens_distinct": cost.tokens_unique,
            "tokens_run": cost.tokens_run,
            "tokens_generated": cost.tokens_generated,
            "cpu_seconds": spent,
            "resident_bytes": resident_bytes(),
            "peak_bytes": cost.peak_bytes,
        }


def drawn(cuts: Sequence[Mapping[str, Any]], cases: Sequence[Mapping[str, Any]], place: Path) -> None:
    """Cost over cut points, cost over cases, memory over cases."""
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(13, 3.8), layout="constrained")
    number = [row["cuts"] for row in cuts]
    left.plot(number, [row["cpu_seconds_one_forward"] for row in cuts], "o--", color="0.5", label="one forward each")
    left.plot(number, [row["cpu_seconds"] for row in cuts], "o-", color="tab:blue", label="engine")
    left.set(xlabel="cut points of one think", ylabel="CPU seconds", title="cut points")
    tokens = left.twinx()
    tokens.plot(number, [row["tokens_distinct"] / 1e3 for row in cuts], "x:", color="tab:orange")
    tokens.set(ylabel="thousand distinct tokens (x)", ylim=(0, 2 * max(row["tokens_distinct"] for row in cuts) / 1e3))
    left.set(ylim=(0, None))
    left.legend(frameon=False)
    millions = [row["tokens_distinct"] / 1e6 for row in cases]
    middle.plot(millions, [row["cpu_seconds"] for row in cases], ".-", color="tab:blue")
    middle.set(xlabel="million distinct tokens", ylabel="CPU seconds", title=f"1 to {cases[-1]['cases']} cases")
    number = [row["cases"] for row in cases]
    right.plot(number, [row["peak_bytes"] / 2**20 for row in cases], "-", color="0.5", label="highest so far")
    right.plot(number, [row["resident_bytes"] / 2**20 for row in cases], ".", color="tab:blue", label="after a window")
    right.set(xlabel="cases", ylabel="resident memory, MiB", title="memory", ylim=(0, None))
    right.legend(frameon=False, loc="lower right")
    figure.savefig(place, metadata={"Date": None})


def _window(loaded: Checkpoint, vision: Vision, window: Sequence[Exhibit], cost: Cost, seed: int) -> float:
    """CPU seconds of one window, which nothing outlives."""
    started = time.process_time()
    probed(Script(loaded, random.Random(seed), Packed(loaded, vision, cost=cost)), choose(names=PROBES), window, cost)
    return time.process_time() - started


def _seconds(subject: Packed | Reference, asked: Sequence[Request]) -> float:
    started = time.process_time()
    subject.respond(asked)
    return time.process_time() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        loaded, side = checkpoint("bundled", Path(folder), "cpu", "float32")
        shown = exhibits(Script(loaded, random.Random(0)), side, given.cases, Path(folder))
        cuts = by_cuts(loaded, shown[0], given.repeats)
        cases: list[dict[str, Any]] = []
        for row in by_cases(loaded, shown):
            print(
                f"{row['cases']} cases, {row['cpu_seconds']:.0f} s, {row['resident_bytes'] / 2**20:.0f} MiB", flush=True
            )
            cases.append(row)
        report = {**about(loaded), "side_px": side, "cuts": cuts, "by_cases": cases}
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "growth.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    drawn(cuts, cases, given.out / "growth.svg")


if __name__ == "__main__":
    main()
