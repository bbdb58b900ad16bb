"""A calibration as a picture: AUROC with its interval by probe and axis, and the dose-response of W3."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from faithlens.calibration.measured import Calibration, ProbeMeasured
from faithlens.records import AXES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SEES, CANNOT = "#0b6e99", "#b0482b"
"""Blue and rust: told apart by colour-blind readers, and in grey by the hollow mark of the second."""

SETTINGS: dict[Any, Any] = {
    # text stays text, and the same calibration gives the same file
    "svg.fonttype": "none",
    "svg.hashsalt": "faithlens",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def draw(calibration: Calibration, path: Path) -> Path:
    """Write the figure; the ending of the path says as what (.svg, .png, .pdf)."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    dosed = [probe for probe in calibration.probes if not math.isnan(probe.dose_spearman)]
    rows = sorted(calibration.probes, key=lambda probe: (AXES.index(probe.axis), probe.probe))
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(13, 1.4 + 0.24 * max(10, len(rows))), layout="constrained")
        figure.suptitle(_title(calibration), x=0.01, ha="left", fontsize=10)
        left, right = figure.subplots(1, 2, width_ratios=(3, 2))
        _areas(left, rows)
        _doses(right, dosed)
        path.parent.mkdir(parents=True, exist_ok=True)
        metadata = {"Date": None} if path.suffix == ".svg" else None
        figure.savefig(path, metadata=metadata, dpi=150)
    return path


def _title(calibration: Calibration) -> str:
    about = calibration.about
    of = (
        f"{'/'.join(Path(about['checkpoint']).parts[-2:])}, prompt {about['prompt']}, "
        if {"checkpoint", "prompt"} <= about.keys()
        else ""
    )
    return f"What the probes can see: {of}organisms over {calibration.cases} cases"


def _areas(axes: Axes, rows: list[ProbeMeasured]) -> None:
    for y, probe in enumerate(rows):
        area = probe.auroc
        colour = CANNOT if probe.blindness else SEES
        if math.isnan(area.value):
            text = f"not calibrated: {area.positives} failing, {area.negatives} sound"
            axes.text(0.02, y, text, va="center", fontsize=7, color=CANNOT)
            continue
        axes.plot([area.low, area.high], [y, y], color=colour, linewidth=2, solid_capstyle="round")
        axes.plot(area.value, y, "o", color=colour, markerfacecolor="white" if probe.blindness else colour)
    firsts = [y for y, probe in enumerate(rows) if y and rows[y - 1].axis != probe.axis]
    for y in firsts:
        axes.axhline(y - 0.5, color="0.85", linewidth=0.8)
    axes.axvline(0.5, color="0.6", linewidth=0.8, linestyle="--")
    axes.set_yticks(range(len(rows)), [f"{probe.axis}  ·  {probe.probe}" for probe in rows])
    axes.set(xlim=(-0.02, 1.02), ylim=(len(rows) - 0.5, -0.5), xlabel="AUROC (DeLong 95 %); dashed: chance")
    axes.set_title("failing against sound organisms (hollow: gives no verdict)", loc="left", fontsize=9)


def _doses(axes: Axes, dosed: list[ProbeMeasured]) -> None:
    import seaborn

    for probe, colour in zip(dosed, seaborn.color_palette("colorblind", len(dosed)), strict=True):
        means = {float(name.split("@")[1]): mean for name, mean in probe.means.items() if name.startswith("mixture@")}
        label = f"{probe.probe} (Spearman {probe.dose_spearman:+.2f})"
        axes.plot(sorted(means), [means[dose] for dose in sorted(means)], "o-", color=colour, markersize=4, label=label)
    axes.set(xlabel="dose: weight of the think in W3", ylabel="mean score")
    axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    axes.set_title("dose-response, post_hoc", loc="left", fontsize=9)
    if dosed:
        axes.legend(frameon=False, fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5))
    else:
        axes.text(0.5, 0.5, "no probe of post_hoc was asked", ha="center", fontsize=8)
