"""One answer of one rater to one question about one item, and what can be wrong with it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from faithlens.review.form import JOINT, Form
from faithlens.review.reviewset import ReviewSet


@dataclass(frozen=True)
class Rating:
    item: str
    """The opaque id that the rater saw."""
    rater: str
    question: str
    value: str
    """One of the question's values; several of a "multi" question are joined by ";" in its order; or free text."""
    seconds: float = math.nan
    """Time spent on the whole item, repeated with each of its questions; NaN where the tool does not tell."""
    round: int = 1
    """2: rated again with the audit's evidence shown."""
    at: str = ""
    """When, as ISO 8601; empty where the tool does not tell."""


def check(rating: Rating, set: ReviewSet, form: Form) -> tuple[str, ...]:
    """Every reason why this rating cannot be used by itself; empty where there is none."""
    reasons: list[str] = []
    item = set.items_by_id.get(rating.item)
    questions = {question.id: question for question in form.questions}
    question = questions.get(rating.question)
    if item is None:
        reasons.append(f"item {rating.item!r} is not in set {set.id}")
    if question is None:
        reasons.append(f"question {rating.question!r} is not on the form; it has {', '.join(questions)}")
    if rating.rater not in set.raters:
        reasons.append(f"rater {rating.rater!r} is not one of {', '.join(set.raters)}")
    if rating.round not in (1, 2):
        reasons.append(f"round {rating.round} is neither 1 nor 2")
    if item is None or question is None or question.scale == "text":
        return tuple(reasons)
    allowed = question.allowed(item.letters, len(item.sentences))
    values = rating.value.split(JOINT) if question.scale == "multi" else [rating.value]
    unknown = [value for value in values if value not in allowed]
    if unknown:
        reasons.append(f"{question.id} = {rating.value!r} is out of scale; expected of {', '.join(allowed)}")
    elif len({*values}) < len(values):
        reasons.append(f"{question.id} = {rating.value!r} names a value twice")
    elif len(values) > 1 and any(choice.alone for choice in question.choices if choice.value in values):
        reasons.append(f"{question.id} = {rating.value!r} joins values that exclude each other")
    return tuple(reasons)
