"""One figure: how far raters agree, and how far the verdicts agree with them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from faithlens.review.agree import Agreed
from faithlens.review.estimate import Estimate

_Series = tuple[str, Sequence[Estimate]]


def draw(found: Agreed, file: Path) -> None:
    """Write the figure as SVG: the same numbers give the same bytes."""
    questions = [line for line in found.agreement if line.ratings]
    names = [line.question if line.unit == "reply" else f"{line.question}, each" for line in questions]
    coefficients: list[_Series] = [
        ("agree", [line.percent for line in questions]),
        ("alpha", [line.alpha for line in questions]),
        ("AC1", [line.ac1 for line in questions]),
    ]
    axes = [str(line.axis) for line in found.accuracy]
    against: list[_Series] = [
        ("sensitivity", [line.sensitivity for line in found.accuracy]),
        ("… corrected", [line.sensitivity_corrected for line in found.accuracy]),
        ("specificity", [line.specificity for line in found.accuracy]),
        ("… corrected", [line.specificity_corrected for line in found.accuracy]),
    ]
    with sns.axes_style("whitegrid"), sns.plotting_context("paper"), mpl.rc_context({"svg.hashsalt": "faithlens"}):
        figure = Figure(figsize=(10, 1.2 + 0.45 * max(len(names), len(axes), 3)), layout="constrained")
        left, right = figure.subplots(1, 2)
        _whiskers(left, names, coefficients, "Raters with each other")
        left.set_xlim(min(-0.05, *left.get_xlim()), 1.05)
        _whiskers(right, axes, against, "Verdicts against clinicians")
        right.set_xlim(-0.02, 1.05)
        figure.savefig(file, format="svg", metadata={"Date": None})


def _whiskers(axes: Axes, names: Sequence[str], series: Sequence[_Series], title: str) -> None:
    """A dot with its 95 % interval for each name and series; what there is not is left out."""
    colors = sns.color_palette("colorblind", len(series))
    for number, (label, estimates) in enumerate(series):
        shift = (number - (len(series) - 1) / 2) * 0.16
        rows = [(i, one) for i, one in enumerate(estimates) if not math.isnan(one.value)]
        places = [i + shift for i, _ in rows]
        low = [0.0 if math.isnan(one.low) else max(0.0, one.value - one.low) for _, one in rows]
        high = [0.0 if math.isnan(one.high) else max(0.0, one.high - one.value) for _, one in rows]
        values = [one.value for _, one in rows]
        axes.errorbar(values, places, xerr=[low, high], fmt="o", ms=4, lw=1.2, color=colors[number], label=label)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_title(title, loc="left")
    axes.legend(frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(0, -0.08), ncols=2)
