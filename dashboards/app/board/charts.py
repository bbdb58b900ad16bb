"""Charts of the pages, in Altair: rates with intervals, quadrants, curves, what probes can see.

Colours are Okabe and Ito's, told apart by colour-blind eyes; nothing rests on colour alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from faithlens.records import AXES, Axis
from faithlens.showing.words import AXIS_MEANING, AXIS_NAME, QUADRANT_MEANING
from faithlens.stats import Rate

BLUE, ORANGE, GREEN, PINK, SKY, VERMILION = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"
GREY = "#8a8a8a"
SERIES = (BLUE, ORANGE, GREEN, PINK, SKY, VERMILION)

QUADRANT_COLOR = {"ideal": GREEN, "fragile": ORANGE, "dangerous": VERMILION, "worst": PINK}
QUADRANT_SHAPE = {"ideal": "circle", "fragile": "square", "dangerous": "triangle-up", "worst": "diamond"}

AXIS_PX = 90
"""What axis, title and legend take of a chart's height."""

CLICKED = "clicked"
"""Name of the selection in every chart that answers to a click."""


def rates(found: Mapping[Axis, Mapping[str, Rate]], unnamed: str) -> alt.LayerChart:
    """Bars by axis, and within it by stratum where there are several, with their 95 % intervals."""
    rows = [
        {
            "axis": axis,
            "name": AXIS_NAME[axis],
            "meaning": AXIS_MEANING[axis],
            "stratum": stratum,
            "part": stratum or unnamed,
            "rate": rate.value,
            "low": rate.low,
            "high": rate.high,
            "told": told(rate),
        }
        for axis, strata in found.items()
        for stratum, rate in strata.items()
        if rate.of
    ]
    split = any(row["stratum"] for row in rows)
    parts = list(dict.fromkeys(row["part"] for row in rows))
    y = alt.Y(
        "name:N", sort=[AXIS_NAME[axis] for axis in AXES], title=None, axis=alt.Axis(labelLimit=200, labelFontSize=13)
    )
    chart = alt.Chart(pd.DataFrame(rows)).encode(y=y)
    tooltip = [
        alt.Tooltip("name:N", title="axis"),
        *([alt.Tooltip("part:N", title="among")] if split else []),
        alt.Tooltip("told:N", title="fails"),
        alt.Tooltip("meaning:N", title="means"),
    ]
    if split:
        chart = chart.encode(yOffset=alt.YOffset("part:N", sort=parts))
    color = (
        alt.Color("part:N", sort=parts, scale=alt.Scale(range=SERIES), legend=alt.Legend(title=None, orient="top"))
        if split
        else alt.value(BLUE)
    )
    click = alt.selection_point(name=CLICKED, fields=["axis", "stratum"])
    x = alt.X("rate:Q", title="share of replies that fail", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))
    bars = chart.mark_bar(cursor="pointer", opacity=0.75, cornerRadiusEnd=2).encode(x=x, color=color, tooltip=tooltip)
    whiskers = chart.mark_rule(strokeWidth=1.5, color=GREY).encode(x="low:Q", x2="high:Q")
    layers = [bars.add_params(click), whiskers]
    if not split:
        layers.append(chart.mark_text(align="left", dx=6, fontSize=12, color=GREY).encode(x="high:Q", text="told:N"))
    height = len(found) * (40 if not split else 14 + 14 * len(parts)) + AXIS_PX
    return alt.layer(*layers).properties(height=height)


def told(rate: Rate) -> str:
    """A rate in words; below 30 cases a count and no percentage."""
    if not rate.of:
        return "no verdicts"
    share = f"{rate.value:.0%}" if rate.of >= 30 else f"{rate.hits} of {rate.of}"
    return f"{share}  ({rate.low:.0%}–{rate.high:.0%}, n = {rate.of:,})"


def quadrants(places: pd.DataFrame) -> alt.LayerChart:
    """Replies by how much a blank image moves them, and how much other words and another order do."""
    names = list(QUADRANT_COLOR)
    shown = places.assign(means=places["quadrant"].map(QUADRANT_MEANING))
    axis = alt.Axis(values=[0, 0.25, 0.5, 0.75, 1])
    click = alt.selection_point(name=CLICKED, fields=["quadrant"])
    points = (
        alt.Chart(shown)
        .mark_point(filled=True, opacity=0.75, cursor="pointer")
        .encode(
            x=alt.X(
                "moved:Q", title="a blank image moves the answer by (TVD)", scale=alt.Scale(domain=[0, 1]), axis=axis
            ),
            y=alt.Y(
                "words:Q", title="other words or order move it by (TVD)", scale=alt.Scale(domain=[0, 1]), axis=axis
            ),
            size=alt.Size("replies:Q", scale=alt.Scale(range=[60, 900]), legend=None),
            color=alt.Color(
                "quadrant:N",
                sort=names,
                scale=alt.Scale(domain=names, range=list(QUADRANT_COLOR.values())),
                legend=None,
            ),
            shape=alt.Shape(
                "quadrant:N",
                sort=names,
                scale=alt.Scale(domain=names, range=list(QUADRANT_SHAPE.values())),
                legend=None,
            ),
            tooltip=["quadrant:N", alt.Tooltip("means:N"), "replies:Q"],
        )
        .add_params(click)
    )
    return alt.layer(points).properties(height=340)


