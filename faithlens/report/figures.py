"""Figures as SVG inside a page: they follow its colour, so that they are read in light, in dark and in print."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from faithlens.calibration import ProbeMeasured
from faithlens.clusters import Clustering
from faithlens.records import AXES
from faithlens.showing.highlight import visible
from faithlens.showing.words import AXIS_NAME
from faithlens.stats import Rate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK = "#010203"
"""Stands for the colour of the page's text while a figure is drawn."""

MARKERS = ("o", "s", "D", "^", "v", "P", "X", "*")
"""Shapes beside colours, so that nothing is told by colour alone."""


@contextmanager
def _styled() -> Iterator[Any]:
    """Seaborn's colour-blind palette on nothing, ink for everything else. Leaves matplotlib as it was."""
    import matplotlib

    with matplotlib.rc_context():
        import seaborn as sns

        inks = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
        rest = {
            "svg.fonttype": "none",
            "font.family": "sans-serif",
            "font.size": 10,
            "axes.facecolor": "none",
            "figure.facecolor": "none",
            "grid.color": "#8888884d",
            "legend.frameon": False,
        }
        sns.set_theme(style="whitegrid", palette="colorblind", rc={**dict.fromkeys(inks, INK), **rest})
        yield sns


def _svg(figure: Figure, name: str, told: str) -> Markup:
    """The figure as an SVG element with a title for those who cannot see it; the same for the same figure."""
    import matplotlib
    from markupsafe import escape

    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": name}), warnings.catch_warnings():
        # the reader's browser has the letters that the font for measuring lacks
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None}, bbox_inches="tight")
    drawn = buffer.getvalue()[buffer.getvalue().index("<svg") :].replace(INK, "currentColor")
    drawn = re.sub(r"<metadata>.*?</metadata>", "", drawn, flags=re.DOTALL)
    # names of parts are told apart from those of the page's other figures
    drawn = re.sub(r'(id="|href="#|url\(#)', rf"\g<1>{name}-", drawn)
    head, _, rest = drawn.partition(">")
    return Markup(f'{head} role="img"><title>{escape(told)}</title>{rest}')


def _label(text: str) -> str:
    """Text of a file as matplotlib shows it: no formula, no hidden label, one short line."""
    plain = visible(" ".join(text.split())).replace("$", r"\$").lstrip("_")
    return plain if len(plain) <= 32 else f"{plain[:31]}…"


def _new(width: float, height: float) -> tuple[Figure, Any]:
    # a Figure of its own, so that nothing is kept open by pyplot
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    return figure, figure.subplots()


def _dots(axes: Any, y: float, value: float, low: float, high: float, colour: Any, filled: bool = True) -> None:
    axes.plot([low, high], [y, y], color=colour, linewidth=2.2, solid_capstyle="butt", clip_on=False)
    face = colour if filled else "none"
    edge = {"markeredgecolor": colour, "markeredgewidth": 1.8}
    axes.plot([value], [y], "o", markersize=8, markerfacecolor=face, clip_on=False, **edge)


def rates(lines: Sequence[tuple[str, Rate]]) -> Markup:
    """Failing share by axis with its 95 % interval."""
    with _styled() as sns:
        figure, axes = _new(7.2, 0.6 + 0.36 * len(lines))
        colour = sns.color_palette()[3]
        for y, (_, found) in enumerate(reversed(lines)):
            if found.of:
                _dots(axes, y, 100 * found.value, 100 * found.low, 100 * found.high, colour)
        axes.set(xlim=(0, 100), ylim=(-0.6, len(lines) - 0.4), xlabel="failing replies, % (95 % interval)")
        axes.set_yticks(range(len(lines)), [name for name, _ in reversed(lines)])
        axes.grid(visible=False, axis="y")
        sns.despine(figure, left=True)
        told = "; ".join(f"{name} {found.value:.0%}" for name, found in lines if found.of)
        return _svg(figure, "rates", f"Failing share by axis: {told}")


