"""From ratings to numbers: do raters agree, and do the verdicts agree with them."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from faithlens.errors import ReviewError
from faithlens.records import Axis, Case, ClusterCard, Member, Trace, Verdict
from faithlens.review.accuracy import Accuracy, Rated, Raters, Told, accuracy
from faithlens.review.axes import SILENT, SPEAKS, failing
from faithlens.review.by_question import Agreement, Answers, Caught, agreement, caught, unit_of
from faithlens.review.estimate import share
from faithlens.review.form import Form
from faithlens.review.recalibration import Recalibrated, recalibrated
from faithlens.review.returned import Returned
from faithlens.review.reviewset import Key, ReviewSet
from faithlens.store import Run


@dataclass(frozen=True)
class Confusion:
    """Verdicts against the majority of raters, on one axis, in one cluster."""

    axis: Axis
    cluster: str
    both: int
    """Flagged, and failing by most ratings."""
    audit_alone: int
    clinicians_alone: int
    neither: int
    split: int
    """Replies on which as many ratings say one as the other."""
    cannot_tell: int
    """Replies without a verdict."""


@dataclass(frozen=True)
class Agreed:
    """What a review set says when its ratings are back."""

    set: str
    replies: int
    """Of the run that raters could judge."""
    items: Mapping[str, int]
    """By kind: sample, repeat, overlay, catch."""
    progress: Mapping[str, int]
    """Items with an answer in round 1, by rater."""
    left_out: int
    """Rows that do not count."""
    agreement: tuple[Agreement, ...]
    caught: tuple[Caught, ...]
    accuracy: tuple[Accuracy, ...]
    recalibration: tuple[Recalibrated, ...]
    confusion: tuple[Confusion, ...]
    silent: Mapping[Axis, str]
    """Why no rater speaks to an axis."""
    notes: tuple[str, ...]


def agree(run: Run, returned: Returned, set: ReviewSet, key: Key, form: Form) -> Agreed:
    """Everything that the ratings say. Raises ReviewError where the key is not of this run.

    Agreement is counted over the drawn replies alone: repeats measure a rater against himself, catch items what raters
    miss. Rates for the whole run weigh each reply by how many of its stratum there are for each that was rated.
    """
    population = _population(run)
    _same(key, population, run)
    answers = Answers(set, key, returned.ratings)
    settled = {(one.item, one.question): one.value for one in returned.adjudicated}
    found, moved, confused = [], [], []
    for axis, question in SPEAKS.items():
        told = [Told(*reply.told(axis), reply.group) for reply in population.values()]
        blind = _rated(axis, answers, population, form, {})
        final = _rated(axis, answers, population, form, settled)
        by_hand = any(asked == question for _, asked in settled)
        found.append(accuracy(axis, blind, told, _raters(axis, answers, form), final if by_hand else None))
        moved.append(recalibrated(axis, final))
        confused += _confusion(axis, final, run)
    return Agreed(
        set.id,
        len(population),
        dict(Counter(entry.kind for entry in key.entries)),
        {rater: len({r.item for r in returned.ratings if r.rater == rater and r.round == 1}) for rater in set.raters},
        len(returned.bad),
        tuple(agreement(answers, form)),
        tuple(caught(answers)),
        tuple(found),
        tuple(moved),
        tuple(confused),
        SILENT,
        tuple(_notes(answers, population)),
    )


# --------------------------------------------------------------------------------- the run's side


@dataclass(frozen=True)
class _Reply:
    """A reply that a rater could judge."""

    group: str
    verdicts: Mapping[Axis, Verdict]
    cluster: int | None

    def told(self, axis: Axis) -> tuple[float, bool | None]:
        """Probability and flag."""
        verdict = self.verdicts.get(axis)
        return (math.nan, None) if verdict is None else (verdict.probability, verdict.flagged)


def _population(run: Run) -> dict[tuple[str, int], _Reply]:
    """Every reply of the run with options, a think and an image: what a set is drawn from."""
    cases = {case.id: case for case in run.rows(Case)}
    verdicts: dict[tuple[str, int], dict[Axis, Verdict]] = defaultdict(dict)
    for verdict in run.rows(Verdict):
        verdicts[verdict.case_id, verdict.rollout][verdict.axis] = verdict
    clusters = {(member.case_id, member.rollout): member.cluster for member in run.rows(Member)}
    found: dict[tuple[str, int], _Reply] = {}
    for trace in run.rows(Trace):
        case, name = cases[trace.case_id], (trace.case_id, trace.rollout)
        if case.options and case.images and (trace.think or "").strip():
            group = f"case {case.id}" if case.group is None else f"group {case.group}"
            found[name] = _Reply(group, verdicts[name], clusters.get(name))
    return found


def _same(key: Key, population: Mapping[tuple[str, int], _Reply], run: Run) -> None:
    for entry in key.entries:
        reply = population.get((entry.case_id, entry.rollout))
        if entry.kind == "catch" or (reply is not None and _unchanged(entry.verdicts, reply)):
            continue
        raise ReviewError(
            f"the key of set {key.set} was not made from {run.path}, or the run has changed since: they differ in case "
            f"{entry.case_id!r}; give the run that the set was exported from"
        )


def _unchanged(verdicts: Mapping[str, float], reply: _Reply) -> bool:
    known = {str(axis): verdict.probability for axis, verdict in reply.verdicts.items()}
    pairs = [(probability, known.get(axis, math.nan)) for axis, probability in verdicts.items()]
    return all(a == b or (math.isnan(a) and math.isnan(b)) for a, b in pairs)


def _notes(answers: Answers, population: Mapping[tuple[str, int], _Reply]) -> list[str]:
    notes, strata = [], answers.key.population
    if sum(strata.values()) != len(population):
        notes.append(
            f"the set was drawn from {sum(strata.values())} replies, and raters could judge {len(population)} of the "
            "run; rates speak of the latter as if those left out were like the others"
        )
    seen = {rating.item for rating in answers.ratings}
    rated = {entry.stratum for entry in answers.drawn if entry.item in seen}
    for stratum, count in strata.items():
        if stratum not in rated and count:
            notes.append(f"no reply of the stratum {stratum!r} was rated; its {count} replies are not spoken for")
    return notes


# ------------------------------------------------------------------------------- the raters' side


def _raters(axis: Axis, answers: Answers, form: Form) -> Raters:
    """How often single ratings of catch items say what is known, on each side of an axis."""
    question = SPEAKS[axis]
    right: dict[bool, list[float]] = {True: [], False: []}
    groups: dict[bool, list[str]] = {True: [], False: []}
    ratings: Counter[bool] = Counter()
    for entry in answers.key.entries:
        truth = failing(axis, entry.expected[question], form) if question in entry.expected else None
        said = [failing(axis, value, form) for value in answers.of(entry.item, question).values()]
        judged = [one for one in said if one is not None]
        if truth is not None and judged:
            right[truth].append(sum(one is truth for one in judged) / len(judged))
            groups[truth].append(unit_of(entry))
            ratings[truth] += len(judged)
    sides = [share(np.array(right[side]), np.ones(len(right[side])), groups[side], ratings[side]) for side in right]
    return Raters(*sides)


def _rated(
    axis: Axis,
    answers: Answers,
    population: Mapping[tuple[str, int], _Reply],
    form: Form,
    settled: Mapping[tuple[str, str], str],
) -> list[Rated]:
    """The drawn replies with a judged answer, weighted to the population of their stratum."""
    question, found, strata = SPEAKS[axis], [], []
    for entry in answers.drawn:
        reply = population[entry.case_id, entry.rollout]
        value = settled.get((entry.item, question))
        values = answers.of(entry.item, question).values() if value is None else [value]
        judged = [one for one in (failing(axis, said, form) for said in values) if one is not None]
        if judged:
            fails = sum(judged) / len(judged)
            found.append(Rated(fails, len(judged), entry.weight, reply.group, *reply.told(axis), reply.cluster))
            strata.append(entry.stratum)
    of, sizes = Counter(strata), answers.key.population
    return [
        replace(one, weight=sizes[stratum] / of[stratum]) if stratum in sizes else one
        for one, stratum in zip(found, strata, strict=True)
    ]


def _confusion(axis: Axis, rated: Sequence[Rated], run: Run) -> list[Confusion]:
    """One line for all replies, and one a cluster where the run has clusters."""
    names = {card.cluster: f"{card.cluster}: {', '.join(card.terms[:3])}" for card in run.rows(ClusterCard)}
    clusters = sorted({one.cluster for one in rated if one.cluster is not None})
    parts = [("all", list(rated))]
    parts += [(names.get(c, "in none"), [one for one in rated if one.cluster == c]) for c in clusters]
    return [Confusion(axis, name, *_cells(part)) for name, part in parts if part]


def _cells(rated: Sequence[Rated]) -> tuple[int, int, int, int, int, int]:
    told = [one for one in rated if one.flagged is not None]
    clear = Counter((bool(one.flagged), one.failing > 0.5) for one in told if one.failing != 0.5)
    split = sum(one.failing == 0.5 for one in told)
    cells = clear[True, True], clear[True, False], clear[False, True], clear[False, False]
    return *cells, split, len(rated) - len(told)