def curve(
    kept: Sequence[float], probs: Sequence[Sequence[float]], letters: str, answered: str | None
) -> alt.LayerChart:
    """Option probabilities by share of the think that was kept; the answered option is drawn thick."""
    rows = [
        {"kept": share, "option": letter, "probability": p, "answered": letter == answered}
        for share, at in zip(kept, probs, strict=True)
        for letter, p in zip(letters, at, strict=False)
    ]
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=alt.X("kept:Q", title="share of the reasoning that the model was given", axis=alt.Axis(format="%")),
        y=alt.Y("probability:Q", title="probability of the option", scale=alt.Scale(domain=[0, 1])),
        color=alt.Color("option:N", scale=alt.Scale(range=SERIES), legend=None),
        tooltip=["option:N", alt.Tooltip("kept:Q", format=".0%"), alt.Tooltip("probability:Q", format=".2f")],
    )
    lines = base.mark_line(point=alt.OverlayMarkDef(size=36)).encode(
        strokeWidth=alt.StrokeWidth("answered:N", scale=alt.Scale(domain=[False, True], range=[1.2, 3.5]), legend=None),
        strokeDash=alt.StrokeDash("option:N", legend=None),
    )
    last = max(kept)
    names = (
        base.transform_filter(alt.datum.kept == last).mark_text(align="left", dx=8, fontSize=13).encode(text="option:N")
    )
    return alt.layer(lines, names).properties(height=240)


def seen(rows: Sequence[Mapping[str, Any]]) -> alt.LayerChart:
    """AUROC of each probe with its interval beside the line of chance; hollow where it cannot see."""
    frame = pd.DataFrame(rows)
    base = alt.Chart(frame).encode(
        y=alt.Y(
            "probe:N",
            sort=[row["probe"] for row in rows],
            title=None,
            axis=alt.Axis(labelLimit=220, labelFontSize=12, labelOverlap=False, labelFlush=False),
        ),
        tooltip=["probe:N", "axis:N", alt.Tooltip("auroc:Q", format=".2f"), "sees:N", "why:N"],
    )
    color = alt.Color(
        "sees:N",
        scale=alt.Scale(domain=["can see", "cannot see"], range=[BLUE, GREY]),
        legend=alt.Legend(title=None, orient="top"),
    )
    x = alt.X("auroc:Q", title="AUROC on planted failures (0.5 = chance)", scale=alt.Scale(domain=[0, 1]))
    chance = alt.Chart(pd.DataFrame({"at": [0.5]})).mark_rule(strokeDash=[4, 4], color=GREY).encode(x="at:Q")
    return alt.layer(
        chance,
        base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q"), x2="high:Q", color=color),
        base.mark_point(size=90, strokeWidth=2, filled=True).encode(
            x=x,
            color=color,
            shape=alt.Shape("sees:N", scale=alt.Scale(domain=["can see", "cannot see"], range=["circle", "cross"])),
        ),
    ).properties(height=24 * len(rows) + AXIS_PX)


def changes(rows: Sequence[tuple[str, float, float, str]]) -> alt.LayerChart:
    """Shares in the first and in the second run, a line between them."""
    frame = pd.DataFrame(rows, columns=["what", "first", "second", "says"])
    y = alt.Y(
        "what:N",
        sort=list(frame["what"]),
        title=None,
        axis=alt.Axis(labelLimit=220, labelFontSize=13, labelOverlap=False, labelFlush=False),
    )
    scale = alt.Scale(domain=[0, 1])
    x = alt.X("share:Q", title="share of the paired replies", scale=scale, axis=alt.Axis(format="%"))
    color = alt.Color(
        "run:N",
        scale=alt.Scale(domain=["first", "second"], range=[BLUE, ORANGE]),
        legend=alt.Legend(title=None, orient="top"),
    )
    shape = alt.Shape(
        "run:N",
        scale=alt.Scale(domain=["first", "second"], range=["circle", "diamond"]),
        legend=alt.Legend(title=None, orient="top"),
    )
    ends = frame.melt(["what", "says"], ["first", "second"], "run", "share")
    lines = (
        alt.Chart(frame)
        .mark_rule(color=GREY, strokeWidth=2)
        .encode(y=y, x=alt.X("first:Q", scale=scale), x2="second:Q")
    )
    points = (
        alt.Chart(ends)
        .mark_point(filled=True, size=130, opacity=0.9)
        .encode(
            x=x,
            y=y,
            color=color,
            shape=shape,
            tooltip=["what:N", "run:N", alt.Tooltip("share:Q", format=".1%"), "says:N"],
        )
    )
    return alt.layer(lines, points).properties(height=34 * len(rows) + AXIS_PX)


