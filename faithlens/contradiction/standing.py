"""Where a think leaves each option after its last clause, and the words that put it there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from faithlens.contradiction.events import Event, Step
from faithlens.contradiction.target import Targets
from faithlens.records import Role

_BROAD = frozenset({"abnormality"})
_ENOUGH = 3
"""Clauses about this image beyond which more say nothing more."""
_LOCAL = 0.3
"""Amounts below which an absence is only said of a part."""


@dataclass(frozen=True)
class Words:
    """Characters `start` up to `end` of the think, and what they do for which option; a hedge is for none."""

    start: int
    end: int
    role: Role
    option: int | None


@dataclass(frozen=True)
class Standing:
    """How a think leaves each option, in [-1, 1]: by what it says of it, and by its bare letter (or yes, or no)."""

    said: tuple[float, ...]
    lettered: tuple[float, ...]
    words: tuple[Words, ...]
    told: float
    """In [0, 1]: how many clauses say something of this image, whichever option it is for, of three or of all."""
    concludes: bool
    elsewhere: frozenset[int]
    """Options that the conclusion leaves out, where it names a finding that is none of theirs."""


def stand(sequence: Sequence[Step], known: Targets) -> Standing:
    """Where the options stand after the last clause: the last commitment counts."""
    count = len(known.options)
    said, lettered = [0.0] * count, [0.0] * count
    words: list[Words] = []
    elsewhere, where = 0.0, (0, 0)
    for before, step in zip([None, *sequence], sequence, strict=False):
        if before is not None and _spells_out(before, step):
            lettered = [0.0 if value > 0 else value for value in lettered]
        if step.corrects:
            said = [value * 0.3 if value > 0 else value * 0.6 for value in said]
            lettered = [value * 0.2 for value in lettered]
        if step.withholds:
            said = [0.4 * value if 0 < value < 0.5 else value for value in said]
        concluded = {e.option for e in step.events if e.concludes and e.amount >= 0.5 and not e.lettered}
        named = {e.option for e in step.events if e.lettered and e.amount >= 0.5}
        denied = bool(said) and max(said) <= -0.3
        for event in step.events:
            channel = lettered if event.lettered else said
            # an option that has been ruled out, with all others or before a forced choice, is named without a reason
            empty = denied or (said[event.option] <= -0.4 and step.forced)
            amount = event.amount * (0.1 if empty and event.concludes and event.amount > 0 else 1)
            if known.options[event.option].absent and channel[event.option] < -0.3 and 0 < amount < _LOCAL:
                amount *= 0.2  # what is healthy elsewhere does not undo what was found
            channel[event.option] = moved(channel[event.option], amount)
            words.append(Words(event.start, event.end, _role(event), event.option))
        if step.events:
            words += [Words(start, end, "hedge", None) for start, end in step.hedges]
        if concluded:
            firm = max(event.amount for event in step.events if event.option in concluded)
            for option in range(count):
                if option not in concluded:
                    said[option] *= 1 - 0.65 * firm if said[option] > 0 else 1
                    lettered[option] *= 1 - 0.5 * firm if lettered[option] > 0 else 1
            elsewhere = 0.0
        for option in range(count):
            # a bare letter takes back other letters, and a little of what was only claimed
            if named and option not in named:
                lettered[option] *= 0.2 if lettered[option] > 0 else 1
                said[option] *= 0.75 if 0 < said[option] < 0.7 else 1
        if step.elsewhere >= 0.7 and not concluded:
            elsewhere, where = step.elsewhere, step.span
    none = [option for option, target in enumerate(known.options) if target.sums_up == "none"]
    left_out: list[int] = []
    if elsewhere and max(said) < 0.3 and max(lettered) < 0.3:
        # a finding that is no option's leaves open whether there is "no fracture"
        left_out = [k for k, t in enumerate(known.options) if k not in none and (not t.absent or _BROAD & t.concepts)]
        said = [0.5 if option in none else value for option, value in enumerate(said)]
        words += [Words(*where, "supports" if k in none else "denies", k) for k in sorted({*none, *left_out})]
    elif count > 1:
        said = _eliminated(said)
    said = _left_open(_summed_up(said, known), known, sequence)
    told = min(sum(step.tells for step in sequence) / max(min(len(sequence), _ENOUGH), 1), 1.0)
    return Standing(
        tuple(said), tuple(lettered), tuple(words), told, any(step.concludes for step in sequence), frozenset(left_out)
    )


def _spells_out(before: Step, step: Step) -> bool:
    """Whether a clause goes on with the words of another option than the letter that was just given: "D, the cyst"."""
    letters = {event.option for event in before.events if event.lettered and event.amount >= 0.5}
    spelt = {event.option for event in step.events if not event.lettered and event.amount > 0.1}
    return bool(letters and spelt) and not letters & spelt and 0 <= step.span[0] - before.span[1] <= 3


def moved(value: float, amount: float) -> float:
    """A value in [-1, 1] after one more piece of evidence; none leads out of that range."""
    return value + amount * (1 - value) if amount >= 0 else value + amount * (1 + value)


def _eliminated(said: list[float]) -> list[float]:
    """Where all but one are denied, the one that is left is meant."""
    left = [option for option, value in enumerate(said) if value > -0.1]
    denied = [-value for option, value in enumerate(said) if option not in left]
    if len(left) == 1 and min(denied) >= 0.3:
        said[left[0]] = max(said[left[0]], min(denied[0] if len(denied) == 1 else min(denied) + 0.1, 0.5))
    return said


def _summed_up(said: list[float], known: Targets) -> list[float]:
    """Where every other option is spoken for, "all of the above" is meant, and none of them alone."""
    summing = [option for option, target in enumerate(known.options) if target.sums_up == "all"]
    single = [value for option, value in enumerate(said) if not known.options[option].sums_up]
    if summing and len(single) > 1 and min(single) >= 0.3:
        return [max(value, min(single)) if option in summing else 0.3 * value for option, value in enumerate(said)]
    return said


def _left_open(said: list[float], known: Targets, sequence: Sequence[Step]) -> list[float]:
    """Where a think stays unsure, options that leave the question open are meant, else those that do not."""
    undecided = [option for option, target in enumerate(known.options) if target.undecided]
    if not undecided or len(undecided) == len(said):
        return said
    unsure = _stays_unsure(sequence)
    decided = [value for option, value in enumerate(said) if option not in undecided]
    leaning = max(decided) > 0.2
    found: list[float] = []
    for option, value in enumerate(said):
        if option not in undecided:
            found.append(0.4 * value if unsure and value > 0 else value)
        elif not unsure:
            found.append(min(value, 0.0) - 0.4 * max(0.0, *decided))
        else:
            meant = bool(known.options[option].units) == leaning
            found.append(0.6 if meant else 0.1)
    return found


def _stays_unsure(sequence: Sequence[Step]) -> bool:
    """Whether the second half of a think declines to decide, or hedges a third of what it says there."""
    late = sequence[len(sequence) // 2 :]
    telling = [step for step in late if step.events]
    hedged = [step for step in late if step.hedges]
    return any(step.withholds for step in late) or 3 * len(hedged) > len(telling)


def _role(event: Event) -> Role:
    if event.amount < 0:
        return "denies"
    return "conclusion" if event.concludes else "supports"
