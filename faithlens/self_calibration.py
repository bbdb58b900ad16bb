"""The calibration that an audit's verdicts rest on: one that was kept, or a small one of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from faithlens.calibration import Calibration, fingerprints, keep, lookup
from faithlens.calibration.measuring import measure
from faithlens.engine.cost import Cost
from faithlens.engine.subject import Subject
from faithlens.errors import SettingsError
from faithlens.material import Material, Progress
from faithlens.probes import Probe
from faithlens.records import Template
from faithlens.verbalisation import Judge


@dataclass(frozen=True)
class Rest:
    """What the verdicts of a run rest on."""

    calibration: Calibration | None
    origin: str
    """Where it is from, or why there is none."""
    cost: Cost

    @property
    def described(self) -> dict[str, Any]:
        """For the manifest."""
        cases = self.calibration.cases if self.calibration else 0
        return {"from": self.origin, "cases": cases, "cost": asdict(self.cost)}


NOT_ASKED = Rest(None, "not asked for", Cost())


def for_audit(
    place: Path,
    material: Material,
    key: str,
    subject: Callable[[Cost], Subject],
    about: dict[str, str],
    template: Template,
    probes: Sequence[Probe],
    max_new_tokens: int,
    seed: int,
    wanted: bool | None,
    progress: Progress,
    judge: Judge | None = None,
) -> Rest:
    """The kept calibration of this subject, else one measured on cases that the audit does not use.

    By default (`wanted` is None) only phantoms are measured on, since there are always more of them. It is put into
    `place`. Raises SettingsError where a calibration is wanted and no case is left over.
    """
    used, cost = fingerprints(item.case for item in material.items), Cost()
    found, origin = lookup(key, probes, used, [place]), "kept from an earlier one"
    if found is None and wanted is None and not material.fresh_phantoms:
        return Rest(None, "none kept for this checkpoint, prompt and probes; see `faithlens calibrate`", cost)
    if found is None:
        spare = [case for case in material.spare() if not used & fingerprints([case])]
        if len(spare) < 2:
            raise SettingsError(
                "--calibrate needs cases that the audit does not use; give --limit so that some are left over, "
                "or run `faithlens calibrate` on other cases first"
            )
        found = measure(
            subject, spare, template, probes, key, about, max_new_tokens, seed, progress, cost=cost, judge=judge
        )
        origin = "measured at a reduced size by this audit, on cases that it does not use"
        keep(found)
    keep(found, place)
    return Rest(found, origin, cost)
