"""From where the options stand to the probabilities that the think contradicts, leaves unsupported or supports one."""

from __future__ import annotations

import math

from faithlens.contradiction.standing import Standing, moved

_ENOUGH = 3
"""Clauses about this image beyond which more say nothing more."""

_LEFT_OUT = 0.4
"""Set by hand: too few written traces conclude a finding that is not on offer."""

FEATURES = ("for another", "against it", "for it", "told", "concludes", "telling")
WEIGHTS = (
    (-1.04, 2.31, 2.96, -0.86, 0.05, 0.09, 2.19),
    (2.04, -1.43, -1.88, -2.13, -0.92, -0.12, -4.11),
    (-1.00, -0.89, -1.07, 2.99, 0.86, 0.03, 1.92),
)
"""Intercept and one weight a feature, for contradicts, unsupported and supports."""


def features(standing: Standing, chosen: tuple[int, ...], telling: float) -> tuple[float, ...]:
    """What the answer is weighed by, each in [0, 1] but for the last, which is in [-1, 1].

    By how much more is said for another option than for the answered one, what is said against it, by how much more is
    said for it; how much is told of this image at all, whether something is concluded, and how much it is all worded as
    telling of one image. To conclude a finding that has nothing to do with any option speaks against them all.
    """
    own, rival = _own_and_rival(standing, chosen)
    support = max(own, 0.0)
    return (
        max(rival - 0.9 * support, 0.0),
        max(-own, _LEFT_OUT if standing.elsewhere >= frozenset(chosen) else 0.0),
        max(support - 0.9 * rival, 0.0),
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


def _own_and_rival(standing: Standing, chosen: tuple[int, ...]) -> tuple[float, float]:
    """What is said of the answered option, in [-1, 1], and for the best other one, in [0, 1], letters counted in.

    Of several options that are answered together the one that is said least for counts.
    """
    said, lettered = standing.said, standing.lettered
    others = [option for option in range(len(said)) if option not in chosen]
    own, rival = min(said[option] for option in chosen), max((said[option] for option in others), default=0.0)
    letter = min(lettered[option] for option in chosen)
    if max(abs(own), rival) < 0.4:
        both = [moved(said[option], 0.85 * lettered[option]) for option in others]
        return moved(own, 0.85 * letter), max(both, default=0.0)
    # a bare letter adds little to words, and takes nothing from words that deny it
    other_letter = max((lettered[option] for option in others), default=0.0)
    own = own * (1 - 0.7 * max(other_letter, 0)) if own > 0 else own
    rival = max(rival, 0.7 * other_letter, 0.0)
    return (own + 0.2 * max(letter, 0) * (1 - own) if own > -0.3 and rival < 0.3 else own), rival