def seeing(measured: Sequence[ProbeMeasured]) -> Markup | None:
    """AUROC of every probe on the organisms, hollow where it cannot see its axis; None where nothing was measured."""
    lines = [line for line in measured if line.auroc.positives and line.auroc.negatives]
    if not lines:
        return None
    with _styled() as sns:
        figure, axes = _new(7.2, 0.7 + 0.27 * len(lines))
        colours = dict(zip(AXES, sns.color_palette("colorblind", len(AXES)), strict=True))
        for y, line in enumerate(reversed(lines)):
            area = line.auroc
            _dots(axes, y, area.value, area.low, area.high, colours[line.axis], filled=not line.blindness)
        axes.axvline(0.5, color=INK, linewidth=1, linestyle="--")
        axes.set(xlim=(0, 1.02), ylim=(-0.7, len(lines) - 0.3), xlabel="AUROC on planted behaviours (.5 = chance)")
        names = [f"{AXIS_NAME[line.axis]}: {line.probe.replace('_', ' ')}" for line in reversed(lines)]
        axes.set_yticks(range(len(lines)), names)
        axes.grid(visible=False, axis="y")
        sns.despine(figure, left=True)
        return _svg(figure, "seeing", "How well each probe tells planted failures from sound replies")


def dose(measured: Sequence[ProbeMeasured]) -> Markup | None:
    """Mean score of each probe over the dose of W3; None where there is none."""
    rows = []
    for line in measured:
        points = {name.partition("@")[2]: mean for name, mean in line.means.items() if name.startswith("mixture@")}
        if len(points) > 2 and line.axis == "post_hoc":
            rows += [(float(at), mean, line.probe.replace("_", " ")) for at, mean in points.items()]
    if not rows:
        return None
    with _styled() as sns:
        figure, axes = _new(6.4, 3.4)
        at, means, probes = (list(column) for column in zip(*rows, strict=True))
        few = dict(zip(dict.fromkeys(probes), MARKERS * 4, strict=False))
        sns.lineplot(x=at, y=means, hue=probes, style=probes, markers=few, dashes=False, ax=axes, errorbar=None)
        label = "how much the answer depends on the think (0 = not at all, 1 = wholly)"
        axes.set(xlabel=label, ylabel="mean score (1 = most post hoc)", ylim=(-0.03, 1.03))
        sns.move_legend(axes, "center left", bbox_to_anchor=(1.01, 0.5), title=None)
        sns.despine(figure)
        return _svg(figure, "dose", "Mean score of each probe as the planted dependence on the think grows")


def early(rows: Sequence[tuple[str, float, bool]]) -> Markup:
    """Share of replies that already give their final answer, by the share of the think that was kept."""
    with _styled() as sns:
        figure, axes = _new(6.4, 3.4)
        modalities, kept, same = (list(column) for column in zip(*rows, strict=True))
        names = [_label(modality) for modality in modalities]
        order = list(dict.fromkeys(sorted(names)))
        sns.lineplot(
            x=[100 * share for share in kept],
            y=[100.0 * value for value in same],
            hue=names,
            style=names,
            hue_order=order,
            style_order=order,
            markers=dict(zip(order, MARKERS * 2, strict=False)),
            dashes=False,
            ax=axes,
            errorbar=("ci", 95),
            n_boot=500,
            seed=0,
        )
        axes.set(xlabel="think that was shown, %", ylabel="replies with their final answer, %", ylim=(-3, 103))
        sns.move_legend(axes, "center left", bbox_to_anchor=(1.01, 0.5), title=None)
        sns.despine(figure)
        return _svg(figure, "early", "Share of replies with their final answer, by how much of the think was shown")


def places(clustering: Clustering) -> Markup:
    """Where failing replies lie among each other, by cluster."""
    with _styled() as sns:
        figure, axes = _new(5.6, 4.0)
        colours = sns.color_palette("colorblind", 10)
        groups = sorted({member.cluster for member in clustering.members})
        for cluster in groups:
            part = [member for member in clustering.members if member.cluster == cluster]
            loose = cluster < 0
            axes.scatter(
                [member.x for member in part],
                [member.y for member in part],
                s=14 if loose else 42,
                marker="." if loose else MARKERS[cluster % len(MARKERS)],
                color="#888888" if loose else colours[cluster % 10],
                label="in no cluster" if loose else f"cluster {cluster}",
                linewidths=0,
                alpha=0.8,
            )
        axes.set(xticks=[], yticks=[])
        axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
        sns.despine(figure, left=True, bottom=True)
        return _svg(figure, "places", "Failing replies in two dimensions; near ones are alike")
