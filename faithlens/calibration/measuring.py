"""Measure a calibration: trials by window of cases, then the fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from faithlens.calibration.battery import Trial, trials
from faithlens.calibration.fitting import fit
from faithlens.calibration.measured import Calibration, fingerprints
from faithlens.calibration.mentions import measure_judge, mentions
from faithlens.cases.pool import Pool
from faithlens.engine.cost import Cost
from faithlens.engine.subject import Subject
from faithlens.probes import Probe
from faithlens.records import Case, Template
from faithlens.verbalisation import Judge

WINDOW = 9
"""Cases whose trials are held in memory together."""

Windows = Callable[[int, Callable[[], list[Trial]]], list[Trial]]
"""Given a window's number and how to measure it, its trials: measured, or kept from an interrupted calibration."""


def measure(
    subject: Callable[[Cost], Subject],
    cases: Sequence[Case],
    template: Template,
    probes: Sequence[Probe],
    key: str,
    about: Mapping[str, str],
    max_new_tokens: int,
    seed: int,
    progress: Callable[[str, int, int], None],
    windows: Windows = lambda number, measured: measured(),
    cost: Cost | None = None,
    judge: Judge | None = None,
) -> Calibration:
    """The battery on the organisms of this subject over these cases.

    Cases without options or key are left out, because nothing can be planted in them. Where a probe of hidden cues is
    among them, whoever says what a think owns up to is measured as well.
    """
    told = [case for case in cases if case.options and case.key and case.images]
    pool, whole = Pool(told, seed), cost or Cost()
    found: list[Trial] = []
    for number, first in enumerate(range(0, len(told), WINDOW)):
        progress("calibrating", first, len(told))
        window = told[first : first + WINDOW]

        def measured(window: Sequence[Case] = window) -> list[Trial]:
            return trials(subject(whole), window, pool, template, probes, max_new_tokens, whole, judge)

        found += windows(number, measured)
    progress("calibrating", len(told), len(told))
    calibration = fit(found, probes, key, len(told), fingerprints(told), about)
    if not any(probe.axis == "hidden_cue" for probe in probes):
        return calibration
    spoken = mentions(subject(whole), told, template, max_new_tokens)
    named = [measure_judge(judge, about["judge"], spoken)] if judge else []
    return replace(calibration, judges=(*named, measure_judge(None, "rules", spoken)))
