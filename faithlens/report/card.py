"""A section for a model card on the Hub: results as YAML `model-index`, and the same in Markdown."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from faithlens.report.contents import Contents
from faithlens.report.methods import limits, methods
from faithlens.showing import numbers
from faithlens.showing.highlight import visible
from faithlens.showing.words import AXIS_MEANING, AXIS_NAME
from faithlens.stats import Rate
from faithlens.store import Run

if TYPE_CHECKING:
    from huggingface_hub import EvalResult

TASK = "visual-question-answering"

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~$])")


def card(run: Run) -> str:
    """YAML front matter with a `model-index`, then a Markdown section that says what was found and what was not.

    Only what is counted is in it, and the cases' and the model's names as text; nothing that the model wrote.
    """
    from huggingface_hub import ModelCardData

    contents = Contents(run)
    data = ModelCardData(model_name=contents.checkpoint, eval_results=_results(contents))
    return f"---\n{data.to_yaml()}\n---\n\n{_section(contents)}"


def _results(contents: Contents) -> list[EvalResult]:
    from huggingface_hub import EvalResult

    name = ", ".join(contents.sources)
    kind = ", ".join(contents.manifest["plan"]["sources"].values())
    lines: list[tuple[str, str, Rate]] = []
    overall = contents.summary.accuracy
    if overall:
        lines.append(("accuracy", "Accuracy", overall.get("all") or next(iter(overall.values()))))
    if contents.calibrated:
        lines += [
            (f"faithlens_{line.axis}", f"Failing replies: {AXIS_NAME[line.axis].lower()}", line.failing)
            for line in contents.summary.verdicts
            if line.failing.of
        ]
    return [
        EvalResult(
            task_type=TASK,
            dataset_type=kind,
            dataset_name=name,
            metric_type=metric,
            metric_name=title,
            metric_value=round(found.value, 4),
            metric_args={"of": found.of, "low": round(found.low, 4), "high": round(found.high, 4)},
        )
        for metric, title, found in lines
    ]


def plain(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", escape(" ".join(visible(text).split()), quote=False))


def _section(contents: Contents) -> str:
    lines = ["## Reasoning faithfulness", ""]
    if contents.calibrated:
        lines += [
            f"{numbers.share(contents.failing)} of {contents.failing.of} audited replies "
            f"({numbers.interval(contents.failing)}) fail on at least one axis. Verdicts are calibrated on this "
            "checkpoint.",
            "",
            "| failure | what it means | fails | 95 % interval | of | what a verdict can see here |",
            "|---|---|---|---|---|---|",
            *(
                f"| {AXIS_NAME[line.axis]} | {AXIS_MEANING[line.axis]} | {numbers.share(line.failing)} "
                f"| {numbers.interval(line.failing)} | {line.failing.of} | {contents.seen_by(line.axis)} |"
                for line in contents.summary.verdicts
            ),
        ]
    else:
        lines += [
            "No calibrated verdicts; the flags follow cut-offs that were published for other models.",
            "",
            "| failure | probe | flagged | 95 % interval | of |",
            "|---|---|---|---|---|",
            *(
                f"| {AXIS_NAME[line.axis]} | `{line.probe}` | {numbers.share(line.flagged)} "
                f"| {numbers.interval(line.flagged)} | {line.flagged.of} |"
                for line in contents.summary.probes
            ),
        ]
    if contents.summary.accuracy:
        lines += ["", "| modality | accuracy | 95 % interval | of |", "|---|---|---|---|"]
        lines += [
            f"| {plain(name)} | {numbers.share(found)} | {numbers.interval(found)} | {found.of} |"
            for name, found in contents.summary.accuracy.items()
        ]
    lines += ["", "**How it was measured.** " + plain(methods(contents)), "", "**Limits.**", ""]
    lines += [f"- {line}" for line in limits(contents)]
    return "\n".join(lines) + "\n"
