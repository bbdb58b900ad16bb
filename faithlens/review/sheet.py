"""A review set as a table: one row an item in the rater's order, one column a question, to be filled in."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from faithlens.records import BadRow
from faithlens.review.cells import neutralised, restored
from faithlens.review.form import JOINT, Question, form
from faithlens.review.rating import Rating
from faithlens.review.reviewset import Item, ReviewSet

SHOWN = ("set", "round", "rater", "place", "item", "image", "question", "options", "sentences", "answer", "audit")
"""Columns that raters read; the questions follow, then seconds and at."""


def columns() -> list[str]:
    return [*SHOWN, *(question.id for question in form().questions), "seconds", "at"]


def options(item: Item) -> list[str]:
    """As in "A) left"."""
    return [f"{letter}) {option}" for letter, option in zip(item.letters, item.options, strict=True)]


def sentences(item: Item) -> list[str]:
    """As in "1. A lesion is on the left."."""
    return [f"{number}. {sentence}" for number, sentence in enumerate(item.sentences, 1)]


def answer(item: Item) -> str:
    """What was answered, with its letter unless the text is that letter."""
    if item.answer is None or item.answer_text.strip() == item.answer:
        return item.answer_text
    return f"{item.answer} ({item.answer_text})"


def widest(set: ReviewSet) -> tuple[str, int]:
    """All letters and the highest sentence number that any item has, for tools with the same fields for all items."""
    letters = max((item.letters for item in set.items), key=len, default="")
    return letters, max((len(item.sentences) for item in set.items), default=0)


def given(ratings: Sequence[Rating], set: ReviewSet) -> Mapping[tuple[str, str], Mapping[str, Rating]]:
    """Ratings of this round by rater and item, then by question."""
    found: dict[tuple[str, str], dict[str, Rating]] = {}
    for rating in ratings:
        if rating.round == set.round:
            found.setdefault((rating.rater, rating.item), {})[rating.question] = rating
    return found


def rows(set: ReviewSet, rater: str, images: str, ratings: Sequence[Rating] = ()) -> list[dict[str, str]]:
    """A rater's rows. `images` leads from the table's folder to the set's."""
    filled = given(ratings, set)
    return [
        {name: neutralised(text) for name, text in _row(set, rater, place, item, images, filled).items()}
        for place, item in enumerate(set.ordered(rater), 1)
    ]


def _row(
    set: ReviewSet,
    rater: str,
    place: int,
    item: Item,
    images: str,
    filled: Mapping[tuple[str, str], Mapping[str, Rating]],
) -> dict[str, str]:
    pictures = [*item.images, *([item.overlay] if item.overlay else [])]
    here = filled.get((rater, item.id), {})
    first = next(iter(here.values()), None)
    shown = {
        "set": set.id,
        "round": str(set.round),
        "rater": rater,
        "place": str(place),
        "item": item.id,
        "image": " ".join(f"{images}{name}" for name in pictures),
        "question": item.question,
        "options": "\n".join(options(item)),
        "sentences": "\n".join(sentences(item)),
        "answer": answer(item),
        "audit": "\n".join(item.told),
    }
    answers = {q.id: here[q.id].value if q.id in here else "" for q in form().questions}
    seconds = "" if first is None or math.isnan(first.seconds) else f"{first.seconds:g}"
    return {**shown, **answers, "seconds": seconds, "at": first.at if first else ""}


def ratings_of(row: Mapping[str, object], file: str, number: int) -> tuple[list[Rating], list[BadRow]]:
    """What a filled-in row says; an empty cell says nothing."""
    texts = {name: restored("" if value is None else str(value)) for name, value in row.items()}
    where = f"row {number}"
    item, rater = texts.get("item", "").strip(), texts.get("rater", "").strip()
    answers = {q.id: tidy(q, texts.get(q.id, "")) for q in form().questions}
    if not any(answers.values()):
        return [], []
    if not item or not rater:
        return [], [BadRow(file, where, f"has answers but no {'rater' if item else 'item'}")]
    problems: list[BadRow] = []
    seconds, round = _number(texts.get("seconds", "")), _number(texts.get("round", "") or "1")
    if seconds is None:
        problems.append(BadRow(file, where, f"seconds = {texts['seconds']!r} is no number; taken as not told"))
    if round is None or round != int(round):
        return [], [BadRow(file, where, f"round = {texts['round']!r} is not 1 or 2")]
    time = math.nan if seconds is None else seconds
    at = texts.get("at", "").strip()
    return [
        Rating(item, rater, question, value, time, int(round), at) for question, value in answers.items() if value
    ], problems


def _number(text: str) -> float | None:
    if not text.strip():
        return math.nan
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def tidy(question: Question, text: str) -> str:
    """An answer as people write it, in the form's own values where it can be understood, else as it stands.

    Labels, other capitals, "B)", "2.", "1, 2" and the "1.0" of spreadsheets are understood.
    """
    if question.scale == "text":
        return text.strip()
    known = {name.casefold(): choice.value for choice in question.choices for name in (choice.value, choice.label)}
    whole = known.get(text.strip().casefold())
    if whole is not None:
        return whole
    parts = [part for part in re.split(r"[;,\s]+" if question.scale == "multi" else r"(?!)", text.strip()) if part]
    return JOINT.join(_value(part, known) for part in parts)


def _value(part: str, known: Mapping[str, str]) -> str:
    part = part.strip()
    if part.casefold() in known:
        return known[part.casefold()]
    bare = re.fullmatch(r"(?i)([a-j])[).:]?", part)
    if bare:
        return bare[1].upper()
    number = re.fullmatch(r"(\d+)(?:\.0*)?[).]?", part)
    return number[1] if number else part
