"""Verdicts on a scale: the levels that a clause names or rules out, the ends of the scale, and signs of a level."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from faithlens.contradiction.clauses import Clause
from faithlens.contradiction.events import Event
from faithlens.contradiction.numbers.levels import Named, named_levels
from faithlens.contradiction.numbers.passages import Stated
from faithlens.contradiction.numbers.scales import Level, Scale
from faithlens.contradiction.numbers.staging import staged
from faithlens.contradiction.target import Targets
from faithlens.contradiction.tokens import Token, plain

_STRENGTH = {"conclusion": 0.9, "claim": 0.6, "loose": 0.3, "remark": 0.15, "impression": 0.15}
_HIGHEST = re.compile(
    r"\b(?:(?:could|can|does|do|would|will)(?:n't|not| not) (?:\w+ ){0,5}?(?:any )?(?:higher|worse)\b|(?:highest|top|"
    r"worst|uppermost|final|last|end) (?:possible )?(?:stage|grade|score|category|class|rung|mark|degree|step|level|"
    r"end of the scale)|(?:top|end) of the (?:scale|ladder)|as (?:high|bad) as (?:it|the scale) (?:goes|gets)|"
    r"nothing (?:above|beyond|higher)|\blast of the (?:three|four|five|six)\b|no (?:stage|grade|score|category|class|"
    r"rung) (?:\w+ )?(?:higher|above|"
    r"beyond|worse))",
    re.IGNORECASE,
)
_LOWEST = re.compile(
    r"\b(?:lowest|mildest|bottom) (?:possible )?(?:stage|grade|score|category|class|rung|mark|degree|step|level)\b|"
    r"\b(?:bottom|foot) of the (?:scale|ladder)",
    re.IGNORECASE,
)
_ABOVE = re.compile(
    r"\b(?:more|higher|greater|worse|further|above|beyond|past|exceeds?) (?:than )?(?:an? )?(?:\w+[ -])?$", re.I
)
_BELOW = re.compile(
    r"\b(?:less|lower|better|milder|below|under|short of|not (?:yet|quite|even)|nearly|"
    r"almost) (?:than )?(?:an? )?(?:\w+[ -])?$",
    re.IGNORECASE,
)
_DEFINES = re.compile(
    r"\s*(?:(?:is|are|means?|requires?|needs|has|have|shows?|would|stands|describes?|denotes?|implies|covers?|"
    r"demands?|involves?|refers?|includes?|asks|takes|begins|starts|if|when|from|up to|for (?:any|those|one|up)|"
    r"with)\b(?! (?:it\b|right|correct|the (?:answer|verdict|one|best|right|correct)|what|best|my|where|out\b|not|"
    r"no longer|"
    r"excluded|reached|here|given|clear|fair|too|present|certain|fitting|off|gone|closer|likely|unlikely))|=)",
    re.IGNORECASE,
)
_DEFINED = re.compile(
    r"\b(?:count|are (?:called|graded|staged)|qualify|defined|is called) (?:as )?[TNM]?$", re.IGNORECASE
)
_LISTS = re.compile(r"(?:\b[0-5]\b\D{2,40}){3}")
_PUTS = re.compile(r"\b(?:makes?|puts?|brings?|lifts?) (?:it|this|him|her|that|us)\b", re.IGNORECASE)
_UNREAL = re.compile(
    r"^\W*(?:had|were|if)\b|\b(?:would have|would've|'d have) (?:been|called|given|made)\b", re.IGNORECASE
)
_ENDS = (". ", "! ", "? ", "\n")
_NEAR = 600
"""Characters before and after a clause in which its sentence is looked for."""


def graded(think: str, words: Sequence[Token], clause: Clause, known: Targets) -> list[Event]:
    """What a clause says for or against the levels that the options are."""
    if clause.mood == "generic" and _PUTS.search(clause.text):
        clause = replace(clause, mood="claim")
    if known.scale is None or clause.mood in ("task", "question", "generic", "past"):
        return []
    given, said = known.scale, Stated(think, words, clause)
    named = list(named_levels(said.text, given))
    base = _STRENGTH.get(clause.mood, 0.0) * (0.45 if _differ(named) > 1 else 1.0)
    sentence = _sentence(think, clause)
    if _differ(named_levels(sentence, given)) > 2:
        base *= 0.1
    unreal = clause.mood == "supposed" or _UNREAL.search(said.text) or _UNREAL.search(sentence)
    events = [
        event for one in named for event in _verdict(said, given, one, 0.3 if unreal else base, unreal=bool(unreal))
    ]
    if not named and base and not _LISTS.search(said.text):
        events += _outermost(said, given, base)
        events += _by_signs(said, given, base)
    return events


def _differ(named: Iterable[Named]) -> int:
    return len({one.level.number for one in named})


def _sentence(think: str, clause: Clause) -> str:
    """The sentence around a clause: one that goes through a scale puts nothing on it."""
    first, last = max(clause.start - _NEAR, 0), clause.end + _NEAR
    start = max(think.rfind(mark, first, clause.start) for mark in _ENDS)
    ends = [at for mark in _ENDS if (at := think.find(mark, clause.end, last)) >= 0]
    return plain(think[max(start + 1, first) : min(ends, default=last)]).lstrip()


def _verdict(said: Stated, given: Scale, one: Named, strength: float, *, unreal: bool) -> Iterator[Event]:
    """What one level that a clause names says of every option."""
    before = said.text[: one.start]
    above, below = _ABOVE.search(before), _BELOW.search(before)
    compares = above or below
    meant = said.meant(compares.start() if compares else one.start, one.end)
    if (_DEFINES.match(said.text, one.end) or _DEFINED.search(before)) and not said.concludes:
        strength *= 0.1
    strength *= one.firmness * (1.0 if unreal else meant.firmness)
    if compares:
        shares = _compared(given, one.level, 1 if above else -1, affirmed=meant.affirmed and not unreal)
    elif meant.affirmed and not unreal:
        own = given.options(one.level)
        shares = {at: -0.4 for at, levels in enumerate(given.levels) if levels}
        shares |= dict.fromkeys(own, 1.0 if len(own) == 1 else 0.4)
    else:
        shares = dict.fromkeys(given.options(one.level), -0.8)
    for option, share in shares.items():
        yield said.event(option, strength * share, one.start, one.end)


def _compared(given: Scale, level: Level, side: int, *, affirmed: bool) -> dict[int, float]:
    """Shares of the options: "more than a two" leaves what is above it, "no more than a two" what is not."""
    shares: dict[int, float] = {}
    beyond = [at for at, levels in enumerate(given.levels) if levels and _is_beyond(levels, level, side)]
    left = [at for at, levels in enumerate(given.levels) if levels and (at in beyond) == affirmed]
    for at, levels in enumerate(given.levels):
        if levels:
            shares[at] = -0.6 if at not in left else 0.7 if len(left) == 1 else 0.3
    return shares


def _is_beyond(levels: Sequence[Level], level: Level, side: int) -> bool:
    return all((one.number > level.number) if side > 0 else (one.number < level.number) for one in levels)


def _outermost(said: Stated, given: Scale, strength: float) -> Iterator[Event]:
    """The end of a scale: "it could not score any higher", "the lowest grade"."""
    levels = {at: min(own) for at, own in enumerate(given.levels) if own}
    for pattern, pick in ((_HIGHEST, max), (_LOWEST, min)):
        match = pattern.search(said.text)
        if match:
            meant = said.meant(*match.span())
            end = pick(levels, key=lambda at: levels[at])
            for option in levels if meant.affirmed else (end,):
                share = -0.8 if not meant.affirmed else 0.9 if option == end else -0.35
                yield said.event(option, strength * meant.firmness * share, *match.span())


def _by_signs(said: Stated, given: Scale, strength: float) -> Iterator[Event]:
    """What common knowledge of a classification says of a clause."""
    for start, end, level in staged(given.question, said.text):
        meant = said.meant(start, end)
        amount = strength * meant.firmness * (0.8 if meant.affirmed else -0.4)
        own = given.options(level)
        for option in own:
            yield said.event(option, amount / len(own), start, end)
