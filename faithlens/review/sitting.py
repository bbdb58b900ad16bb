"""One rater at one set: what is answered, what is asked next, and where to go on. Every answer is kept at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from faithlens.errors import ReviewError
from faithlens.review.form import JOINT, Form, Question
from faithlens.review.rating import Rating
from faithlens.review.ratings_db import Adjudicated, Reviews
from faithlens.review.reviewset import Item, ReviewSet

OPENING = "own_answer"
"""Answered before the model's sentences are shown, so that they move the rater's own reading as little as possible."""


@dataclass(frozen=True)
class Sitting:
    """A view of the file of answers; nothing is held here, so a reload, a crash or a second window changes nothing."""

    set: ReviewSet
    rater: str
    reviews: Reviews
    form: Form

    @property
    def items(self) -> tuple[Item, ...]:
        """In this rater's own order. Raises ReviewError for an unknown rater."""
        return self.set.ordered(self.rater)

    def committed(self) -> frozenset[str]:
        return self.reviews.committed(self.set.id, self.rater, self.set.round)

    def first_open(self) -> int:
        """Place of the first item that is not committed; of the last one where all are."""
        done = self.committed()
        return next((place for place, item in enumerate(self.items) if item.id not in done), len(self.items) - 1)

    def answers(self, item: Item) -> dict[str, str]:
        """Values by question."""
        found = self.reviews.ratings(self.set.id, self.rater)
        return {r.question: r.value for r in found if r.item == item.id and r.round == self.set.round}

    def answer(self, item: Item, question: Question, value: str, seconds: float) -> None:
        """Keep an answer, and withdraw those to questions that it makes needless. ReviewError for a committed item."""
        if item.id in self.committed():
            raise ReviewError(f"item {item.id} is committed; what was answered there stays")
        given = {**self.answers(item), question.id: value}
        needless = {q.id for q in self.form.questions} - {q.id for q in self.form.asked(given)}
        self._keep(item, question.id, value, seconds)
        for other in sorted(needless & {*given}):
            self._keep(item, other, "", seconds)

    def _keep(self, item: Item, question: str, value: str, seconds: float) -> None:
        self.reviews.rate(self.set.id, Rating(item.id, self.rater, question, value, seconds, self.set.round))

    def open_questions(self, answers: Mapping[str, str]) -> list[Question]:
        """Those that apply and have no answer yet, without free text."""
        return [q for q in self.form.asked(answers) if q.scale != "text" and not answers.get(q.id)]

    def commit(self, item: Item, seconds: float) -> None:
        """Be done with an item. Raises ReviewError where a question is open."""
        left = self.open_questions(self.answers(item))
        if left:
            raise ReviewError(f"item {item.id} has open questions: {', '.join(q.id for q in left)}")
        if item.id not in self.committed():
            self.reviews.commit(self.set.id, item.id, self.rater, seconds, self.set.round)


def toggled(question: Question, chosen: str, value: str, allowed: tuple[str, ...]) -> str:
    """The answer after `value` was picked: that one for "choice", added or taken off for "multi"; "" for none."""
    if question.scale == "choice":
        return value
    alone = {choice.value for choice in question.choices if choice.alone}
    before = {part for part in chosen.split(JOINT) if part}
    after = before ^ {value} if value not in alone else {value} - before
    kept = after if value in alone else after - alone
    return JOINT.join(part for part in allowed if part in kept)


def shortcuts(question: Question, allowed: tuple[str, ...]) -> dict[str, str]:
    """A key for each value: 1 to 9 in order, 0 for what excludes the others, X where the rater cannot tell."""
    keys = iter("123456789")
    alone = {choice.value for choice in question.choices if choice.alone}
    found: dict[str, str] = {}
    for value in allowed:
        key = "X" if not question.judged(value) else "0" if value in alone else next(keys, "")
        if key:
            found[value] = key
    return found


@dataclass(frozen=True)
class Dispute:
    """Judged answers of several raters to one question that are not all the same."""

    item: Item
    question: Question
    values: tuple[str, ...]
    """One a rater, without names, in the order of the item's id: the same for everyone, another for each item."""
    settled: Adjudicated | None


def disputes(set: ReviewSet, reviews: Reviews, form: Form) -> list[Dispute]:
    """What is left to adjudicate, and what was: over items that every rater is done with, in the set's order."""
    done = frozenset.intersection(*(reviews.committed(set.id, rater, set.round) for rater in set.raters))
    settled = {(one.item, one.question): one for one in reviews.adjudications(set.id)}
    said: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for rating in reviews.ratings(set.id):
        if rating.round == set.round and rating.item in done:
            said.setdefault((rating.item, rating.question), []).append((rating.rater, rating.value))
    found = []
    for item in set.items:
        for question in form.questions:
            given = said.get((item.id, question.id), [])
            if question.scale != "text" and len({value for _, value in given if question.judged(value)}) > 1:
                turned = sorted(given, reverse=sum(item.id.encode()) % 2 == 1)
                values = tuple(value for _, value in turned)
                found.append(Dispute(item, question, values, settled.get((item.id, question.id))))
    return found
