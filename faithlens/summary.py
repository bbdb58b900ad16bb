"""What a run says in one screen: counts, accuracy by modality, verdicts and flags by failure axis, what it cost."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from faithlens.calibration import JudgeMeasured, load
from faithlens.errors import RunError
from faithlens.rates import HintRates, Published, hints, published
from faithlens.records import AXES, Axis, BadRow, Case, Finding, Trace, Verdict
from faithlens.stats import Rate, rate
from faithlens.store import CALIBRATION, Run

_PATH = re.compile(r"(?:[A-Za-z]:)?[/\\].*?\.\w+(?=\W|$)(?!\S*\.\w)")


@dataclass(frozen=True)
class ProbeLine:
    """One probe over all replies: how often its published cut-off was passed, and how often it could not tell."""

    axis: Axis
    probe: str
    flagged: Rate
    mean_score: float
    scored: int
    silent: int
    why_silent: str
    """The commonest reason."""


@dataclass(frozen=True)
class VerdictLine:
    """One axis over all replies: how many fail on it, and how often nobody can tell."""

    axis: Axis
    failing: Rate
    """Of the replies with a verdict."""
    probes: tuple[str, ...]
    """All that a verdict of this axis rests on."""
    cannot_tell: int
    why: str
    """The commonest reason."""


@dataclass(frozen=True)
class Summary:
    """The numbers of a run that a reader wants first."""

    replies: int
    left_out: Counter[str]
    """Reason -> rows, paths left out so that one fault of many files is counted together."""
    statuses: Counter[str]
    accuracy: dict[str, Rate]
    """By modality, all last; over replies to cases with a key, an unreadable answer counted as wrong."""
    verdicts: tuple[VerdictLine, ...]
    probes: tuple[ProbeLine, ...]
    published: tuple[Published, ...] = ()
    """As papers define them."""
    hints: tuple[HintRates, ...] = ()
    """Where some reply switched to the hinted option."""
    judge: JudgeMeasured | None = None
    """Who said whether thinks own up to cues, as far as the verdicts rest on it."""


def summarise(run: Run) -> Summary:
    """Summary of a finished run."""
    cases = {case.id: case for case in run.rows(Case)}
    traces, findings = run.rows(Trace), run.rows(Finding)
    units = {case.id: unit(case) for case in cases.values()}
    return Summary(
        replies=len(traces),
        left_out=Counter(_PATH.sub("…", row.reason) for row in run.rows(BadRow)),
        statuses=Counter(trace.status for trace in traces),
        accuracy=_accuracy(cases, traces),
        verdicts=_verdicts(cases, run.rows(Verdict)),
        probes=_lines(cases, findings),
        published=tuple(published(findings, units)),
        hints=tuple(hints(findings, units)),
        judge=_judge(run),
    )


def _judge(run: Run) -> JudgeMeasured | None:
    """None also where the calibration cannot be read: the verdicts stand in the run by themselves."""
    path = run.path / CALIBRATION
    if not run.manifest.get("calibration", {}).get("cases") or not path.exists():
        return None
    try:
        return next(iter(load(path).judges), None)
    except RunError:
        return None


def unit(case: Case) -> str:
    """Patient of a case; a case without one stands for itself."""
    return f"case {case.id}" if case.group is None else f"group {case.group}"


def _accuracy(cases: dict[str, Case], traces: Sequence[Trace]) -> dict[str, Rate]:
    known = [(cases[trace.case_id], trace) for trace in traces if cases[trace.case_id].key is not None]
    parts: dict[str, list[tuple[Case, Trace]]] = defaultdict(list)
    for case, trace in known:
        parts[case.modality or "unknown"].append((case, trace))
    if len(parts) > 1:
        parts["all"] = known
    return {
        name: rate([trace.choice == case.key for case, trace in part], [unit(case) for case, _ in part])
        for name, part in parts.items()
    }


def _verdicts(cases: dict[str, Case], verdicts: Sequence[Verdict]) -> tuple[VerdictLine, ...]:
    lines = []
    for axis in AXES:
        part = [verdict for verdict in verdicts if verdict.axis == axis]
        told = [verdict for verdict in part if verdict.flagged is not None]
        reasons = Counter(verdict.reason for verdict in part if verdict.flagged is None)
        if part:
            failing = rate([bool(verdict.flagged) for verdict in told], [unit(cases[v.case_id]) for v in told])
            names = tuple(sorted({name for verdict in told for name in verdict.probes}))
            why = reasons.most_common(1)[0][0] if reasons else ""
            lines.append(VerdictLine(axis, failing, names, len(part) - len(told), why))
    return tuple(lines)


def _lines(cases: dict[str, Case], findings: Sequence[Finding]) -> tuple[ProbeLine, ...]:
    parts: dict[tuple[Axis, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        parts[finding.axis, finding.probe].append(finding)
    return tuple(
        _line(axis, probe, cases, parts[axis, probe])
        for axis, probe in sorted(parts, key=lambda key: (AXES.index(key[0]), key[1]))
    )


def _line(axis: Axis, probe: str, cases: dict[str, Case], part: Sequence[Finding]) -> ProbeLine:
    scored = [finding for finding in part if not math.isnan(finding.score)]
    judged = [finding for finding in scored if finding.flagged is not None]
    reasons = Counter(finding.reason for finding in part if math.isnan(finding.score))
    return ProbeLine(
        axis,
        probe,
        rate([bool(finding.flagged) for finding in judged], [unit(cases[finding.case_id]) for finding in judged]),
        fmean(finding.score for finding in scored) if scored else math.nan,
        len(scored),
        len(part) - len(scored),
        reasons.most_common(1)[0][0] if reasons else "",
    )
