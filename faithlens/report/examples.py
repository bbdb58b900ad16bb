"""Telling cases, each with everything that a reader needs to judge it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from faithlens.clusters.failing import Reply, failing
from faithlens.errors import ImageError, RunError
from faithlens.overlay import boxed, tinted, with_bar
from faithlens.records import AXES, Arm, AttributionMap, Axis, Case, Finding, Trace, Verdict
from faithlens.report.contents import Contents
from faithlens.showing import pictures
from faithlens.showing.highlight import highlighted
from faithlens.showing.words import AXIS_NAME

COUNT = 12
SIDE_PX = 300
SMALL_PX = 92
ARMS = 8
"""Views of one case that are drawn again."""


@dataclass(frozen=True)
class Picture:
    """An image of a page, or why there is none."""

    uri: str = ""
    missing: str = ""


@dataclass(frozen=True)
class Option:
    """One option of a case."""

    letter: str
    text: str
    probability: float
    """Of the unedited case; NaN where it was not asked."""
    key: bool
    answered: bool


@dataclass(frozen=True)
class Judged:
    """One verdict with its evidence."""

    axis: Axis
    probability: float
    flagged: bool | None
    reason: str
    evidence: tuple[tuple[str, str], ...]
    """Probe and its sentence."""


@dataclass(frozen=True)
class View:
    """What one arm showed and what the model answered then."""

    label: str
    picture: Picture
    answer: str
    probability: float
    changed: bool


@dataclass(frozen=True)
class Overlay:
    """A map over the image, with the mark of its method's exams."""

    picture: Picture
    method: str
    passed: bool
    mark: str


@dataclass(frozen=True)
class Example:
    """One case as a page shows it."""

    case: Case
    trace: Trace
    why: str
    picture: Picture
    marked: Picture | None
    """With the lesion's box, where one is known."""
    overlay: Overlay | None
    no_overlay: str
    """Why no map is shown although there are maps; empty otherwise."""
    think: Markup
    options: tuple[Option, ...]
    failing: tuple[Judged, ...]
    sound: tuple[Judged, ...]
    untold: tuple[Judged, ...]
    flags: tuple[tuple[Axis, str, str], ...]
    """Axis, probe and sentence of what a published cut-off flags on an axis without a verdict."""
    views: tuple[View, ...]


def chosen(contents: Contents) -> list[tuple[Reply, str]]:
    """Replies worth reading, with the reason, at most `COUNT`.

    In turn: the middle of every cluster, the surest failure of every axis, one sound reply, then further members of
    clusters, further failures, and whatever is left, so that a small run is shown whole.
    """
    known = {(trace.case_id, trace.rollout) for trace in contents.traces}
    found: dict[Reply, str] = {}
    for reply, why in _wanted(contents):
        if reply in known and len(found) < COUNT:
            found.setdefault(reply, why)
    return list(found.items())


def _wanted(contents: Contents) -> Iterator[tuple[Reply, str]]:
    failures, _ = failing(contents.findings, contents.verdicts)
    middle = {(member.case_id, member.cluster): member.rollout for member in contents.clusters.members}
    cards = contents.clusters.cards
    for card in cards:
        for case_id in card.exemplars[:1]:
            yield (case_id, middle.get((case_id, card.cluster), 0)), f"in the middle of cluster {card.cluster}"
    worst = list(_worst(contents))
    for axis in AXES:
        yield from [(reply, f"among the surest: {AXIS_NAME[axis]}") for of, reply in worst if of == axis][:1]
    sound = [(t.case_id, t.rollout) for t in contents.traces if (t.case_id, t.rollout) not in failures]
    yield from [(reply, "no failure was seen") for reply in sound[:1]]
    for card in cards:
        for case_id in card.exemplars[1:]:
            yield (case_id, middle.get((case_id, card.cluster), 0)), f"near the middle of cluster {card.cluster}"
    yield from [(reply, f"fails: {AXIS_NAME[axis]}") for axis, reply in worst]
    yield from [(reply, "no failure was seen") for reply in sound]


def _worst(contents: Contents) -> Iterator[tuple[Axis, Reply]]:
    """Failing replies by axis, the surest first: by verdicts, or by scores above a published cut-off."""
    rows: list[tuple[Axis, float, str, int]] = (
        [(v.axis, v.probability, v.case_id, v.rollout) for v in contents.verdicts if v.flagged]
        if contents.calibrated
        else [(f.axis, f.score, f.case_id, f.rollout) for f in contents.findings if f.flagged]
    )
    for axis, _, case_id, rollout in sorted(rows, key=lambda row: (AXES.index(row[0]), -row[1], row[2])):
        reply: Reply = (case_id, rollout)
        yield axis, reply


def examples(contents: Contents) -> list[Example]:
    """The chosen cases, drawn."""
    wanted = chosen(contents)
    replies = {reply for reply, _ in wanted}
    traces = {(trace.case_id, trace.rollout): trace for trace in contents.traces}
    return [
        _example(
            contents,
            traces[reply],
            why,
            [f for f in contents.findings if (f.case_id, f.rollout) == reply],
            [v for v in contents.verdicts if (v.case_id, v.rollout) == reply],
            [m for m in contents.maps if (m.case_id, m.rollout) == reply],
        )
        for reply, why in wanted
        if reply in replies
    ]


