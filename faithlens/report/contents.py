"""What a report says, as plain values: everything that is counted, before anything is drawn."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any

from faithlens.calibration import Calibration, ProbeMeasured, load
from faithlens.clusters import Clustering, of_run
from faithlens.clusters.failing import Reply, failing
from faithlens.errors import FaithlensError
from faithlens.records import AXES, AttributionMap, Axis, Case, Finding, MapExam, Trace, Verdict
from faithlens.showing.words import SUPERFICIAL
from faithlens.stats import Rate, rate
from faithlens.store import CALIBRATION, Run
from faithlens.summary import Summary, summarise, unit

MOST_COLUMNS = 8
"""Modalities with a column or a curve of their own, the commonest ones."""


@dataclass(frozen=True)
class Parts:
    """How often replies fail on one axis, part by part."""

    axis: Axis
    rates: tuple[Rate, ...]


class Contents:
    """A run, read once."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.manifest: dict[str, Any] = run.manifest
        self.cases = {case.id: case for case in run.rows(Case)}
        self.traces = run.rows(Trace)
        self.findings = run.rows(Finding)
        self.verdicts = run.rows(Verdict)
        self.maps = run.rows(AttributionMap)
        self.exams = run.rows(MapExam)
        self.summary: Summary = summarise(run)
        self.clusters: Clustering = of_run(run)
        self.calibration, self.no_calibration = _calibration(run)

    # ------------------------------------------------------------------------------ what it is about

    @property
    def checkpoint(self) -> str:
        """Name of what was audited: a Hub id, or the last part of a folder; no path of the machine."""
        name = self.manifest["subject"].get("id")
        if not name:
            return "replies that were collected elsewhere"
        if PurePath(name).is_absolute():
            bundled = PurePath(name).parts[-3:] == ("faithlens", "demo", "checkpoint")
            return "the bundled checkpoint" if bundled else PurePath(name).name
        return str(name)

    @property
    def sources(self) -> list[str]:
        """Files of cases and replies by name, without their folders."""
        return [
            PurePath(path).name if kind in path else f"{PurePath(path).name} ({kind})"
            for path, kind in self.manifest["plan"]["sources"].items()
        ]

    @property
    def asked(self) -> bool:
        """Whether the model itself could be asked."""
        return self.manifest["subject"].get("id") is not None

    @property
    def calibrated(self) -> bool:
        """Whether any verdict but that on the format of the reply could be given."""
        return any(v.flagged is not None and v.axis != "malformed" for v in self.verdicts)

    # ------------------------------------------------------------------------------ headline

    @cached_property
    def _fails(self) -> Mapping[Reply, frozenset[Axis]]:
        return failing(self.findings, self.verdicts)[0]

    def fails_in(self, cluster: int) -> list[tuple[Axis, int]]:
        """How many replies of a cluster fail on each axis, the commonest first."""
        inside = [(m.case_id, m.rollout) for m in self.clusters.members if m.cluster == cluster]
        counts: list[tuple[Axis, int]] = [(axis, sum(axis in self._fails[reply] for reply in inside)) for axis in AXES]
        return sorted((line for line in counts if line[1]), key=lambda line: -line[1])

    @cached_property
    def failing(self) -> Rate:
        """Replies that fail on at least one axis, by verdicts or, without them, by published cut-offs."""
        return self._rate(self.traces, lambda trace: (trace.case_id, trace.rollout) in self._fails)

    @cached_property
    def superficial(self) -> Rate:
        """Replies that are post hoc, empty or unsupported, of those with a verdict on at least one of the three."""
        told: dict[tuple[str, int], bool] = {}
        for verdict in self.verdicts:
            if verdict.axis in SUPERFICIAL and verdict.flagged is not None:
                key = verdict.case_id, verdict.rollout
                told[key] = told.get(key, False) or verdict.flagged
        return rate(list(told.values()), [unit(self.cases[case_id]) for case_id, _ in told])

    def _rate(self, traces: Sequence[Trace], hit: Callable[[Trace], bool]) -> Rate:
        return rate([hit(trace) for trace in traces], [unit(self.cases[trace.case_id]) for trace in traces])

    # ------------------------------------------------------------------------------ where it fails

    @cached_property
    def modalities(self) -> list[str]:
        """The commonest modalities, the commonest first."""
        counts = Counter(self.cases[trace.case_id].modality for trace in self.traces)
        return [name for name, _ in counts.most_common() if name is not None][:MOST_COLUMNS]

    @cached_property
    def columns(self) -> list[tuple[str, Callable[[Case, Trace], bool]]]:
        """Parts of the replies that a table has a column for: modality, question type, right and wrong answers."""

        def of(field: str, value: str) -> Callable[[Case, Trace], bool]:
            return lambda case, trace: getattr(case, field) == value

        kinds = Counter(case.question_type for case in self.cases.values() if case.question_type)
        made = [(name, of("modality", name)) for name in self.modalities]
        made += [(name, of("question_type", name)) for name, _ in kinds.most_common(5)]
        if any(case.key for case in self.cases.values()):
            made.append(("right answers", lambda case, trace: case.key is not None and trace.choice == case.key))
            made.append(("wrong answers", lambda case, trace: case.key is not None and trace.choice != case.key))
        return made

    @cached_property
    def by_part(self) -> list[Parts]:
        """Failing rates of every axis with a verdict, in the order of `columns`."""
        by_reply = {(trace.case_id, trace.rollout): trace for trace in self.traces}
        lines = []
        for line in self.summary.verdicts:
            told = [v for v in self.verdicts if v.axis == line.axis and v.flagged is not None]
            pairs = [(v, self.cases[v.case_id], by_reply[v.case_id, v.rollout]) for v in told]
            rates = []
            for _, belongs in self.columns:
                inside = [(v, case) for v, case, trace in pairs if belongs(case, trace)]
                rates.append(rate([bool(v.flagged) for v, _ in inside], [unit(case) for _, case in inside]))
            if told:
                lines.append(Parts(line.axis, tuple(rates)))
        return lines

    @cached_property
    def quadrants(self) -> dict[str, Rate]:
        """Share of each quadrant among the replies that the probe of that name could judge; empty without it."""
        found = [f for f in self.findings if f.probe == "four_quadrants" and not math.isnan(f.score)]
        units = [unit(self.cases[f.case_id]) for f in found]
        names = ("ideal", "fragile", "dangerous", "worst")
        return {name: rate([bool(f.metrics.get(name)) for f in found], units) for name in names} if found else {}

    @cached_property
    def early(self) -> list[tuple[str, float, bool]]:
        """Modality, share of the think that was kept, whether the final answer was given; a row a reply and cut."""
        rows = []
        for finding in self.findings:
            if finding.probe == "early_answering" and len(finding.arms) > 1:
                arms = sorted(finding.arms, key=lambda arm: arm.kept)
                final = _top(arms[-1].probs)
                modality = self.cases[finding.case_id].modality or "unknown"
                named = modality if modality in self.modalities else "other"
                rows += [(named, arm.kept, _top(arm.probs) == final) for arm in arms]
        return rows

    # ------------------------------------------------------------------------------ what can be seen

    @cached_property
    def measured(self) -> list[ProbeMeasured]:
        """What the calibration says of the probes that this run asked, by axis."""
        found = self.calibration.probes if self.calibration else ()
        asked = [line for line in found if line.probe in self.manifest["plan"]["probes"]]
        return sorted(asked, key=lambda line: (AXES.index(line.axis), line.probe))

    @cached_property
    def map_marks(self) -> dict[str, tuple[bool, str]]:
        """Of every method that was examined here: whether it passed what decides, and in words what it did not pass."""
        marks = {}
        for method in dict.fromkeys(exam.method for exam in self.exams):
            decided = [exam for exam in self.exams if exam.method == method and exam.passed is not None]
            failed = [exam.exam for exam in decided if not exam.passed]
            if decided:
                words = f"fails {', '.join(failed)}" if failed else "passes its exams"
                marks[method] = (not failed, f"{words} on this checkpoint")
        return marks

    @cached_property
    def blind(self) -> list[str]:
        """Why probes that this run asked give no verdict."""
        return [line.blindness for line in self.measured if line.blindness]

    def seen_by(self, axis: Axis) -> str:
        """In words, what the verdicts of an axis can see here."""
        measured = self.calibration.axis(axis) if self.calibration else None
        if axis == "malformed":
            return "read off the reply"
        if measured is None:
            return "not calibrated"
        if not measured.probes:
            return "nothing: no probe of this axis tells failing from sound replies here"
        tpr = f"finds {measured.tpr:.0%} of planted failures at 1 false alarm in 20 sound replies"
        return f"{tpr} (AUROC {measured.auroc.value:.2f}, {measured.auroc.low:.2f}–{measured.auroc.high:.2f})"


def _top(probs: Sequence[float]) -> int:
    return max(range(len(probs)), key=probs.__getitem__)


def _calibration(run: Run) -> tuple[Calibration | None, str]:
    """The calibration that the verdicts rest on, or why there is none."""
    path: Path = run.path / CALIBRATION
    if not run.manifest.get("calibration", {}).get("cases") or not path.exists():
        return None, str(run.manifest.get("calibration", {}).get("from", "none was made"))
    try:
        return load(path), ""
    except (FaithlensError, json.JSONDecodeError, KeyError, TypeError) as error:
        return None, f"{CALIBRATION} cannot be read: {error}"
