"""Where the time of answering goes, and what it cannot fall below.

python analyses/bench/where_time_goes.py --preset mid

The requests are those of `faithlens bench answers` or `occlusion`. Each way answers them once under a stopwatch that
gives every moment to the innermost of the parts below, in CPU seconds; its operations are counted in a pass of its
own, and the speed of matrix products is measured at the shapes that the language layers have. For a CPU, one thread.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import torch

from faithlens.bench import measure, occlusion
from faithlens.bench.flops import flops, peak
from faithlens.bench.presets import checkpoint
from faithlens.bench.workload import longest, read_for, requests
from faithlens.engine import packed as engine
from faithlens.models import packed, tree
from faithlens.models.checkpoint import Checkpoint

PARTS = (
    "images: open, edit, prepare",
    "vision tower",
    "text: template, tokens, positions",
    "trees, spans, masks",
    "linear layers",
    "attention",
    "last layer to log-probabilities",
    "all else: norms, rotary, copies, dispatch",
)


ROWS = (150, 300, 1024)
"""Tokens of one forward pass of a short and a long request, and of a packed pass."""


@dataclass
class Stopwatch:
    """CPU seconds by part; what is inside another part is taken from that."""

    seconds: Counter[str] = field(default_factory=Counter[str])
    _open: list[str] = field(default_factory=list[str])
    _since: float = 0.0

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        self._turn()
        self._open.append(name)
        try:
            yield
        finally:
            self._turn()
            self._open.pop()

    def inside(self, name: str) -> bool:
        return name in self._open

    def _turn(self) -> None:
        now = time.process_time()
        if self._open:
            self.seconds[self._open[-1]] += now - self._since
        self._since = now

    def around(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(work)
        def timed(*given: Any, **named: Any) -> Any:
            with self.part(name):
                return work(*given, **named)

        return timed


@contextmanager
def watched(loaded: Checkpoint) -> Iterator[Stopwatch]:
    """Every part of this checkpoint's work under a stopwatch."""
    watch = Stopwatch()
    images, vision, text, trees, linear, attend, head, rest = PARTS
    model: Any = loaded.model
    language = model.model.language_model
    sdpa = torch.nn.functional.scaled_dot_product_attention
    methods: list[tuple[Any, str, str]] = [
        (Checkpoint, "_open", images),
        (type(model.model.visual), "forward", vision),
        (Checkpoint, "prompt_ids", text),
        (Checkpoint, "positions", text),
        (Checkpoint, "encode", text),
        (engine.Packed, "_plant", trees),
        (engine, "bins", trees),
        (packed, "blocks", trees),
        (packed, "_spans", trees),
        (packed.Grown, "missing", trees),
        (tree.Tree, "grow", trees),
        (tree.Tree, "plant", trees),
        (torch, "log_softmax", head),
    ]
    with ExitStack() as stack:
        for owner, name, part in methods:
            stack.enter_context(patch.object(owner, name, watch.around(part, getattr(owner, name))))
        for module in language.layers.modules():
            if isinstance(module, torch.nn.Linear):
                stack.enter_context(patch.object(module, "forward", watch.around(linear, module.forward)))
        stack.enter_context(patch.object(model.lm_head, "forward", watch.around(head, model.lm_head.forward)))

        def attended(*given: Any, **named: Any) -> Any:
            # the vision tower's own attention stays with the tower
            with watch.part(vision if watch.inside(vision) else attend):
                return sdpa(*given, **named)

        stack.enter_context(patch.object(torch.nn.functional, "scaled_dot_product_attention", attended))
        with watch.part(rest):
            yield watch


def products(loaded: Checkpoint, rows: int, seconds: float = 0.2) -> float:
    """FLOP a second of the language layers' matrix products over that many tokens, each shape by its share."""
    language: Any = loaded.model.model.language_model
    shapes = Counter(
        (module.in_features, module.out_features)
        for module in language.layers.modules()
        if isinstance(module, torch.nn.Linear)
    )
    spent = 0.0
    for (wide, high), count in shapes.items():
        given, weights = torch.randn(rows, wide), torch.randn(high, wide)
        torch.nn.functional.linear(given, weights)
        took, began = [], time.process_time()
        while time.process_time() - began < seconds:
            started = time.process_time()
            torch.nn.functional.linear(given, weights)
            took.append(time.process_time() - started)
        spent += count * median(took)
    return 2 * rows * sum(wide * high * count for (wide, high), count in shapes.items()) / spent


def ways(loaded: Checkpoint, side: int, folder: Path, maps: bool) -> dict[str, Callable[[], Any]]:
    """What is compared, by name."""
    asked = requests(loaded, side, 1, folder)
    if maps:
        request = longest(asked)
        boxes = occlusion.boxes(loaded, request.view)
        return {
            "Captum, a call an option": lambda: occlusion.by_captum(loaded, request, boxes),
            "engine": lambda: occlusion.by_engine(loaded, request, boxes),
        }
    found = measure.ways(loaded, read_for(asked))
    return {name: way for name, way in found.items() if "padded" not in name}


def described(loaded: Checkpoint, way: Callable[[], Any], best: float) -> dict[str, Any]:
    """CPU seconds by part, operations, and the seconds below which they cannot be done here."""
    with watched(loaded) as watch:
        _, tokens, images = way()
    done, total = flops(way), sum(watch.seconds.values())
    return {
        "cpu_seconds": total,
        "by_part": {part: watch.seconds[part] for part in PARTS},
        "tokens_run": tokens,
        "images_encoded": images,
        "flop": done,
        "flop_a_second": done / total,
        "seconds_at_peak": done / best,
    }


def told(report: dict[str, Any]) -> str:
    """The report as Markdown."""
    names = list(report["ways"])
    columns = [report["ways"][name] for name in names]
    lines = ["| CPU seconds | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for part in PARTS:
        cells = (f"{way['by_part'][part]:.2f} ({way['by_part'][part] / way['cpu_seconds']:.0%})" for way in columns)
        lines.append(f"| {part} | " + " | ".join(cells) + " |")
    lines.append("| together | " + " | ".join(f"{way['cpu_seconds']:.2f}" for way in columns) + " |")
    lines.append("| GFLOP | " + " | ".join(f"{way['flop'] / 1e9:.1f}" for way in columns) + " |")
    lines.append("| GFLOP/s | " + " | ".join(f"{way['flop_a_second'] / 1e9:.0f}" for way in columns) + " |")
    lines.append("| seconds at peak | " + " | ".join(f"{way['seconds_at_peak']:.2f}" for way in columns) + " |")
    speeds = ", ".join(f"{speed / 1e9:.0f} over {rows} tokens" for rows, speed in report["products"].items())
    return "\n".join([*lines, "", f"Peak {report['peak'] / 1e9:.0f} GFLOP/s; the layers' own products: {speeds}."])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="bundled")
    parser.add_argument("--occlusion", action="store_true")
    parser.add_argument("--out", type=Path, default=None, help="Also write the figures to this JSON file.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        loaded, side = checkpoint(given.preset, Path(folder), "cpu", "float32")
        compared = ways(loaded, side, Path(folder), given.occlusion)
        compared["engine"]()
        best = peak(loaded)
        report = {
            **measure.about(loaded),
            "preset": given.preset,
            "peak": best,
            "products": {rows: products(loaded, rows) for rows in ROWS},
            "ways": {name: described(loaded, way, best) for name, way in compared.items()},
        }
    print(told(report))
    if given.out is not None:
        given.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