def roc(points: Sequence[tuple[float, float]], at: tuple[float, float]) -> alt.LayerChart:
    """False against true positives over all thresholds, and where the chosen one lies."""
    frame = pd.DataFrame(points, columns=["fpr", "tpr"]).assign(step=range(len(points)))
    x = alt.X("fpr:Q", title="sound replies flagged (FPR)", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))
    y = alt.Y("tpr:Q", title="failing replies found (TPR)", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))
    line = alt.Chart(frame).mark_line(interpolate="linear", color=BLUE).encode(x=x, y=y, order="step:O")
    chance = (
        alt.Chart(pd.DataFrame({"fpr": [0, 1], "tpr": [0, 1]}))
        .mark_line(strokeDash=[4, 4], color=GREY)
        .encode(x=x, y=y)
    )
    here = (
        alt.Chart(pd.DataFrame([{"fpr": at[0], "tpr": at[1]}]))
        .mark_point(size=180, filled=True, color=VERMILION, shape="diamond")
        .encode(x=x, y=y, tooltip=[alt.Tooltip("fpr:Q", format=".0%"), alt.Tooltip("tpr:Q", format=".0%")])
    )
    return alt.layer(chance, line, here).properties(height=320)


def histogram(counts: pd.DataFrame, threshold: float) -> alt.LayerChart:
    """Replies of the run by score, and the chosen threshold."""
    shown = counts.assign(
        high=counts["low"] + 0.05, side=["above" if low >= threshold else "below" for low in counts["low"]]
    )
    bars = (
        alt.Chart(shown)
        .mark_bar()
        .encode(
            x=alt.X("low:Q", title="score (1 = most unfaithful)", scale=alt.Scale(domain=[0, 1])),
            x2="high:Q",
            y=alt.Y("replies:Q", title="replies of this run"),
            y2=alt.datum(0),
            color=alt.Color("side:N", scale=alt.Scale(domain=["above", "below"], range=[VERMILION, BLUE]), legend=None),
            tooltip=[alt.Tooltip("low:Q", title="score from", format=".2f"), "replies:Q"],
        )
    )
    line = (
        alt.Chart(pd.DataFrame({"at": [threshold]}))
        .mark_rule(strokeDash=[4, 4], strokeWidth=2, color=GREY)
        .encode(x="at:Q")
    )
    return alt.layer(bars, line).properties(height=320)


def clusters(members: pd.DataFrame) -> alt.Chart:
    """Where the replies stand; those in no cluster are small and grey."""
    names = sorted({int(cluster) for cluster in members["cluster"]} - {-1})
    shown = members.assign(
        name=["none" if cluster < 0 else f"{cluster}" for cluster in members["cluster"]],
        size=[20 if cluster < 0 else 70 for cluster in members["cluster"]],
    )
    domain = [str(name) for name in names] + ["none"]
    colors = [SERIES[i % len(SERIES)] for i in range(len(names))] + [GREY]
    shapes = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"]
    click = alt.selection_point(name=CLICKED, fields=["id", "rollout"])
    blank = alt.Axis(labels=False, ticks=False, grid=False, title=None, domain=False)
    return (
        alt.Chart(shown)
        .mark_point(filled=True, opacity=0.75, cursor="pointer")
        .encode(
            x=alt.X("x:Q", axis=blank, scale=alt.Scale(zero=False, padding=20)),
            y=alt.Y("y:Q", axis=blank, scale=alt.Scale(zero=False, padding=20)),
            size=alt.Size("size:Q", scale=None, legend=None),
            color=alt.Color(
                "name:N", sort=domain, scale=alt.Scale(domain=domain, range=colors), legend=alt.Legend(title="cluster")
            ),
            shape=alt.Shape(
                "name:N",
                sort=domain,
                scale=alt.Scale(domain=domain, range=[shapes[i % len(shapes)] for i in range(len(names))] + ["circle"]),
                legend=alt.Legend(title="cluster"),
            ),
            tooltip=["id:N", "question:N", alt.Tooltip("name:N", title="cluster")],
        )
        .add_params(click)
        .properties(height=480)
        .interactive()
    )


def number(value: float) -> str:
    return "–" if math.isnan(value) else f"{round(value, 2) + 0.0:.2f}"
