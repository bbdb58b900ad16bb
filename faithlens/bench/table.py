"""A benchmark's report as a table and a few lines."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from rich.console import Console

from faithlens.terminal import table


def show_bench(report: Mapping[str, Any], console: Console) -> None:
    """Print the ways of a benchmark, with what each costs beside the engine."""
    ways = report["ways"]
    engine = next(way["median_seconds"] for way in ways if way["name"] == "engine")
    rows = [
        (
            way["name"],
            f"{way['median_seconds']:.3f}",
            f"{way['median_cpu_seconds']:.3f}",
            f"{way['median_seconds'] / engine:.2f}",
            f"{way['tokens_run']:,}",
            str(way["vision_encodes"]),
            "-" if math.isnan(way["deviation_nats"]) else f"{way['deviation_nats']:.1e}",
        )
        for way in ways
    ]
    about = report["checkpoint"]
    on = (
        f"{about['parameters']:,} parameters, {about['dtype']} on {about['device']} ({report['machine']}, "
        f"{report['threads']} threads), medians of {report['repeats']}"
    )
    columns = ("way", "seconds", "CPU s", "x engine", "tokens run", "images encoded", "deviation, nats")
    console.print(table(f"{_asked(report)}; {on}", columns, rows))
    console.print(f"memory: at most {report['peak_bytes'] / 2**30:.2f} GiB", style="dim", highlight=False)
    if half := report.get("bfloat16"):
        console.print(
            f"bfloat16 over {half['requests']} requests: moves a log-probability by up to "
            f"{half['float32_to_bfloat16_nats']:.2g} nats from float32 and {half['choices_changed_by_bfloat16']} "
            f"choices; the engine by up to {half['bfloat16_engine_to_one_forward_nats']:.2g} nats from one forward "
            f"pass a request in bfloat16 and {half['choices_changed_by_engine']} choices",
            style="dim",
            highlight=False,
        )


def _asked(report: Mapping[str, Any]) -> str:
    if "image_tokens" in report:
        return (
            f"Maps of {report['options']} options over {report['image_tokens']} image tokens, largest effect "
            f"{report['largest_effect_nats']:.2g} nats"
        )
    return (
        f"{report['requests']} requests, {report['distinct_requests']} of them distinct, over {report['views']} views: "
        f"{report['requested_tokens']:,} tokens, {report['unique_tokens']:,} of them distinct"
    )