def _example(
    contents: Contents,
    trace: Trace,
    why: str,
    findings: Sequence[Finding],
    verdicts: Sequence[Verdict],
    maps: Sequence[AttributionMap],
) -> Example:
    case = contents.cases[trace.case_id]
    overlay, no_overlay = _overlay(contents, case, maps)
    judged = [_judged(verdict, findings) for verdict in sorted(verdicts, key=lambda v: AXES.index(v.axis))]
    told = {found.axis for found in judged if found.flagged is not None}
    start, end = trace.think_span or (0, len(trace.reply))
    marks = list(dict.fromkeys(mark for finding in findings for mark in finding.marks))
    return Example(
        case,
        trace,
        why,
        _picture(case.images, (), SIDE_PX),
        _boxed(case),
        overlay,
        no_overlay,
        Markup(highlighted(trace.reply, marks, start, end)),
        _options(case, trace, findings),
        tuple(found for found in judged if found.flagged),
        tuple(found for found in judged if found.flagged is False),
        tuple(found for found in judged if found.flagged is None),
        tuple((f.axis, f.probe, f.evidence) for f in findings if f.flagged and f.axis not in told),
        _views(case, findings),
    )


def _picture(images: Sequence[str], edits: Sequence[str], side_px: int) -> Picture:
    """The first of the images, edited and fitted."""
    if not images:
        return Picture(missing="no image was shown")
    try:
        return Picture(pictures.data_uri(pictures.fitted(pictures.opened(images[0], edits), side_px)))
    except (ImageError, RunError):
        return Picture(missing="the image is not where it was when it was audited, or cannot be drawn")


def _boxed(case: Case) -> Picture | None:
    if not case.images or not case.boxes_xyxy_px:
        return None
    try:
        whole = pictures.opened(case.images[0])
    except ImageError:
        return None
    shown = pictures.fitted(whole, SIDE_PX)
    return Picture(pictures.data_uri(boxed(shown, case.boxes_xyxy_px, shown.width / whole.width)))


def _overlay(contents: Contents, case: Case, maps: Sequence[AttributionMap]) -> tuple[Overlay | None, str]:
    """The map of the answer by a method that was examined here, one that passed if there is one."""
    drawn = [found for found in maps if found.target == "answer" and found.values]
    if not drawn:
        return None, ""
    examined = [found for found in drawn if found.method in contents.map_marks]
    if not examined:
        return None, "There are maps of where the answer came from, but no method was examined on this checkpoint."
    best = max(examined, key=lambda found: contents.map_marks[found.method][0])
    passed, mark = contents.map_marks[best.method]
    if not case.images:
        return None, ""
    try:
        shown = pictures.fitted(pictures.opened(case.images[0]), SIDE_PX)
    except ImageError:
        return None, "The map cannot be laid over its image, which is missing."
    over = with_bar(tinted(shown, best), best)
    return Overlay(Picture(pictures.data_uri(over)), best.method, passed, mark), ""


def _judged(verdict: Verdict, findings: Sequence[Finding]) -> Judged:
    told = [(f.probe, f.evidence) for f in findings if f.probe in verdict.probes and f.axis == verdict.axis]
    evidence = tuple((probe, sentence) for probe, sentence in told if sentence)
    return Judged(verdict.axis, verdict.probability, verdict.flagged, verdict.reason, evidence)


def _unedited(case: Case, findings: Sequence[Finding]) -> Arm | None:
    """An arm that showed the case as it is, with the whole think."""
    arms = [arm for finding in findings for arm in finding.arms]
    whole = (a for a in arms if a.kept == 1.0 and not a.edits and a.images == case.images)
    return next((arm for arm in whole if len(arm.probs) == len(case.options)), None)


def _options(case: Case, trace: Trace, findings: Sequence[Finding]) -> tuple[Option, ...]:
    arm = _unedited(case, findings)
    probs = arm.probs if arm else (math.nan,) * len(case.options)
    return tuple(
        Option(letter, text, probability, letter == case.key, letter == trace.choice)
        for letter, text, probability in zip(case.letters, case.options, probs, strict=True)
    )


def _views(case: Case, findings: Sequence[Finding]) -> tuple[View, ...]:
    """What `image_dependence` showed instead of the image, beside what the model answered."""
    arms = next((f.arms for f in findings if f.probe == "image_dependence" and f.arms), ())
    first = _letter(case, arms[0].probs) if arms else ""
    return tuple(
        View(
            arm.label,
            _picture(arm.images, arm.edits, SMALL_PX),
            _letter(case, arm.probs),
            max(arm.probs),
            _letter(case, arm.probs) != first,
        )
        for arm in arms[:ARMS]
    )


def _letter(case: Case, probs: Sequence[float]) -> str:
    return case.letters[max(range(len(probs)), key=probs.__getitem__)]
