"""From where the options stand to the probabilities that the think contradicts, leaves unsupported or supports one."""

from __future__ import annotations

import math
from collections.abc import Sequence

from faithlens.contradiction.standing import Standing, moved

_ENOUGH = 3
"""Clauses about this image beyond which more say nothing more."""

_LEFT_OUT = 0.4
"""Set by hand: too few written traces conclude a finding that is not on offer."""

FEATURES = (
    "for another",
    "against it",
    "for it",
    "letter of another",
    "letter ruled out",
    "its letter",
    "told",
    "concludes",
    "telling",
)
WEIGHTS = (
    (-0.92, 2.05, 2.51, -1.21, 1.04, 0.20, 0.71, -0.08, -0.15, 2.26),
    (1.82, -1.07, -1.47, -1.47, -0.57, -0.01, -1.26, -0.66, 0.07, -4.12),
    (-0.90, -0.98, -1.04, 2.68, -0.47, -0.19, 0.54, 0.74, 0.08, 1.86),
)
"""Intercept and one weight a feature, for contradicts, unsupported and supports."""


def features(standing: Standing, chosen: tuple[int, ...], telling: float) -> tuple[float, ...]:
    """What the answer is weighed by, each in [0, 1] but for the last, which is in [-1, 1].

    By how much more is said for another option than for the answered one, what is said against it, by how much more is
    said for it; the same of their bare letters, which weigh less; how much is told of this image at all, whether
    something is concluded, and how much it is all worded as telling of one image. To conclude a finding that has nothing
    to do with any option speaks against them all. Of several options that are answered together the one that is said
    least for counts.
    """
    own, rival = _own_and_rival(standing.said, chosen)
    letter, other = _own_and_rival(standing.lettered, chosen)
    return (
        max(rival - 0.9 * max(own, 0.0), 0.0),
        max(-own, _LEFT_OUT if standing.elsewhere >= frozenset(chosen) else 0.0),
        max(own - 0.9 * rival, 0.0),
        max(other - 0.9 * max(letter, 0.0), 0.0),
        max(-letter, 0.0),
        max(letter - 0.9 * other, 0.0),
        min(standing.told, _ENOUGH) / _ENOUGH,
        float(standing.concludes),
        telling,
    )


def probabilities(standing: Standing, chosen: tuple[int, ...], telling: float) -> tuple[float, float, float]:
    """Of contradicts, unsupported and supports; they sum to one."""
    values = (1.0, *features(standing, chosen, telling))
    logits = [sum(weight * value for weight, value in zip(row, values, strict=True)) for row in WEIGHTS]
    powers = [math.exp(logit - max(logits)) for logit in logits]
    contradicts, unsupported, supports = (power / sum(powers) for power in powers)
    return contradicts, unsupported, supports


def leaning(standing: Standing) -> int | None:
    """The option that most is said for; None where it is for none."""
    final = [
        max(moved(said, 0.85 * letter), said) for said, letter in zip(standing.said, standing.lettered, strict=True)
    ]
    return max(range(len(final)), key=lambda option: final[option]) if final and max(final) > 0.2 else None


def _own_and_rival(values: Sequence[float], chosen: tuple[int, ...]) -> tuple[float, float]:
    """The value of the answered option, in [-1, 1], and of the best other one, in [0, 1]."""
    others = [value for option, value in enumerate(values) if option not in chosen]
    return min(values[option] for option in chosen), max([0.0, *others])
