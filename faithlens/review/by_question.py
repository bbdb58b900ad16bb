"""Question by question: how far raters agree with each other, with themselves, and with what is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from faithlens.records import LETTERS
from faithlens.review.agreement import (
    Ratings,
    Scale,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    light_kappa,
    percent_agreement,
)
from faithlens.review.estimate import Estimate
from faithlens.review.form import JOINT, Form, Question
from faithlens.review.rating import Rating
from faithlens.review.reviewset import Key, KeyEntry, Kind, ReviewSet

Unit = Literal["reply", "sentence"]


@dataclass(frozen=True)
class Agreement:
    """One question, in round 1, over the replies that were drawn from the run; the last four against another answer."""

    question: str
    unit: Unit
    """"sentence": each sentence of a reply is one yes or no."""
    scale: Scale
    ratings: int
    cannot_tell: int
    """Answers besides that the rater cannot tell; they count as missing."""
    shares: Mapping[str, float]
    """Of the ratings, by value."""
    percent: Estimate
    kappa: Estimate
    """Cohen's, averaged over pairs of raters (Light); linearly weighted where the scale is ordinal."""
    fleiss: Estimate
    alpha: Estimate
    """Krippendorff's, ordinal where the scale is."""
    ac1: Estimate
    """Gwet's."""
    again: Estimate
    """Share of repeats that a rater answered as before."""
    again_kappa: Estimate
    shown: Estimate
    """Share of answers that stayed when the audit's evidence was shown, in round 2."""
    overlaid: Estimate
    """Share of answers that are the same with a map drawn over the image."""


@dataclass(frozen=True)
class Caught:
    """How one rater did on the items whose answer is known."""

    rater: str
    right: int
    of: int


@dataclass(frozen=True)
class Answers:
    """The ratings of a set, by item, question and round."""

    set: ReviewSet
    key: Key
    ratings: tuple[Rating, ...]

    @cached_property
    def _by_place(self) -> Mapping[tuple[str, str, int], Mapping[str, str]]:
        found: dict[tuple[str, str, int], dict[str, str]] = defaultdict(dict)
        for rating in self.ratings:
            found[rating.item, rating.question, rating.round][rating.rater] = rating.value
        return found

    def of(self, item: str, question: str, round: int = 1) -> Mapping[str, str]:
        """Values by rater."""
        return self._by_place.get((item, question, round), {})

    @property
    def drawn(self) -> list[KeyEntry]:
        """The replies that stand for the run: no repeats, no catch items, nothing drawn over the image."""
        return [entry for entry in self.key.entries if entry.kind == "sample"]


def unit_of(entry: KeyEntry) -> str:
    """What is drawn as a whole when intervals are made: the patient, or the case itself."""
    return f"case {entry.case_id}" if entry.group is None else f"group {entry.group}"


def agreement(answers: Answers, form: Form) -> list[Agreement]:
    """One line a question but free text; for one about sentences also one over all sentences."""
    lines = []
    for question in form.questions:
        if question.scale != "text":
            lines.append(_line(_Coding(question, "reply", answers.set), answers))
        if question.of == "sentences":
            lines.append(_line(_Coding(question, "sentence", answers.set), answers))
    return lines


def caught(answers: Answers) -> list[Caught]:
    """One line a rater who answered catch items."""
    lines = []
    for rater in answers.set.raters:
        said = [
            answers.of(entry.item, question)[rater] == right
            for entry in answers.key.entries
            for question, right in entry.expected.items()
            if rater in answers.of(entry.item, question)
        ]
        if said:
            lines.append(Caught(rater, sum(said), len(said)))
    return lines


@dataclass(frozen=True)
class _Coding:
    """Answers to one question as category numbers, -1 where there is no judged answer."""

    question: Question
    unit: Unit
    set: ReviewSet

    @cached_property
    def categories(self) -> list[str]:
        if self.unit == "sentence":
            return ["right", "wrong"]
        if self.question.scale == "multi":
            return ["none", "some"]
        most = max((len(item.options) for item in self.set.items), default=0)
        own = list(LETTERS[:most]) if self.question.of == "options" else []
        return [*own, *(choice.value for choice in self.question.choices if choice.judged)]

    def codes(self, item: str, value: str | None) -> list[int]:
        """One number a unit of the item."""
        sentences = len(self.set.items_by_id[item].sentences)
        units = sentences if self.unit == "sentence" else 1
        if value is None or not self.question.judged(value):
            return [-1] * units
        if self.unit == "sentence":
            named = value.split(JOINT)
            return [int(str(n + 1) in named) for n in range(sentences)]
        if self.question.scale == "multi":
            return [int(value != "none")]
        return [self.categories.index(value)]

    def ratings(self, rows: Iterable[tuple[KeyEntry, Sequence[str | None]]], width: int) -> tuple[Ratings, list[str]]:
        """(units, columns) of items with one answer a column, and what each unit is drawn with."""
        found, groups = [np.zeros((0, width), dtype=np.int64)], []
        for entry, values in rows:
            columns = [self.codes(entry.item, value) for value in values]
            found.append(np.array(columns, dtype=np.int64).T)
            groups += [unit_of(entry)] * len(columns[0])
        return np.concatenate(found), groups


def _line(coding: _Coding, answers: Answers) -> Agreement:
    question, raters, entries = coding.question, answers.set.raters, answers.key.entries

    def said(item: str, rater: str, round: int = 1) -> str | None:
        return answers.of(item, question.id, round).get(rater)

    first, groups = coding.ratings(
        ((entry, [said(entry.item, rater) for rater in raters]) for entry in answers.drawn), len(raters)
    )

    def twice(kind: Kind) -> tuple[Ratings, list[str]]:
        """What each rater said of a reply, and of the item that shows it once more."""
        rows = (
            (entry, [said(entry.repeat_of, rater), said(entry.item, rater)])
            for entry in entries
            if entry.kind == kind and entry.repeat_of is not None
            for rater in raters
        )
        return coding.ratings(rows, 2)

    again, again_groups = twice("repeat")
    overlaid, overlaid_groups = twice("overlay")
    shown, shown_groups = coding.ratings(
        ((entry, [said(entry.item, rater), said(entry.item, rater, 2)]) for entry in answers.drawn for rater in raters),
        2,
    )
    k = len(coding.categories)
    counts = np.array([(first == code).sum() for code in range(k)])
    weighting = "linear" if question.ordered else "none"
    scale = "ordinal" if question.ordered else "nominal"
    unsure = [
        value for entry in answers.drawn for value in answers.of(entry.item, question.id).values()
        if not question.judged(value)
    ]  # fmt: skip
    return Agreement(
        question.id,
        coding.unit,
        scale,
        int(counts.sum()),
        len(unsure),
        {v: float(n / counts.sum()) for v, n in zip(coding.categories, counts, strict=True) if n},
        percent_agreement(first, k, groups),
        light_kappa(first, k, weighting, groups),
        fleiss_kappa(first, k, groups),
        krippendorff_alpha(first, k, scale, groups),
        gwet_ac1(first, k, groups),
        percent_agreement(again, k, again_groups),
        light_kappa(again, k, weighting, again_groups),
        percent_agreement(shown, k, shown_groups),
        percent_agreement(overlaid, k, overlaid_groups),
    )
