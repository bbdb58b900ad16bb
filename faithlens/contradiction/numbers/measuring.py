"""What a clause measures, for or against options that are quantities."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from faithlens.contradiction.clauses import Clause
from faithlens.contradiction.effects import is_place, same_place
from faithlens.contradiction.events import Event
from faithlens.contradiction.lexicon import Hit
from faithlens.contradiction.numbers.passages import Stated
from faithlens.contradiction.numbers.quantities import Amount, Measures, amounts
from faithlens.contradiction.target import Targets
from faithlens.contradiction.tokens import Token
from faithlens.replies.wording import vocabulary

_STRENGTH = {"conclusion": 0.9, "claim": 0.6, "loose": 0.4, "remark": 0.15, "impression": 0.15}
_GENERAL = re.compile(
    r"\b(?!(?:measures|is|was|has|spans|reaches|extends|reads|shows|exceeds|gets|makes|gives|its|this|thus|lies|"
    r"stays|stenosis|grows)\b)\w{2,}s (?:of )?(?:under|below|above|over|up to|larger than|smaller than|less than|"
    r"more than) (?:a |about )?\d|\b(?:[TN]\d[a-d]?|stage \w+|grade \w+) (?:is |are |means )?(?:up to|from|above|"
    r"over|below|under|for|between)\b|\b(?:anything|any \w+|whatever|whoever|everything|those|lesions|nodules|"
    r"tumou?rs|aneurysms) (?:that (?:is|are) |of |which (?:is|are) )?(?:above|over|below|under|beyond|up to|at|"
    r"larger|smaller|bigger|less|more|from|between|greater|wider|exceeding)\b|\b(?:allow(?:s|ed)|permitted|"
    r"acceptable|tolerated|defined|definition|normal (?:is|range|value|values|limit)|upper limit|lower limit|"
    r"by convention|the rule|rule of thumb|counts? as|considered|are (?:called|graded)|starts? (?:at|from)|"
    r"begins? (?:at|from)|criteri(?:on|a)|guidelines?|textbooks?|in (?:adults|children|men|women|people|patients)|"
    r"should (?:be|have|measure|not)|may (?:be|reach|measure)|"
    r"can (?:be|reach|measure)|would|if|unless|otherwise|the options?|is (?:up to|from|between) .* (?:is|and) )\b",
    re.IGNORECASE,
)
"""What is told of sizes as such, or under a condition."""
_LIMIT = re.compile(
    r"[ -]?(?:\w+ )?(?:cut-?off|cut off|threshold|limit|mark|line|boundary|border|criterion|is (?:\w+ )?(?:abnormal|"
    r"normal|allowed|fine|the (?:limit|cut-?off|threshold|border)))",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:ago|previous(?:ly)?|last (?:year|month|week|time|spring|summer|autumn|winter)|in (?:19|20)\d\d|earlier|"
    r"formerly|used to|at that time|back then|was \d+\W*\w* (?:in|on|at) )\b",
    re.IGNORECASE,
)
_DISTANCE = re.compile(
    r"\W*(?:above|below|past|beyond|away|from|off|proximal|distal|deep|beneath|behind|in front|cranial|caudal|"
    r"outside|"
    r"inside|lateral|medial|apart|to the|short of|long\b|in length|further)",
    re.IGNORECASE,
)
_WHERE = vocabulary("at near below above behind beside over under from to in on of between")
_SPEED = ((125.0, 40.0), (230.0, 60.0), (math.inf, 80.0))
"""Peak velocity in cm/s up to which a carotid is narrowed by so many percent (NASCET, consensus of 2003)."""


def measured(think: str, words: Sequence[Token], clause: Clause, hits: Sequence[Hit], known: Targets) -> list[Event]:
    """What a clause measures, for the option that has its value and against those that clearly have another."""
    base, given = _STRENGTH.get(clause.mood, 0.0), known.measured
    if given is None or not base or _GENERAL.search(clause.text):
        return []
    said = Stated(think, words, clause)
    events: list[Event] = []
    for amount in amounts(said.text, given.dimension):
        span = amount.start, amount.end
        first, _ = said.passage(*span)
        value = _as_asked(amount, given)
        if value is None or not _is_of_this(said.text, amount, given):
            continue
        if _of_another(words, [hit for hit in hits if hit.last <= first], known):
            continue
        # "half of it is gone" denies no half
        meant = said.meant(*span, alone=amount.dimension == "%")
        strength = base * given.known * meant.firmness
        shares = _shares(value, given, affirmed=meant.affirmed)
        events += [said.event(option, strength * share, *span) for option, share in shares]
    return events


def _of_another(words: Sequence[Token], hits: Sequence[Hit], known: Targets) -> bool:
    """Whether a clause speaks of another organ than the question, and not only to say where something lies."""
    places = [hit for hit in hits if is_place(hit)]
    if known.measured and any(
        words[at].stem in known.measured.asked for hit in places for at in range(hit.first, hit.last)
    ):
        return False
    organs = {
        hit.concept
        for hit in places
        if _WHERE.isdisjoint(word.lower for word in words[max(hit.first - 3, 0) : hit.first])
    }
    return bool(organs) and not any(same_place(target, frozenset(organs)) for target in known.options)


def _as_asked(amount: Amount, given: Measures) -> float | None:
    """A value in the dimension of the options; None where it is of another one."""
    if amount.dimension == given.dimension:
        return amount.middle
    if given.speed and amount.dimension == "cm/s":
        return next(percent for limit, percent in _SPEED if amount.middle < limit)
    return None


def _is_of_this(text: str, amount: Amount, given: Measures) -> bool:
    """Whether an amount was measured now, and of the thing itself, and is no bound that one compares with."""
    after = text[amount.end :]
    if _PAST.search(after) or (re.search(r"\b(?:was|previous\w*) $", text[: amount.start]) and "now" not in text):
        return False
    if not given.distance and given.dimension == "mm" and _DISTANCE.match(after):
        return False
    compares = math.isinf(amount.low) or math.isinf(amount.high)
    return compares or _LIMIT.match(after) is None


def _shares(value: float, given: Measures, *, affirmed: bool) -> list[tuple[int, float]]:
    """How a value speaks for each option, in [-1, 1]; for none where it is near none."""
    gaps = {at: _gap(value, interval) for at, interval in enumerate(given.intervals) if interval}
    best = min(gaps, key=lambda at: (gaps[at], given.intervals[at] or ()))
    low, high = given.intervals[best] or (0.0, 0.0)
    if gaps[best] > (0.15 if low == high else 0.04):
        return []
    if not affirmed:
        return [(best, -0.9)]
    return [(best, 1.0)] + [(at, -0.5) for at in gaps if at != best and gaps[at] > gaps[best] + 0.02]


def _gap(value: float, interval: tuple[float, float]) -> float:
    """How far a value lies outside of an interval, as a share of the nearer bound."""
    low, high = interval
    if low <= value <= high:
        return 0.0
    bound = low if value < low else high
    return abs(value - bound) / max(abs(bound), 1e-6)
