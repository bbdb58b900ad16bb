"""Options that a clause names by letter, by yes or no, or all at once, instead of by their words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from faithlens.contradiction.clauses import Clause
from faithlens.contradiction.context import meaning
from faithlens.contradiction.events import Event
from faithlens.contradiction.letters import letters
from faithlens.contradiction.target import Targets
from faithlens.contradiction.tokens import Token
from faithlens.replies.wording import vocabulary

_ANSWERING = re.compile(
    r"\b(?:answer|option|choice|therefore|thus|hence|conclude|pick|choose|say|so|reply|statement|respond)\b",
    re.IGNORECASE,
)
_NONE_FITS = re.compile(
    r"\b(?:(?:none|neither|not one|nothing) (?:of|in|on|among) (?:the|these|them|those|my|this) ?(?:\w+ )?"
    r"(?:options|choices|answers|alternatives|list|menu)\b|"
    r"(?:not|\w+n't|nowhere|never) (?:even )?(?:among|one of|in|on|part of|amongst) (?:the|these|those|my) ?(?:\w+ )?"
    r"(?:options|choices|answers|alternatives|list|menu)\b|"
    r"(?:isn't|is not|not being|wasn't|was not|aren't) (?:listed|offered|on offer|available|an option|a choice|"
    r"provided)\b|"
    r"(?:the )?(?:list|options|choices|answers|menu) (?:do|does)(?: not|n't) (?:offer|have|include|list|mention|"
    r"contain)|"
    r"no (?:\w+ )?(?:option|choice|answer|alternative) (?:\w+ )?(?:fits|matches|applies|describes|covers|says))",
    re.IGNORECASE,
)


_GREETING = vocabulary("hi hello hey so well i've i'm right ok okay sure thanks")


def answers(clause: Clause) -> bool:
    """Whether a clause names an option as the answer, instead of saying what is there."""
    return _ANSWERING.search(clause.text) is not None


def lettered(think: str, words: list[Token], clause: Clause, known: Targets, named: Sequence[Event]) -> list[Event]:
    part = words[clause.first : clause.last]
    gap = words[clause.last].gap if clause.last < len(words) else think[clause.end : clause.end + 3]
    events: list[Event] = []
    for letter in letters(part, gap, len(known.options)):
        at = clause.first + letter.at
        meant = meaning(words, (clause.first, clause.last), (at, at + 1), think)
        if meant.affirmed and (clause.mood not in ("conclusion", "claim")):
            continue
        told = _ANSWERING.search(clause.text) or (letter.at == 0 and ":" in words[at].gap)
        if meant.affirmed and clause.mood == "claim" and not told:
            continue
        # "B) glioma" where B is another option: the words count
        if meant.affirmed and any(
            e.amount > 0 and e.start - words[at].end <= 12 and e.start > words[at].end for e in named
        ):
            others = [e for e in named if e.amount > 0 and e.option != letter.option]
            own = [e for e in named if e.amount > 0 and e.option == letter.option]
            if others and not own:
                continue
        amount = 0.9 * meant.firmness if meant.affirmed else -0.7
        events.append(Event(letter.option, amount, words[at].start, words[at].end, meant.affirmed, lettered=True))
    return events


def yes_no(words: list[Token], clause: Clause, known: Targets) -> list[Event]:
    if not known.proposition:
        return []
    part = words[clause.first : clause.last]
    if {"yes", "no"} <= {word.lower for word in part}:
        return []
    events: list[Event] = []
    for at, word in enumerate(part):
        said = "yes" if word.lower in ("yes", "yeah") else "no" if word.lower in ("no", "nope") else ""
        after = part[at + 1].gap if at + 1 < len(part) else "."
        greets = at + 1 < len(part) and part[at + 1].lower in _GREETING
        if at == 0 and ("?" in word.gap or greets):
            continue  # the answer to a question of its own, which is read with that question
        if not said or (said == "no" and not after.strip(" \"'*)")):
            continue
        options = [k for k, target in enumerate(known.options) if target.said == (said,)]
        firm = _ANSWERING.search(clause.text) is not None or (at == 0 and ":" in word.gap)
        if len(options) == 1 and (firm or at == 0):
            amount = 0.9 if firm else 0.6
            events.append(Event(options[0], amount, word.start, word.end, firm, lettered=not firm))
    return events


def none_fits(clause: Clause, known: Targets) -> list[Event]:
    """Denials of every option, as in "none of the options fits"."""
    none = _NONE_FITS.search(clause.text) if clause.mood not in ("task", "question", "supposed") else None
    if none is None:
        return []
    span = clause.start + none.start(), clause.start + none.end()
    signs = [1 if target.sums_up == "none" else -1 for target in known.options]
    return [Event(option, 0.6 * sign, *span, concludes=True) for option, sign in enumerate(signs)]
