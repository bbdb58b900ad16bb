"""Verdicts on what was just named: "A: … so not this", "which they are not", "nothing of that kind is seen"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from faithlens.contradiction.clauses import Clause
from faithlens.contradiction.events import Event
from faithlens.contradiction.lexicon import Hit
from faithlens.contradiction.target import Targets
from faithlens.contradiction.tokens import Token
from faithlens.records import LETTERS

_NOT = re.compile(
    r"\b(?:not|no|none|neither|never|nothing|nowhere|lacks?|lacking|absent|missing|cannot|without|fails?)\b|n't\b",
    re.IGNORECASE,
)
_DISMISSES = re.compile(
    r"^\W*(?:no|nope),? (?:not (?:here|this|really|so)|it|that)\b|"
    r"(?:^|, )\W*(?:and |but |so |hence |therefore |thus |then |yet )*(?:not (?:this|that|it|them|these)\b|"
    r"(?:this|that|it|they|which|these|those)(?:(?: is| are| does| do| was| were| can)(?: \w+ly)?(?: not|n't)\b|"
    r"(?:'s|'re) not\b| cannot\b)|(?:cross|rule|strike|scratch|leave|throw) (?:this|that|it|them)(?: one)? (?:out|"
    r"off)\b|"
    r"(?:i )?(?:strike|drop|discard|dismiss|reject|abandon) (?:this|that|it|them)(?: one| too| as well)?\W*$|"
    r"(?:this|that|it)(?: one)?(?: is|'s| can be| gets) (?:ruled out|excluded|out|off|wrong|eliminated)\b|"
    r"(?:nothing|none|no sign|no evidence|no trace|not a trace) of (?:that|this|the|it|those|these)\b|"
    r"(?:i|we) (?:do not|don't|can't|cannot|can not|could not|couldn't) (?:\w+ )?(?:see|find|make out|detect|spot|"
    r"identify) (?:this|that|it|them|these|those|any|one|either)\b|(?:there )?(?:is|are) none\b|(?:out|no|nope)\W*$)",
    re.IGNORECASE,
)
_EMBRACES = re.compile(
    r"^\W*(?:and |but |so |hence |therefore |thus |yet )*(?:(?:this|that|it|which)(?:'s| is) (?:exactly |just |"
    r"precisely |"
    r"indeed )?(?:(?:what|how) (?:i|we|you|it|this|the image)\b|the case|it\b|my answer|the one|true|right|correct|"
    r"present|seen here|the picture)|"
    r"(?:this|that|it|which) (?:fits|matches|applies|holds|works|is here)\b|(?:exactly|just) what (?:i|we) (?:see|"
    r"find))",
    re.IGNORECASE,
)


@dataclass
class Mentioned:
    """The options that a pronoun can stand for, and whether they were only supposed."""

    options: frozenset[int] = frozenset()
    supposed: bool = False

    def follow(self, words: Sequence[Token], clause: Clause, hits: Sequence[Hit], known: Targets) -> None:
        """Take note of what a clause names, if it names anything."""
        letter = _heading(words, clause, len(known.options))
        options = named(hits, known) if letter is None else frozenset((letter,))
        if options:
            supposed = clause.mood == "supposed"
            self.options = self.options | options if supposed and self.supposed else options
            self.supposed = supposed


def _heading(words: Sequence[Token], clause: Clause, count: int) -> int | None:
    """The option whose letter is all that a clause says, with a mark after it: "A:", "(B)"."""
    if clause.last - clause.first != 1:
        return None
    letter = words[clause.first].raw
    return LETTERS.index(letter) if len(letter) == 1 and letter in LETTERS[:count] and letter != "I" else None


def named(hits: Sequence[Hit], known: Targets) -> frozenset[int]:
    """The options that a clause names with words of their own, if it names fewer than all."""
    concepts = {hit.concept for hit in hits if hit.sense == "name"}
    shared = {k: target.concepts & concepts for k, target in enumerate(known.options) if not target.absent}
    found = {k for k, own in shared.items() if own and not any(own < other for other in shared.values())}
    return frozenset(found) if len(found) < len(known.options) else frozenset()


def referring(clause: Clause, before: Mentioned, known: Targets) -> list[Event]:
    """What a clause that names no option says of the one that was named before it."""
    several = len(before.options) > 1 and not before.supposed
    if several or clause.mood in ("task", "question", "past"):
        return []
    dismisses = _DISMISSES.search(clause.text) or (before.supposed and _NOT.search(clause.text))
    if not dismisses and not _EMBRACES.search(clause.text):
        return []
    amount = -0.6 if dismisses else 0.6
    span, concludes = (clause.start, clause.end), clause.mood == "conclusion"
    events = [Event(option, amount, *span, concludes) for option in sorted(before.options)]
    named = [known.options[option].concepts for option in before.options]
    denials = [k for k, target in enumerate(known.options) if target.absent and target.concepts in named]
    return events + [Event(option, -amount, *span, concludes) for option in denials]
