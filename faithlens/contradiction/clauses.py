"""A think as clauses: where each begins, and whether it concludes, claims, hedges, defines, asks or supposes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from faithlens.contradiction import cues
from faithlens.contradiction.tokens import Token
from faithlens.replies.wording import vocabulary

Mood = Literal[
    "claim", "conclusion", "loose", "remark", "generic", "question", "supposed", "past", "task", "impression"
]

_LONGEST = 80
"""Words of one sentence or clause: each mention looks at its whole clause, so endless ones would take their square."""
_STOP = re.compile(r"[.!?\n。]|;|->|→|=>|•|\s-\s")
_COMMA = re.compile(r"[,:()\[\]]")
_HARD = vocabulary(
    "but however although though whereas while yet therefore thus hence because unless which whose instead"
    " nevertheless nonetheless despite except otherwise"
)
_SUBJECT = vocabulary(
    "a an it its it's the there this that that's these those i i'd i'll i'm we he she they you his her my one both"
    " no so what here neither with"
)
_AND_SUBJECT = vocabulary("there there's it it's i we the this no they that he she its")

_CONNECTIVES = vocabulary(
    "however but and so yet still then also now well overall thus therefore hence although though first second finally"
    " moreover furthermore additionally"
)
_DEFINITE = vocabulary("no both neither the this that these those it he she i we there here my his her its")


@dataclass(frozen=True)
class Clause:
    """Words `first` up to and without `last`, their text, and what the clause does."""

    first: int
    last: int
    start: int
    end: int
    text: str
    mood: Mood
    corrects: bool = False
    """It takes back what was said before it."""
    denied: bool = False
    """It is a question, and the next sentence answers it with no."""


@dataclass(frozen=True)
class Sentence:
    first: int
    last: int
    clauses: tuple[Clause, ...]


def sentences(text: str, words: Sequence[Token]) -> list[Sentence]:
    """Sentences in order, each with its clauses."""
    found: list[Sentence] = []
    generic = False
    cuts = _cut(words, _ends_sentence)
    for number, (first, last) in enumerate(cuts):
        sentence = text[words[first].start : words[last - 1].end]
        mark = words[last].gap if last < len(words) else text[words[last - 1].end : words[last - 1].end + 3]
        mood = _mood(sentence, generic, "?" in mark)
        denied = False
        if mood == "question" and number + 1 < len(cuts) and not _asks_for_one(sentence):
            reply = text[words[cuts[number + 1][0]].start : words[cuts[number + 1][1] - 1].end]
            denied = cues.NO.search(reply) is not None
            if denied or cues.YES.search(reply):
                mood = "claim"
                first += words[first].lower.endswith("n't") and last - first > 1
        generic = mood in ("generic", "remark") or cues.ANNOUNCES.search(sentence) is not None
        parts = [first + a for a, _ in _cut(words[first:last], _ends_clause)] + [last]
        clauses: list[Clause] = []
        for a, b in pairwise(parts):
            clause = _clause(text, words, a, b, mood, alone=len(parts) == 2)
            goes_on = words[a].lower == "which" or not _states(clause)
            if clauses and clauses[-1].mood == "supposed" and clause.mood == "claim" and goes_on:
                clause = replace(clause, mood="supposed")
            clauses.append(replace(clause, denied=denied))
        found.append(Sentence(first, last, tuple(clauses)))
    return found


def _cut(words: Sequence[Token], ends: Callable[[Sequence[Token], int], bool]) -> list[tuple[int, int]]:
    starts = [0] if words else []
    for at in range(1, len(words)):
        if ends(words, at) or at - starts[-1] >= _LONGEST:
            starts.append(at)
    return list(zip(starts, [*starts[1:], len(words)], strict=True)) if words else []


def _ends_sentence(words: Sequence[Token], at: int) -> bool:
    gap = words[at].gap
    if not _STOP.search(gap):
        return False
    # "Dr. Smith", "approx. 3 cm" are rare; "A. Glioma" is not, and its letter belongs to what follows
    before = words[at - 1]
    lettered = len(before.raw) == 1 and before.raw.isupper() and gap.strip() == "."
    return not (lettered and (at < 2 or bool(_STOP.search(before.gap))))


def _ends_clause(words: Sequence[Token], at: int) -> bool:
    word, gap = words[at].lower, words[at].gap
    following = words[at + 1].lower if at + 1 < len(words) else ""
    if word == "but" and words[at - 1].lower in ("anything", "nothing", "all", "none", "everything"):
        return False
    if word == "which" and words[at - 1].lower in ("of", "in", "for", "with", "to", "by"):
        return False  # "none of which is the case"
    if word in _HARD or (word == "so" and following not in ("far", "much", "many", "called")):
        return True
    if _COMMA.search(gap):
        if word in ("a", "an") and any(word.lower == "or" for word in words[at : at + 6]):
            return False  # "a stroke, a tumor or an infection" is one list
        return _opens(word, _SUBJECT) or (word == "and" and _opens(following, _SUBJECT)) or ":" in gap
    return word == "and" and _opens(following, _AND_SUBJECT)


def _opens(word: str, subjects: frozenset[str]) -> bool:
    """Whether a word is one of these, or one of them with a verb drawn to it: "there's"."""
    return word in subjects or word.partition("'")[0] in subjects


def _mood(sentence: str, after_generic: bool, asks: bool) -> Mood:
    if cues.QUESTION_WORDS.search(sentence):
        return "task"
    if asks and not cues.RHETORICAL.search(sentence):
        return "question"
    if cues.CORRECTION.search(sentence) or cues.VERDICT.search(sentence):
        return "claim"
    general = (cues.TYPICALLY.search, cues.ANNOUNCES.search, cues.GENUS.match)
    if any(cue(sentence) for cue in general) and not cues.POINTING.search(sentence):
        return "generic"
    if cues.BOOKISH.search(sentence) or (cues.OPENS_DEFINITION.match(sentence) and not cues.POINTING.search(sentence)):
        return "generic"
    if not cues.DEIXIS.search(sentence) and cues.DEFINES.match(sentence):
        return "generic"
    leading = (word.strip("*_,'\"").lower() for word in sentence.split())
    opening = next((word for word in leading if word not in _CONNECTIVES), "")
    if not cues.DEIXIS.search(sentence):
        pronoun = cues.PRONOUN.search(sentence) is not None and not after_generic
        definite = pronoun or (opening in _DEFINITE and not (after_generic and opening in ("it", "the", "these")))
        if not definite and cues.GENERIC.search(sentence):
            return "generic"
        # a definition is rarely alone: "X is …. Y is …."
        firm = _firmly(sentence) or cues.CONCLUSION.search(sentence) is not None
        if after_generic and opening not in _DEFINITE and not _firmly(sentence):
            return "generic"
        if after_generic and opening in ("it", "they", "its", "symptoms") and not cues.CONCLUSION.search(sentence[:30]):
            return "generic"
        if after_generic and not firm and not pronoun:
            return "remark"
        if not definite and cues.FINITE.search(sentence):
            return "loose"
    return "claim"


def _clause(text: str, words: Sequence[Token], first: int, last: int, mood: Mood, *, alone: bool) -> Clause:
    start, end = words[first].start, words[last - 1].end
    lead = words[first].gap
    said = text[start:end]
    corrects = mood not in ("question", "task") and cues.CORRECTION.search(said) is not None
    clause = Clause(first, last, start, end, said, mood, corrects)
    if mood in ("task", "question"):
        # "the question is …, so the answer is B" concludes after all
        return replace(clause, mood="conclusion") if not alone and _firmly(said) else clause
    if mood == "generic" and not _firmly(said):
        return clause
    if cues.PAST.search(said):
        return replace(clause, mood="past")
    if cues.IMPRESSION.search(said):
        return replace(clause, mood="impression")
    if cues.SUPPOSED.search(said) and not _firmly(said) and not cues.SURPRISE.search(said):
        return replace(clause, mood="supposed")
    if mood == "loose" and not cues.CONCLUSION.search(cues.DIRECTED.sub(" ", said)) and not _firmly(said):
        return clause
    if (cues.CONCLUSION.search(said) and (mood != "generic" or _firmly(said))) or "->" in lead or "→" in lead:
        return replace(clause, mood="conclusion")
    return clause


def _asks_for_one(sentence: str) -> bool:
    """Whether a question offers several things, or asks for one, so that yes or no are no answers to it."""
    return re.search(r"\bor\b|^\W*(?:so |and |but |then )?(?:wh|how)", sentence, re.IGNORECASE) is not None


def _states(clause: Clause) -> bool:
    """Whether a clause has a verb or a denial of its own, and does not just go on with the one before."""
    return cues.FINITE.search(clause.text) is not None or cues.STATES.search(clause.text) is not None


def _firmly(said: str) -> bool:
    return cues.FIRM.search(said) is not None
