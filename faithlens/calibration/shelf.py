"""Where calibrations are kept, so that a second audit of the same checkpoint does not pay again.

$FAITHLENS_CACHE/calibrations/<subject>-<cases and probes>.json, by default under ~/.cache/faithlens.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from faithlens.calibration.measured import Agreement, AxisMeasured, Calibration, ProbeMeasured
from faithlens.calibration.mentions import JudgeMeasured
from faithlens.errors import RunError
from faithlens.organisms import discover
from faithlens.probes import Probe
from faithlens.records import Template
from faithlens.stats import Auroc, Rate

FORMAT = 1


def subject_key(weights_sha256: str, adapter: str | None, template: Template, asked: Mapping[str, Any]) -> str:
    """Hash of what a calibration holds for: weights, adapter, prompt, how it is asked, and the organisms' versions."""
    organisms = {name: kind.version for name, kind in discover().items()}
    whole = [weights_sha256, adapter, asdict(template), dict(asked), organisms]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def shelf() -> Path:
    home = os.environ.get("FAITHLENS_CACHE")
    return (Path(home) if home else Path.home() / ".cache" / "faithlens") / "calibrations"


def keep(calibration: Calibration, path: Path | None = None) -> Path:
    """Write a calibration, by default onto the shelf."""
    if path is None:
        probes = [[measured.probe, measured.version, measured.settings] for measured in calibration.probes]
        used = hashlib.sha256(json.dumps([calibration.fingerprints, probes]).encode()).hexdigest()
        path = shelf() / f"{calibration.subject[:16]}-{used[:8]}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    content = {"format": FORMAT, **_plain(asdict(calibration))}
    temporary.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    temporary.replace(path)
    return path


def load(path: Path) -> Calibration:
    """The calibration in a file. Raises RunError for a file that holds none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content.pop("format") != FORMAT:
            raise RunError(f"{path} is a calibration of another format; delete it and calibrate again")
        return Calibration(
            content["subject"],
            content["cases"],
            tuple(content["fingerprints"]),
            tuple(ProbeMeasured(**_measured(row)) for row in content["probes"]),
            tuple(AxisMeasured(**{**_measured(row), "probes": tuple(row["probes"])}) for row in content["axes"]),
            tuple(Agreement(**_measured(row)) for row in content["agreement"]),
            content["about"],
            tuple(JudgeMeasured(**_judge(row)) for row in content.get("judges", ())),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RunError(f"cannot read {path} as a calibration: {error!r}; delete it and calibrate again") from error


def lookup(
    subject: str, probes: Iterable[Probe], used: frozenset[str], beside: Iterable[Path] = ()
) -> Calibration | None:
    """The kept calibration of this subject with most cases that covers the probes and shares no case with `used`.

    Looks into the given files first and then onto the shelf; files that cannot be read are passed over.
    """
    probes = [probe for probe in probes if probe.axis != "malformed"]
    found = []
    for path in [*beside, *sorted(shelf().glob(f"{subject[:16]}-*.json"))]:
        try:
            calibration = load(path)
        except RunError:
            continue
        if calibration.subject == subject and calibration.covers(probes) and not used & {*calibration.fingerprints}:
            found.append(calibration)
    return max(found, key=lambda calibration: calibration.cases, default=None)


def _judge(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as it was, with its rates."""
    return {**row, **{name: Rate(**row[name]) for name in ("sensitivity", "specificity")}}


def _plain(value: Any) -> Any:
    """NaN as null, all the way down; JSON has no word for it."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _measured(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as it was, with NaN for null."""
    values: dict[str, Any] = {key: math.nan if value is None else value for key, value in row.items()}
    if "auroc" in values:
        values["auroc"] = Auroc(**_measured(values["auroc"]))
    if "curve" in values:
        values["curve"] = tuple((fpr, tpr) for fpr, tpr in values["curve"])
    return values
