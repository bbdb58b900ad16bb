"""Numbers as a reader sees them."""

from __future__ import annotations

import math

from faithlens.calibration import JudgeMeasured
from faithlens.stats import Rate

FEW = 30
"""Below so many cases a rate is shown as a count with its interval, not as a percentage."""


def share(found: Rate) -> str:
    """As in "22%"; "3 of 12" where there are few."""
    if not found.of:
        return "-"
    return f"{found.value:.0%}" if found.of >= FEW else f"{found.hits} of {found.of}"


def interval(found: Rate) -> str:
    """As in "15%-32%"."""
    return f"{found.low:.0%}-{found.high:.0%}" if found.of else "-"


def number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"


def p(value: float) -> str:
    return "-" if math.isnan(value) else "< .001" if value < 0.001 else f"{value:.3f}"


def judged_by(judge: JudgeMeasured) -> str:
    """Who says whether a think owns up to a cue, and how far that can be trusted."""
    who = "rules say" if judge.judge == "rules" else f"{judge.judge} says"
    relied, others = judge.sensitivity, judge.specificity
    return (
        f"{who} whether a think owns up to a cue, with sensitivity {share(relied)} ({interval(relied)}) and "
        f"specificity {share(others)} ({interval(others)}) on {relied.of + others.of} thinks of known wording"
    )
