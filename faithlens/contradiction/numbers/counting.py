"""How many a think counts: as a sum that it says, else one by one ("one at …, another in …", "T12 and L1")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from faithlens.contradiction.clauses import Clause, Sentence
from faithlens.contradiction.events import Event, Step
from faithlens.contradiction.numbers.counts import Counts
from faithlens.contradiction.numbers.labels import affected, how_many, label_kind
from faithlens.contradiction.numbers.listing import counts_aloud, goes_on, takes_back
from faithlens.contradiction.numbers.passages import Stated
from faithlens.contradiction.numbers.sums import NUMBER, denies_any, sums
from faithlens.contradiction.target import Targets
from faithlens.contradiction.tokens import Token, plain

_LISTED = 0.45
"""How firmly things that are told of one by one stand for their number."""
_STRENGTH = {"conclusion": 0.9, "claim": 0.6, "loose": 0.45}
_CLOSED = re.compile(
    r"\b(?:nothing (?:more|else|further)|no (?:other|others|more|further|second|third|fourth|fifth)|that(?:'s|"
    r" is) all|"
    r"none (?:else|other|besides)|(?:the )?(?:rest|others|remainder) (?:is|are|look|seem)|and no more|only)\b",
    re.IGNORECASE,
)
_LIST = re.compile(rf"\b{NUMBER}(?:, {NUMBER})*,? (?:or|and|to) {NUMBER}\b", re.IGNORECASE)
"""Numbers that a think chooses from."""


@dataclass
class Tally:
    """What has been counted so far."""

    said: int | None = None
    """A sum."""
    amount: float = 0.0
    span: tuple[int, int] = (0, 0)
    concludes: bool = False
    listed: int = 0
    """How many were told one by one."""
    grouped: int = 0
    """How many were first told at once."""
    labels: dict[str, bool] = field(default_factory=dict[str, bool])
    before: int = 0
    """The same, without the last."""
    closed: bool = False
    """Nothing more is there."""
    none: bool = False
    """It was said that there is none."""

    def sum_up(self, number: int, amount: float, clause: Clause) -> None:
        self.said, self.amount, self.span = number, amount, (clause.start, clause.end)
        self.concludes = clause.mood == "conclusion"
        self.listed = int(number == 1)

    def result(self) -> tuple[int, float] | None:
        """How many there are, and how firmly."""
        named = how_many(self.labels)
        if self.said is not None and (self.said != 1 or max(self.listed, named) < 2):
            return self.said, self.amount
        number = named or max(self.listed, self.grouped)
        if (not number and not self.none) or (number == 1 and not named and not self.closed):
            return None  # one that is told of leaves open how many there are
        return number, 0.6 if self.closed else _LISTED


def counted(think: str, words: Sequence[Token], read: Sequence[Sentence], known: Targets) -> list[Step]:
    """What a think counts, as its last step; none where the question does not ask for it or nothing is counted."""
    given = known.counted
    if given is None:
        return []
    tally = Tally()
    kind = label_kind(given.noun, given.question)
    for sentence in read:
        told = [
            clause
            for clause in sentence.clauses
            if clause.mood in _STRENGTH or (clause.mood == "generic" and (kind or tally.listed or tally.grouped))
        ]
        if not told:
            continue
        text = plain(think[told[0].start : told[-1].end])
        if takes_back(text):
            tally.listed = tally.before
        if kind and (found := affected(kind, text, tally.labels)):
            tally.labels |= found
            tally.span = told[0].start, told[-1].end
        for clause in told:
            rest = plain(think[clause.start : told[-1].end])
            _follow(think, words, clause, given, tally, "" if kind else rest)
    return _step(tally, given)


def _step(tally: Tally, given: Counts) -> list[Step]:
    number, amount = tally.result() or (-1, 0.0)
    own = given.options(number)
    events = [
        Event(at, amount if at in own else -0.5 * amount, *tally.span, tally.concludes)
        for at, counted in enumerate(given.ranges)
        if counted and own
    ]
    step = Step(tuple(events), corrects=False, span=tally.span, tells=True, concludes=tally.concludes)
    return [step] if events else []


def _follow(think: str, words: Sequence[Token], clause: Clause, given: Counts, tally: Tally, rest: str) -> None:
    """Take note of what one clause counts; `rest` is its sentence from there on, empty where each thing has a label."""
    text, span = plain(think[clause.start : clause.end + 1]), (clause.start, clause.end)
    tally.closed = tally.closed or _CLOSED.search(text) is not None
    if denies_any(text, given.noun):
        tally.none, tally.span = True, tally.span if tally.span[1] else span
    said = sums(text, given.noun)
    listed = _LIST.search(text)
    if listed and rest and (not said or len(re.findall(rf"\b{NUMBER}\b", listed[0], re.IGNORECASE)) > 2):
        return
    if rest and clause.mood != "conclusion" and counts_aloud(text, tally.listed):
        tally.listed, tally.span = tally.listed + 1, span
        return
    for number, start, end in said:
        meant = Stated(think, words, clause).meant(start, end)
        if meant.affirmed and meant.firmness > 0.5:
            tally.sum_up(number, _STRENGTH.get(clause.mood, _LISTED) * meant.firmness, clause)
            return
    if rest:
        before = tally.listed
        tally.listed, tally.grouped = goes_on(text, rest, given.noun, tally.listed, tally.grouped)
        if tally.listed > before:
            tally.before, tally.span = before, span
