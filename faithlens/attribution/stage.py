"""Maps and exams of an audit: what the pipeline asks for, window by window."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from faithlens.attribution.exams import Candidate, Effort, Specimen, examine
from faithlens.attribution.maps import Set, attribute, maps, scenes
from faithlens.attribution.method import Method, choose
from faithlens.attribution.targets import Kind, kinds
from faithlens.engine.packed import Packed
from faithlens.engine.reference import Reference
from faithlens.engine.subject import Subject
from faithlens.errors import FaithlensError, SettingsError
from faithlens.models.checkpoint import Checkpoint
from faithlens.probes import Exhibit
from faithlens.records import AttributionMap, MapExam


def checked(labels: Sequence[str], targets: Sequence[str]) -> tuple[tuple[Method, ...], tuple[Kind, ...]]:
    """Methods and kinds of targets by name. Raises SettingsError for an unknown one, or for maps of nothing."""
    wanted = kinds(targets)
    if not wanted:
        raise SettingsError("maps need a target: answer, margin, sentences, claims or think")
    return choose(labels), wanted


def drawn(
    subject: Subject, exhibits: Sequence[Exhibit], methods: Sequence[Method], wanted: Sequence[Kind]
) -> list[AttributionMap]:
    """Maps of some replies, reply by reply."""
    checkpoint = _checkpoint(subject)
    return [found for exhibit in exhibits for found in maps(exhibit, methods, wanted, subject, checkpoint)]


def examined(
    subject: Subject,
    exhibits: Sequence[Exhibit],
    stored: Sequence[AttributionMap],
    methods: Sequence[Method],
    wanted: Sequence[Kind],
    effort: Effort,
    told: Callable[[int, int], None],
) -> list[MapExam]:
    """Exams of every method on some of the replies, one a patient as far as they reach.

    Of each reply the target is taken that blanking the image moves most: a choice that no method has a part in.
    """
    checkpoint = _checkpoint(subject)
    known = {(found.case_id, found.rollout, found.target, found.method): found for found in stored}
    chosen = _chosen(subject, exhibits, wanted, checkpoint, effort.cases)
    rows: list[MapExam] = []
    for number, method in enumerate(methods):
        told(number, len(methods))
        specimens: list[Specimen] = []
        for exhibit, given in chosen:
            trace, target = exhibit.trace, given.scene.target.name
            found = known.get((trace.case_id, trace.rollout, target, method.label)) or attribute(given, method)
            if found.values:
                specimens.append(Specimen(exhibit.case, given, found))
        rows += examine(Candidate(method, checkpoint, tuple(specimens), _asked(subject).cost), effort)
    told(len(methods), len(methods))
    return rows


def _chosen(
    subject: Subject, exhibits: Sequence[Exhibit], wanted: Sequence[Kind], checkpoint: Checkpoint, count: int
) -> list[tuple[Exhibit, Set]]:
    chosen: list[tuple[Exhibit, Set]] = []
    for exhibit in _one_a_group(exhibits):
        if len(chosen) == count:
            break
        if not exhibit.case.images:
            continue
        try:
            found = scenes(exhibit, wanted, subject, checkpoint)
        except FaithlensError:
            continue
        given = max(found, key=lambda one: abs(one.effect), default=None)
        if given is not None and not given.reason:
            chosen.append((exhibit, given))
    return chosen


def _one_a_group(exhibits: Sequence[Exhibit]) -> Iterator[Exhibit]:
    """The first of every group, then the second of every group, and so on."""
    rank: dict[str, int] = {}
    ranked: list[tuple[int, Exhibit]] = []
    for exhibit in exhibits:
        group = exhibit.case.group or exhibit.case.id
        rank[group] = rank.get(group, -1) + 1
        ranked.append((rank[group], exhibit))
    yield from (exhibit for _, exhibit in sorted(ranked, key=lambda pair: pair[0]))


def _checkpoint(subject: Subject) -> Checkpoint:
    return _asked(subject).checkpoint


def _asked(subject: Subject) -> Packed | Reference:
    if not isinstance(subject, Packed | Reference):
        raise SettingsError("maps need the model itself; give --checkpoint, or leave --maps out")
    return subject
