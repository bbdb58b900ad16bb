"""Which replies to show: strata, how many of each, and what the sample can tell about the whole run."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from faithlens.errors import SettingsError
from faithlens.records import Axis
from faithlens.review.candidates import TRAITS, Candidate
from faithlens.stats import wilson


@dataclass(frozen=True)
class Drawn:
    candidate: Candidate
    stratum: str


def stratified(candidates: Sequence[Candidate], by: Sequence[str], about: Axis | None) -> dict[str, list[Candidate]]:
    """Candidates by stratum, named as in "axis: contradictory, band: high"."""
    strata: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        strata[", ".join(f"{trait}: {TRAITS[trait](candidate, about)}" for trait in by)].append(candidate)
    return dict(sorted(strata.items()))


def allocate(sizes: Mapping[str, int], n: int) -> dict[str, int]:
    """`n` items shared equally among strata; what a small stratum cannot fill goes to the larger ones."""
    if n < len(sizes):
        raise SettingsError(
            f"{n} items cannot cover {len(sizes)} strata; give --n {len(sizes)} or more, or fewer traits in --by"
        )
    shares: dict[str, int] = {}
    left = n
    for rank, (stratum, size) in enumerate(sorted(sizes.items(), key=lambda pair: (pair[1], pair[0]))):
        shares[stratum] = min(size, left // (len(sizes) - rank))
        left -= shares[stratum]
    return shares


def draw(
    strata: Mapping[str, Sequence[Candidate]], shares: Mapping[str, int], about: Axis | None, seed: int
) -> list[Drawn]:
    """`shares[stratum]` candidates of each stratum, each with the same probability within it.

    Systematic over a random order sorted by all traits: whatever is no stratum of its own is still spread evenly.
    """
    drawn = []
    for stratum, members in strata.items():
        chance = random.Random(f"{seed} {stratum}")
        shuffled = chance.sample(list(members), len(members))
        spread = sorted(shuffled, key=lambda one: [trait(one, about) for trait in TRAITS.values()])
        step = len(spread) / shares[stratum] if shares[stratum] else 0.0
        start = chance.random()
        drawn += [Drawn(spread[int((start + i) * step)], stratum) for i in range(shares[stratum])]
    return drawn


def effective(weights: Sequence[float]) -> float:
    """How many equally weighted items the weighted ones are worth (Kish 1965, §11.7: (Σw)²/Σw²).

    It holds where the strata do not differ in the rate; where they do, as they are meant to, it errs on the safe side.
    """
    return sum(weights) ** 2 / sum(weight**2 for weight in weights) if weights else 0.0


def power_note(weights: Sequence[float], bands: Mapping[str, int], repeats: int) -> list[str]:
    """What a sample of this size can tell, one sentence each. `bands` counts the sampled replies of each band."""
    worth = round(effective(weights))
    note = [
        f"{len(weights)} of {round(sum(weights))} replies; for a rate over the whole run they count as {worth} (Kish): "
        f"if it is 10 %, the interval is {_interval(0.1, worth)}; if it is 50 %, {_interval(0.5, worth)}."
    ]
    for band, count in sorted(bands.items()):
        note.append(f"{count} in the band {band}: if 80 % of them are confirmed, {_interval(0.8, count)}.")
    if repeats:
        note.append(f"{repeats} repeats: if a rater says the same on 90 % of them, {_interval(0.9, repeats)}.")
    return [
        *note,
        "Intervals are 95 % (Wilson), for one rater; more raters of the same items make no more items.",
    ]


def _interval(share: float, of: int) -> str:
    low, high = wilson(round(share * of), of) if of else (0.0, 1.0)
    return f"{low:.0%} to {high:.0%}"
