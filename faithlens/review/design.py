"""How a review set is drawn and shown."""

from __future__ import annotations

import re
from dataclasses import dataclass

from faithlens.errors import SettingsError
from faithlens.records import AXES, Axis
from faithlens.review.candidates import TRAITS

USUAL = 60
"""Replies that are sampled where nobody says how many."""


@dataclass(frozen=True)
class Design:
    """The same design on the same run gives the same set."""

    n: int | None = None
    """Replies that are sampled in all."""
    per_stratum: int | None = None
    """Or in each stratum."""
    by: tuple[str, ...] = ("axis", "band")
    """Traits that make the strata; the others are spread evenly within them."""
    about: Axis | None = None
    """Strata are about this axis alone; None: about whichever is highest."""
    raters: tuple[str, ...] = ("rater-1", "rater-2")
    repeats: float = 0.1
    """Share of the sampled replies that come twice."""
    catches: int = 4
    """Planted items with a known answer."""
    overlay: bool = False
    """Every sampled reply once more with a map or regions of interest drawn over its image, where it has any."""
    second_round: bool = False
    """A second set of the sampled replies with what the audit found, to measure how far that moves raters."""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.n is not None and self.per_stratum is not None:
            raise SettingsError("--n and --per-stratum both say how many; give one of them")
        for name in ("n", "per_stratum"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise SettingsError(f"{name} is {value}; it has to be at least 1")
        if not self.by or len(set(self.by)) < len(self.by) or not set(self.by) <= TRAITS.keys():
            raise SettingsError(f"by is {','.join(self.by)!r}; give some of {', '.join(TRAITS)}, each once")
        if self.about is not None and self.about not in AXES:
            raise SettingsError(f"unknown axis {self.about!r}; use one of {', '.join(AXES)}")
        if not 0 <= self.repeats <= 1:
            raise SettingsError(f"repeats is {self.repeats}; it is a share, from 0 to 1")
        if self.catches < 0:
            raise SettingsError(f"catches is {self.catches}; it has to be at least 0")
        named = all(re.fullmatch(r"[\w-]{1,40}", rater) for rater in self.raters)
        if not self.raters or not named or len({rater.lower() for rater in self.raters}) < len(self.raters):
            raise SettingsError(
                f"raters are {', '.join(self.raters)!r}; give names of letters, digits, - and _, no two alike: "
                "files are named after them"
            )
