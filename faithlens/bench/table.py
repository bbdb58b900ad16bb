"""A benchmark's report as a table and a few lines."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from faithlens.terminal import table


def show_bench(report: Mapping[str, Any], console: Console) -> None:
    """Print what a benchmark has measured."""
    about = report["checkpoint"]
    on = (
        f"{about['parameters']:,} parameters, {about['dtype']} on {about['device']} ({report['machine']}, "
        f"{report['threads']} threads)"
    )
    console.print(_stages(report, on) if report["what"] == "suites" else _ways(report, on))
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


def _ways(report: Mapping[str, Any], on: str) -> Table:
    """The ways of a benchmark, with what each costs beside the engine: in seconds on a GPU, in CPU seconds else."""
    ways = report["ways"]
    clock = "median_seconds" if report["checkpoint"]["device"].startswith("cuda") else "median_cpu_seconds"
    engine = next(way[clock] for way in ways if way["name"] == "engine")
    rows = [
        (
            way["name"],
            f"{way['median_seconds']:.2f}",
            f"{way['median_cpu_seconds']:.2f}",
            f"{way[clock] / engine:.2f}",
            f"{way['tokens_run']:,}",
            str(way["vision_encodes"]),
            _last(way),
        )
        for way in ways
    ]
    last = "written" if report["what"] == "replies" else "nats off"
    columns = ("way", "s", "CPU s", "x engine", "tokens", "images", last)
    return table(f"{_asked(report)}; {on}, medians of {report['repeats']}", columns, rows)


def _last(way: Mapping[str, Any]) -> str:
    if "tokens_generated" in way:
        differ = f", {way['different_replies']} differ" if way["different_replies"] else ""
        return f"{way['tokens_generated']:,}{differ}"
    return "-" if math.isnan(way["deviation_nats"]) else f"{way['deviation_nats']:.0e}"


def _asked(report: Mapping[str, Any]) -> str:
    if report["what"] == "occlusion":
        return (
            f"Maps of {report['options']} options over {report['image_tokens']} image tokens, largest effect "
            f"{report['largest_effect_nats']:.2g} nats"
        )
    if report["what"] == "replies":
        return (
            f"{report['replies']} replies, {report['distinct_replies']} of them distinct, over {report['views']} views"
        )
    return (
        f"{report['requests']} requests, {report['distinct_requests']} of them distinct, over {report['views']} views: "
        f"{report['requested_tokens']:,} tokens, {report['unique_tokens']:,} of them distinct"
    )


def _stages(report: Mapping[str, Any], on: str) -> Table:
    """What each stage of an audit costs a case."""
    cases = report["cases"]
    rows = [
        (
            stage["name"],
            f"{stage['seconds_a_case']:.3f}",
            f"{stage['cpu_seconds_a_case']:.3f}",
            f"{stage['cost']['tokens_requested'] / cases:,.0f}",
            f"{stage['cost']['tokens_run'] / cases:,.0f}",
            f"{stage['cost']['tokens_generated'] / cases:,.0f}",
            f"{stage['cost']['vision_encodes'] / cases:.1f}",
            f"{stage['share_of_peak']:.0%}",
        )
        for stage in report["stages"]
    ]
    columns = ("stage", "s", "CPU s", "requested", "run", "written", "images", "of peak")
    title = (
        f"A case, of {cases} with pictures of {report['side_px']} x {report['side_px']} pixels: seconds and tokens; "
        f"{on}, peak {report['peak_flop_a_second'] / 1e9:,.0f} GFLOP/s"
    )
    return table(title, columns, rows)
