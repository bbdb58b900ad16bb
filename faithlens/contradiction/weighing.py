"""From where the options stand to the probabilities that the think contradicts, leaves unsupported or supports one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from faithlens.contradiction.association import Association
from faithlens.contradiction.standing import Standing, moved

_LEFT_OUT = 0.4
"""Set by hand: too few written traces conclude a finding that is not on offer."""

_AFFIRMED, _DENIED = 5.0, 3.0
"""Leads in association beyond which more say little more."""

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
    "goes with it rather than the best other",
    "goes with it rather than the others",
    "the same of what is denied, best other",
    "the same of what is denied, others",
)
WEIGHTS = (
    (-1.21, 2.05, 2.38, -0.94, 1.40, -0.06, 0.59, 0.07, -0.15, 2.04, -1.57, 0.27, -0.30, 0.49),
    (2.36, -1.02, -1.26, -1.89, -0.35, -0.14, -1.13, -0.79, 0.10, -3.98, 0.23, -0.51, 1.19, -0.92),
    (-1.15, -1.03, -1.12, 2.84, -1.05, 0.20, 0.54, 0.72, 0.05, 1.94, 1.34, 0.23, -0.89, 0.43),
)
"""Intercept and one weight a feature, for contradicts, unsupported and supports."""


@dataclass(frozen=True)
class Weighed:
    """What a think says of every option: by rules, by the words that go with each, and whether it tells at all."""

    standing: Standing
    association: Association
    telling: float


def features(found: Weighed, chosen: tuple[int, ...]) -> tuple[float, ...]:
    """What the answer is weighed by: eight values in [0, 1], then five in [-1, 1].

    By how much more is said for another option than for the answered one, what is said against it, by how much more is
    said for it; the same of their bare letters, which weigh less; how much is told of this image at all, whether
    something is concluded, and how much it is all worded as telling of one image; by how much better its words go with
    the answered option than with others. To conclude a finding that has nothing to do with any option speaks against
    them all. Of several options that are answered together the one that is said least for counts.
    """
    standing = found.standing
    own, rival = _own_and_rival(standing.said, chosen)
    letter, other = _own_and_rival(standing.lettered, chosen)
    return (
        max(rival - 0.9 * max(own, 0.0), 0.0),
        max(-own, _LEFT_OUT if standing.elsewhere >= frozenset(chosen) else 0.0),
        max(own - 0.9 * rival, 0.0),
        max(other - 0.9 * max(letter, 0.0), 0.0),
        max(-letter, 0.0),
        max(letter - 0.9 * other, 0.0),
        standing.told,
        float(standing.concludes),
        found.telling,
        *_leads(found.association.affirmed, chosen, _AFFIRMED),
        *_leads(found.association.denied, chosen, _DENIED),
    )


def probabilities(found: Weighed, chosen: tuple[int, ...]) -> tuple[float, float, float]:
    """Of contradicts, unsupported and supports; they sum to one."""
    values = (1.0, *features(found, chosen))
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


def _leads(values: Sequence[float], chosen: tuple[int, ...], scale: float) -> tuple[float, float]:
    """By how much the answered option leads the best other one, and the others on average; in [-1, 1]."""
    own = min(values[option] for option in chosen)
    others = [value for option, value in enumerate(values) if option not in chosen] or [0.0]
    return math.tanh((own - max(others)) / scale), math.tanh((own - sum(others) / len(others)) / scale)
