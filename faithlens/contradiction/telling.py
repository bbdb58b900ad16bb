"""How much a think is worded as what is seen in one image, and not as talk in general: theory, technique, plans.

A logistic regression on single words (sublinear tf-idf of unit length), blind to question, options and answer. Its
weights, `telling.tsv`, are fitted by `analyses/contradiction/fit.py` on written traces: `unsupported` or not.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

from faithlens.contradiction.tokens import Token

_FEW = 15
"""Words below which a think is as likely the one as the other."""
_MOST = 4.0
"""Log odds beyond which more say nothing more."""


def terms(words: Sequence[Token]) -> list[str]:
    """The words that are weighed, numbers as one."""
    return ["0" if word.lower[0].isdigit() else word.lower for word in words]


def telling(words: Sequence[Token]) -> float:
    """In [-1, 1]: 1 where a think is worded as a description of an image, -1 where as talk in general, 0 unknown."""
    return weighed(terms(words), _weights())


def weighed(listed: Sequence[str], weights: Mapping[str, tuple[float, float]]) -> float:
    """The same from terms, by other weights: inverse document frequency and weight of each, the bias under ""."""
    values = {
        term: (1 + math.log(count)) * weights[term][0] for term, count in Counter(listed).items() if term in weights
    }
    length = math.sqrt(sum(value * value for value in values.values()))
    if not length:
        return 0.0
    odds = weights[""][1] + sum(value * weights[term][1] for term, value in values.items()) / length
    return max(-1.0, min(1.0, min(len(listed) / _FEW, 1.0) * odds / _MOST))


@cache
def _weights() -> dict[str, tuple[float, float]]:
    text = resources.files("faithlens.contradiction").joinpath("telling.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    return {term: (float(idf), float(weight)) for term, idf, weight in rows}
