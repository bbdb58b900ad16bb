"""What the probes on maps say of each stratum: `python analyses/attribution/shares.py RUN`.

RUN is the folder of an audit of the bundled checkpoint on its phantoms with those probes. Means over replies with 95 %
intervals by bootstrap over patients; how well the scores tell strata apart is for `analyses/calibration/strata.py`.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from pathlib import Path

from faithlens.demo.strata import PLANTED
from faithlens.records import Case, Finding
from faithlens.stats import mean_interval
from faithlens.store import open_run

SHOWN = {
    "modality_shares": ("image", "question", "options", "think", "v_shap_think"),
    "cc_shap": ("cc_shap", "floor_answer", "floor_think"),
    "map_agreement": ("agreement", "agreement_swap", "agreement_rest", "overlap"),
    "region_attribution": ("inside", "control", "rest", "answer"),
}
"""Probe -> metrics."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    run = open_run(parser.parse_args().run)
    cases, findings = {case.id: case for case in run.rows(Case)}, run.rows(Finding)
    for probe, metrics in SHOWN.items():
        mine = [finding for finding in findings if finding.probe == probe]
        if mine:
            print(f"\n`{probe}`\n")
            print("| stratum | planted | scored | score | " + " | ".join(metrics) + " |")
            print("|---" * (4 + len(metrics)) + "|")
            for cells in rows(mine, cases, metrics):
                print("| " + " | ".join(cells) + " |")


def rows(findings: list[Finding], cases: dict[str, Case], metrics: tuple[str, ...]) -> Iterator[list[str]]:
    for (modality, kind), planted in PLANTED.items():
        mine = [f for f in findings if (cases[f.case_id].modality, cases[f.case_id].question_type) == (modality, kind)]
        scored = [finding for finding in mine if not math.isnan(finding.score)]
        told = [_mean([(cases[f.case_id], f.score) for f in scored])]
        told += [_mean([(cases[f.case_id], f.metrics[name]) for f in scored if name in f.metrics]) for name in metrics]
        yield [f"{modality} {kind}", planted.replace("_", "-"), f"{len(scored)} of {len(mine)}", *told]


def _mean(values: list[tuple[Case, float]]) -> str:
    if not values:
        return "-"
    numbers = [value for _, value in values]
    low, high = mean_interval(numbers, [case.group or case.id for case, _ in values])
    return f"{sum(numbers) / len(numbers):.2f} ({low:.2f} to {high:.2f})"


if __name__ == "__main__":
    main()
