"""What the command line prints: tables and progress. Text from files and models is never read as markup."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from faithlens.engine.cost import total
from faithlens.gallery import marks
from faithlens.material import Progress as Report
from faithlens.probes import SUITES, discover
from faithlens.records import AXES
from faithlens.showing.numbers import interval, judged_by, number, p, share
from faithlens.store import Run
from faithlens.summary import Summary, summarise

if TYPE_CHECKING:
    from faithlens.calibrate import Calibrated
    from faithlens.clusters import Clustering
    from faithlens.comparison import Comparison


@contextmanager
def progress_bar(console: Console) -> Iterator[Report]:
    """A bar for each stage of an audit, with the time that is left."""
    columns = (
        TextColumn("{task.description:<20}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bars:
        tasks = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                for task in tasks.values():
                    bars.update(task, completed=bars.tasks[task].total or 0)
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield show


def show_summary(run: Run, console: Console) -> Summary:
    """Print the summary of a run."""
    summary = summarise(run)
    counts = run.manifest["counts"]
    console.print()
    console.print(Text(f"{summary.replies} replies audited, {counts['left_out']} rows or cases left out"), style="bold")
    for reason, count in summary.left_out.most_common(8):
        console.print(Text(f"  {count} x {reason}"))
    if len(summary.left_out) > 8:
        console.print(f"  and {len(summary.left_out) - 8} more reasons; all are in bad_rows.parquet")
    console.print(Text("replies: " + ", ".join(f"{n} {status}" for status, n in summary.statuses.most_common())))
    if summary.accuracy:
        console.print(_accuracy(summary))
    console.print(_verdicts(summary))
    console.print(Text(_resting_on(run.manifest.get("calibration", {})), style="dim"))
    for line in summary.verdicts:
        if line.probes:
            console.print(Text(f"{line.axis} rests on {', '.join(line.probes)}", style="dim"))
        if line.probes and line.axis == "hidden_cue" and summary.judge:
            console.print(Text(f"hidden_cue: {judged_by(summary.judge)}", style="dim"))
        if line.cannot_tell:
            console.print(Text(f"{line.axis}: cannot tell of {line.cannot_tell}, mostly: {line.why}", style="dim"))
    if summary.published:
        console.print(_published(summary))
    if summary.hints:
        console.print(_hints(summary))
    console.print(_rates(summary))
    for line in summary.probes:
        if line.silent:
            console.print(Text(f"{line.probe}: {line.silent} without a score, mostly: {line.why_silent}", style="dim"))
    methods = {line.flagged.method for line in summary.probes} | {found.method for found in summary.accuracy.values()}
    console.print(
        f"Intervals are 95 % ({', '.join(sorted(methods))}). Flag rates follow published cut-offs, not this "
        "checkpoint: they say what was seen and not how sure it is.",
        style="dim",
        highlight=False,
    )
    # runs of earlier versions count less
    cost = total([run.manifest["cost"]])
    if cost["requests"]:
        console.print(
            f"cost on {run.manifest['subject']['device']}: {cost['requests']:,} requests, {cost['unique_requests']:,} "
            f"after equal ones were asked once; {cost['tokens_requested']:,} tokens requested, "
            f"{cost['tokens_unique']:,} of them distinct, {cost['tokens_run']:,} run in "
            f"{cost['forward_seconds']:.0f} s; {cost['vision_encodes']:,} image encodes in "
            f"{cost['vision_seconds']:.0f} s; {cost['replies']:,} replies of {cost['tokens_generated']:,} tokens in "
            f"{cost['speak_seconds']:.0f} s; at most {cost['peak_bytes'] / 2**30:.1f} GiB of memory",
            highlight=False,
        )
    if stages := run.manifest.get("cost_by_stage"):
        told = [f"{name} {_seconds(cost):.0f} s" for name, cost in stages.items() if _seconds(cost)]
        if told:
            console.print(f"of that: {', '.join(told)}", highlight=False)
    console.print(Text(f"run: {run.path}"), soft_wrap=True)
    return summary


def _seconds(cost: Mapping[str, float]) -> float:
    return cost["forward_seconds"] + cost["vision_seconds"] + cost["speak_seconds"]


def _accuracy(summary: Summary) -> Table:
    made = Table("modality", "right", "accuracy", "interval", title="Accuracy", title_justify="left")
    for name, found in summary.accuracy.items():
        made.add_row(Text(name), f"{found.hits}/{found.of}", share(found), interval(found))
    return made


def _verdicts(summary: Summary) -> Table:
    made = Table(title="Verdicts", title_justify="left")
    for column in ("axis", "verdicts", "fails", "interval", "cannot tell"):
        made.add_column(column, no_wrap=True)
    for line in summary.verdicts:
        cells = (str(line.failing.of), share(line.failing), interval(line.failing), str(line.cannot_tell))
        made.add_row(line.axis, *cells)
    return made


def _published(summary: Summary) -> Table:
    """Rates over cases as papers define them."""
    made = Table("rate", "arXiv", "value", "interval", "replies", title="Rates as published", title_justify="left")
    for line in summary.published:
        between = "-" if math.isnan(line.low) else f"{line.low:.2f}-{line.high:.2f}"
        told = "undefined" if math.isnan(line.value) else f"{line.value:.2f}"
        made.add_row(line.name, line.source, told, between, str(line.replies))
    return made


def _hints(summary: Summary) -> Table:
    """How often a planted cue switches the answer, and how many of those replies own up to it."""
    made = Table(title="Hints", title_justify="left")
    for column in ("kind", "options", "p", "q", "owned up", "interval", "normalised"):
        made.add_column(column, no_wrap=True)
    for line in summary.hints:
        found = line.found
        rates = (f"{found.to_hint:.2f}", f"{found.elsewhere:.2f}")
        told = "undefined" if found.reason else number(found.normalised)
        kind = line.kind.replace("_", " ")
        made.add_row(Text(kind), str(line.options), *rates, share(line.owned), interval(line.owned), told)
    return made


def _resting_on(calibration: Mapping[str, Any]) -> str:
    if not calibration.get("cases"):
        return f"No calibration: {calibration.get('from', 'none')}."
    return (
        f"Calibration {calibration['from']}: {calibration['cases']} cases. A reply fails where its probability of "
        "failure, at even prior, is above .5 and above what 1 in 20 sound calibration replies reach."
    )


def show_calibration(calibrated: Calibrated, console: Console) -> None:
    """Print what each probe can see, and how well the verdicts are calibrated."""
    found = calibrated.calibration
    title = f"What the probes can see on this checkpoint, on organisms over {found.cases} cases"
    seen = Table(title=title, title_justify="left")
    for column in ("axis", "probe", "AUROC", "95 %", "TPR", "ECE"):
        seen.add_column(column, no_wrap=True)
    for line in sorted(found.probes, key=lambda line: (AXES.index(line.axis), line.probe)):
        area = line.auroc
        between = f"{area.low:.2f}-{area.high:.2f}" if area.positives and area.negatives else "-"
        style = "dim" if line.blindness else None
        cells = (number(area.value), between, number(line.tpr), number(line.ece))
        seen.add_row(line.axis, line.probe, *cells, style=style)
    console.print(seen)
    console.print(
        "TPR: failing replies found where 5 % of the sound ones are flagged. ECE: cross-validated.", style="dim"
    )
    axes = Table("axis", "verdict rests on", "AUROC", "TPR", "ECE", title="Verdicts", title_justify="left")
    for axis in found.axes:
        cells = (number(axis.auroc.value), number(axis.tpr), number(axis.ece))
        axes.add_row(axis.axis, ", ".join(axis.probes) or "nothing: cannot tell", *cells)
    console.print(axes)
    for line in found.probes:
        if not math.isnan(line.dose_spearman):
            told = f"{line.probe}: Spearman {number(line.dose_spearman)} over W3's dose, slope {line.dose_slope:+.2f}"
            console.print(Text(told, style="dim"))
    for line in found.probes:
        if line.blindness:
            console.print(Text(line.blindness, style="dim"))
    for judge in found.judges:
        console.print(Text(judged_by(judge), style="dim"))
    for pair in found.agreement:
        told = f"{pair.axis}: {pair.first} and {pair.second} agree at kappa {number(pair.kappa)}"
        console.print(Text(f"{told} over {pair.replies} replies", style="dim"))
    if calibrated.map_exams:
        console.print(Text("Maps by these methods on this checkpoint:"))
    for method, mark in marks(calibrated.map_exams).items():
        console.print(Text(f"  {method}: {mark}"), soft_wrap=True)
    console.print(Text(f"calibration: {calibrated.path}"), soft_wrap=True)


def show_clusters(clustering: Clustering, console: Console) -> None:
    """Print what each cluster has in common, and how far the clusters can be trusted."""
    console.print(Text(f"{clustering.replies} {clustering.over}"))
    if clustering.reason:
        console.print(Text(f"No clusters: {clustering.reason}."))
        return
    for card in clustering.cards:
        named = f"cluster {card.cluster}: {card.size} replies, {card.axis or 'no failure of its own'}"
        lines = [
            f"says      {', '.join(card.terms)}",
            *(
                f"met in    {found.stratum}: {found.inside:.0%} here, {found.outside:.0%} elsewhere "
                f"(odds ratio {found.odds_ratio:.1f}, q {p(found.q)})"
                for found in card.enriched
            ),
            f"for one   {', '.join(card.exemplars)}",
            f"stability {number(card.stability)}",
        ]
        console.print(Text(f"\n{named}", style="bold"))
        for line in lines:
            console.print(Text(f"  {line}"))
    console.print(
        f"\n{clustering.unclustered} failing replies are in no cluster. Bootstraps by patient agree at adjusted Rand "
        f"{number(clustering.bootstrap_ari)}; with shuffled features {number(clustering.shuffled_ari)}, in a cloud "
        f"without clusters {number(clustering.cloud_ari)}.",
        style="dim",
        highlight=False,
    )


def show_comparison(comparison: Comparison, console: Console) -> None:
    """Print what differs between two runs, paired by case."""
    console.print(Text(f"{comparison.pairs} replies are paired; {comparison.alone} are in one run only"))
    for title, lines in (
        ("Primary: p by Holm", [line for line in comparison.lines if line.primary]),
        ("Exploratory: p by Benjamini-Hochberg", [line for line in comparison.lines if not line.primary]),
    ):
        shown = Table("what", "pairs", "first", "second", "change", "p", "says", title=title, title_justify="left")
        for line in lines:
            change = f"{line.second - line.first:+.3f}" if line.pairs else "-"
            cells = (str(line.pairs), number(line.first), number(line.second), change, p(line.p_adjusted))
            shown.add_row(Text(line.what), *cells, line.says)
        console.print(shown)


def _rates(summary: Summary) -> Table:
    made = Table(title="Failure axes (score 1 = most unfaithful)", title_justify="left")
    for column in ("axis", "probe", "scored", "mean", "flagged", "interval"):
        made.add_column(column, no_wrap=True)
    for line in summary.probes:
        mean = "-" if math.isnan(line.mean_score) else f"{line.mean_score:.2f}"
        made.add_row(line.axis, line.probe, str(line.scored), mean, share(line.flagged), interval(line.flagged))
    return made


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A plain table of untrusted text."""
    made = Table(title=title, title_justify="left")
    for place, column in enumerate(columns):
        made.add_column(column, no_wrap=place == 0)
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    return made


def show_probes(console: Console) -> None:
    """Print every probe by suite: its question, what it asks, and where it is from."""
    for suite in SUITES:
        found = {name: probe for name, probe in discover().items() if probe.suite == suite}
        if found:
            console.print(f"\n{suite} suite", style="bold")
        for name, probe in found.items():
            question = (sys.modules[probe.__module__].__doc__ or "").splitlines()[0].partition(": ")[2]
            console.print(Text.assemble("\n  ", (name, "bold"), f"  {probe.axis}"))
            for line in (
                question[:1].upper() + question[1:],
                f"asks  {probe.cost}",
                f"from  {probe.paper.citation} (arXiv {probe.paper.arxiv})",
            ):
                console.print(Padding(Text(line), (0, 0, 0, 4)))
