"""What each probe can see on one checkpoint, measured on organisms of that checkpoint."""

from faithlens.calibration.battery import Trial, specimens, trials
from faithlens.calibration.fitting import fit
from faithlens.calibration.measured import (
    THRESHOLDS,
    Agreement,
    AxisMeasured,
    Calibration,
    ProbeMeasured,
    fingerprints,
)
from faithlens.calibration.mentions import JudgeMeasured
from faithlens.calibration.shelf import keep, load, lookup, shelf, subject_key

__all__ = [
    "THRESHOLDS",
    "Agreement",
    "AxisMeasured",
    "Calibration",
    "JudgeMeasured",
    "ProbeMeasured",
    "Trial",
    "fingerprints",
    "fit",
    "keep",
    "load",
    "lookup",
    "shelf",
    "specimens",
    "subject_key",
    "trials",
]
