"""One verdict from several causes, by three rules, on the organisms of a calibration: `combination.py CALIBRATION`.

Every organism that fails for one cause is put before the probes of the other causes too (see `Specimen.stands_by`).
Each probe's log-odds are those of the calibration; the rules differ in what they make of them.
"""

from __future__ import annotations

import argparse
import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean

from faithlens.calibration import Trial, load
from faithlens.calibration.measured import sigmoid, strongest
from faithlens.stats import auroc, tpr_at_fpr
from faithlens.store import read

Told = Sequence[tuple[str, float]]
"""Cause and log-odds of each probe that scored a reply."""


def noisy_or(told: Told) -> float:
    """Probability that some cause is there, were they independent; the mean log-odds where a cause has several."""
    by_cause: dict[str, list[float]] = defaultdict(list)
    for cause, value in told:
        by_cause[cause].append(value)
    return 1 - math.prod(1 - sigmoid(fmean(values)) for values in by_cause.values())


RULES: dict[str, Callable[[Told], float]] = {
    "mean of all": lambda told: fmean(value for _, value in told),
    "strongest cause": strongest,
    "noisy-or": noisy_or,
}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("calibration", type=Path)
    folder = parser.parse_args().calibration
    found = load(folder / "calibration.json")
    rows = [row for part in sorted((folder / "trials").glob("*.parquet")) for row in read(part, Trial)]
    print(
        "| axis | causes | failing / sound | rule | AUROC (DeLong 95 %) | TPR at 5 % FPR |\n|---|---|---|---|---|---|"
    )
    for axis in found.axes:
        maps = {probe.probe: probe for probe in found.probes if probe.probe in axis.probes}
        causes = {probe.cause for probe in maps.values()}
        if len(causes) < 2:
            continue
        told: dict[tuple[str, str, str, bool], list[tuple[str, float]]] = defaultdict(list)
        for row in rows:
            if row.probe in maps and row.failing is not None and not math.isnan(row.score):
                probe = maps[row.probe]
                reply = (row.case_id, row.specimen, row.group, row.failing)
                told[reply].append((probe.cause, probe.log_odds(row.score)))
        for name, rule in RULES.items():
            parts = {t: [(rule(said), key[2]) for key, said in told.items() if key[3] is t] for t in (True, False)}
            failing, sound = ([value for value, _ in parts[truth]] for truth in (True, False))
            area = auroc(failing, sound, [g for _, g in parts[True]], [g for _, g in parts[False]])
            tpr, _ = tpr_at_fpr(failing, sound)
            size = f"{len(failing)} / {len(sound)}"
            cells = f"{area.value:.2f} ({area.low:.2f}-{area.high:.2f}) | {tpr:.2f}"
            print(f"| {axis.axis} | {len(causes)} | {size} | {name} | {cells} |")


if __name__ == "__main__":
    main()
