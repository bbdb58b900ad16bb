"""What one concept of a clause does to one unit of an option: supports it, denies it, or says nothing of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from faithlens.contradiction.clauses import Clause
from faithlens.contradiction.lexicon import EXCLUSIVE, Hit, lexicon
from faithlens.contradiction.target import PLACES, Target, Targets
from faithlens.replies.wording import vocabulary

CONFLICT = -0.65
"""Effect of another value of a kind that has one: right on left, severe on mild."""
_COMMON = re.compile(r"\b(?:is|are) (?:\w+ly )?(?:common|frequent|rare|useful|important|possible)\b", re.IGNORECASE)
_VAGUE = vocabulary("abnormality lesion mass tumor edema fluid tear inflammation cancer")
_GENERAL = _VAGUE | vocabulary(
    "enlarged collapsed opacity infection soft_tissue_swelling organ_enlargement post_operative_changes scar blood_clot"
    " calcification nodule cavity filling_defect air_fluid_level"
)
"""Findings that may be meant for one of the options though none has them in its name."""


@dataclass(frozen=True)
class Read:
    """One concept in a clause, as it is meant there."""

    hit: Hit
    affirmed: bool
    strength: float


def effect(read: Read, unit: str, target: Target, clause: Clause, organs: frozenset[str]) -> float:
    """What one concept does to one unit of an option, in [-1, 1]."""
    lex, concept = lexicon(), read.hit.concept
    down, up = lex.distance(concept, unit), lex.distance(unit, concept)
    if concept == "normal":
        return _normaleffect(read, unit, target, organs)
    if target.absent:
        if target.sums_up and read.affirmed:
            return 0.0
        if down is not None:
            if read.affirmed:
                return -0.1 if is_place(read.hit) else -1.0
            if unit == "abnormality" and (down or read.hit.sense != "name"):
                return 0.4  # one thing that is not there leaves many others
            here = not down or not lex.sites(concept).isdisjoint(target.part.organs)
            return 1.0 if here else 0.5
        if up is not None:
            return (-0.4 if concept in ("abnormality", "lesion") else -0.8) if read.affirmed else 1.0
        return 0.0
    if read.affirmed:
        if lex.kind(concept) == "side" and _of_another(target, organs):
            return 0.0
        if down is not None:
            if lex.kind(unit) == "generic" and len(target.units) > 1:
                # a bleed in the brain is no "skull defect"
                return 0.6 if same_place(target, organs | lex.sites(concept)) else 0.0
            return max(0.95**down, 0.7)
        kind = lex.kind(concept)
        if kind in EXCLUSIVE:
            other = up is None and read.hit.sense == "name" and kind == lex.kind(unit)
            if kind == "side" and len(target.units) > 1 and not same_place(target, organs):
                return 0.0
            stated = clause.mood == "conclusion" or kind not in ("modality", "view", "weighting")
            return CONFLICT if other and stated else 0.0
        if _composes(read, unit, target, organs):
            return 0.85
        parent = up is not None and 0 < up <= 2 and kind in ("finding", "generic") and concept != "abnormality"
        if parent and (concept not in _VAGUE or target.said):
            return 0.35  # "there is a lesion", where a yes says that there is a mass
        return 0.0
    if unit == "abnormality" and read.hit.sense != "name":
        return -0.2 if is_finding(read.hit) else 0.0
    if up is None or (up and (read.hit.sense != "name" or is_place(read.hit))):
        return 0.0
    if up and not same_place(target, organs):
        return -0.2
    return -1.0 if up <= 1 else -0.8


def _composes(read: Read, unit: str, target: Target, organs: frozenset[str]) -> bool:
    """Whether organ and finding of a composed name stand in one clause: "a tear in this ligament"."""
    lex, concept = lexicon(), read.hit.concept
    if lex.kind(unit) != "finding" or lex.kind(concept) not in ("finding", "generic"):
        return False
    if not target.part.organs or not same_place(target, organs) or not organs:
        return False
    if concept in ("abnormality", "damage"):
        return lex.concepts[unit].wide
    # a fatty liver is liver disease, and no sign of another one
    findings = {name for name in target.part.findings if name != "abnormality" and not lex.concepts[name].wide}
    return any(lex.distance(concept, finding) is not None for finding in findings)


def same_place(target: Target, organs: frozenset[str]) -> bool:
    """Whether the organs of a clause are those of an option; also where either has none."""
    lex = lexicon()
    if not organs or not target.part.organs:
        return True
    return any(
        lex.distance(a, b) is not None or lex.distance(b, a) is not None for a in organs for b in target.part.organs
    )


def _of_another(target: Target, organs: frozenset[str]) -> bool:
    """Whether a side is that of another organ: "the liver is on the right", where the side of a kidney is asked for."""
    whole = bool(organs) and all(lexicon().kind(organ) == "organ" for organ in organs)
    return whole and len(target.units) == 1 and not same_place(target, organs)


def is_place(hit: Hit) -> bool:
    return lexicon().kind(hit.concept) in ("organ", "joint", "bone", "place")


def _normaleffect(read: Read, unit: str, target: Target, organs: frozenset[str]) -> float:
    kind = lexicon().kind(unit)
    if target.absent:
        return (0.35 if organs else 0.9) if read.affirmed else -0.8
    if kind == "generic":
        # one healthy organ leaves room for something wrong elsewhere
        return (-0.2 if organs else -0.8) if read.affirmed else 0.8
    if kind == "finding" and read.affirmed:
        if not organs:
            return -0.6
        if not target.part.organs:
            # "a normal chest" has no fracture either; "the liver is normal" says little of a finding without a place
            return -0.6 if any(_is_region(organ) for organ in organs) else -0.2
        if any(lexicon().distance(own, organ) is not None for own in target.part.organs for organ in organs):
            return -0.9
        # a part that is normal says little of the whole: "the discs are normal", of the spine
        return -0.2 if target.part.organs and same_place(target, organs) else 0.0
    return 0.0


def _is_region(organ: str) -> bool:
    """Whether a place is part of no other, as the chest and a knee are."""
    lex = lexicon()
    return not any(parent != organ and lex.kind(parent) in PLACES for parent in lex.above.get(organ, {}))


def elsewhere(clause: Clause, reads: Sequence[Read], known: Targets) -> float:
    """How firmly a clause concludes a finding that has nothing to do with any option."""
    if clause.mood != "conclusion" or _COMMON.search(clause.text):
        return 0.0
    lex = lexicon()
    units = {unit for target in known.options for unit in target.concepts}
    findings = [any(lex.kind(unit) == "finding" for unit in target.concepts) for target in known.options]
    if 2 * sum(findings) <= len(findings):
        return 0.0
    firm = 0.0
    for read in reads:
        concept = read.hit.concept
        if read.affirmed and read.hit.sense == "name" and lex.kind(concept) == "finding" and concept not in _GENERAL:
            near = any(lex.distance(concept, u) is not None or lex.distance(u, concept) is not None for u in units)
            if not near:
                firm = max(firm, read.strength)
    return firm


def is_finding(hit: Hit) -> bool:
    return lexicon().kind(hit.concept) in ("finding", "generic")
