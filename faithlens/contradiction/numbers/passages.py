"""A clause with its think, to be asked about passages that are given in its own characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from faithlens.contradiction.clauses import Clause
from faithlens.contradiction.context import Meaning, meaning
from faithlens.contradiction.events import Event
from faithlens.contradiction.tokens import Token, plain


@dataclass(frozen=True)
class Stated:
    """One clause and the think that it stands in."""

    think: str
    words: Sequence[Token]
    clause: Clause

    @property
    def text(self) -> str:
        """The clause, made plain, with the character after it, which may be a percent sign."""
        return plain(self.think[self.clause.start : self.clause.end + 1])

    @property
    def concludes(self) -> bool:
        return self.clause.mood == "conclusion"

    def passage(self, start: int, end: int) -> tuple[int, int]:
        """Words from and to that a passage lies in; at least one."""
        offset, inside = self.clause.start, range(self.clause.first, self.clause.last)
        first = next((at for at in inside if self.words[at].end > offset + start), inside[-1])
        last = next((at for at in inside if at >= first and self.words[at].end >= offset + end), inside[-1])
        return first, last + 1

    def meant(self, start: int, end: int, *, alone: bool = False) -> Meaning:
        """How the clause means a passage; `alone`, whatever follows it."""
        hit = self.passage(start, end)
        found = meaning(self.words, (self.clause.first, hit[1] if alone else self.clause.last), hit, self.think)
        return Meaning(found.affirmed != self.clause.denied, found.firmness)

    def event(self, option: int, amount: float, start: int, end: int) -> Event:
        return Event(option, amount, self.clause.start + start, self.clause.start + end, self.concludes)
