"""What each option claims, as concepts: the question's proposition for yes and no, and options that say "nothing"."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from faithlens.contradiction.lexicon import Hit, Lexicon, lexicon
from faithlens.contradiction.numbers.counts import counts
from faithlens.contradiction.numbers.quantities import measures
from faithlens.contradiction.numbers.scales import scale
from faithlens.contradiction.numbers.staging import sized
from faithlens.contradiction.plans import actions, asks_for_action, family, without_actions
from faithlens.contradiction.target import PLACES, Part, Target, Targets, Unit
from faithlens.contradiction.tokens import Token, tokens
from faithlens.replies.wording import vocabulary

_STOPWORDS = vocabulary(
    "a an the of in on at to and or with for by from is are was were be it its it's this that these those there not"
    " image images picture x show shows shown see seen appear appears only alone isolated just presence present"
    " indicate indicates due sign"
    " signs some any can will but which who as into than type dataset"
)
_NEGATING = vocabulary("no not none without negative absence absent never nothing neither")
_YES = vocabulary("yes yeah true present positive")
_NO = vocabulary("no nope false")
_NONE = re.compile(r"\W*(?:none|neither|not any|no one|nothing) (?:of|in) (?:the|these|those|them)\b", re.IGNORECASE)
_ALL = re.compile(
    r"\W*(?:all|both|each|any) (?:of )?(?:the |these |those )?(?:above|options|listed|mentioned|of these|"
    r"of them)\b",
    re.IGNORECASE,
)
_ASKS_FOR_ABSENCE = re.compile(
    r"\b(?:(?:which|what|all|each)\b.*\b(?:not|isn't|aren't|cannot|except|excluding|absent|missing|lacking)\b"
    r"(?! (?:only|just))(?!(?:\W+\w+){0,6}\W+(?:normal|healthy|usual|usually|typical|typically|expected|intact|"
    r"as it)\b)|"
    r"except\W*$)",
    re.IGNORECASE | re.DOTALL,
)
_ASKS_IF_SOUND = re.compile(
    r"^\W*(?:is|are|does|do|was|were)\b.*\b(?:clear|intact|healthy|unremarkable|correct(?:ly)?|proper(?:ly)?|"
    r"adequate(?:ly)?|"
    r"satisfactor(?:y|ily)|appropriate(?:ly)?|well[- ]\w+|in (?:place|position|order)|patent|preserved|free)\b",
    re.IGNORECASE,
)
_UNDECIDED = re.compile(
    r"\W*(?:cannot|can't|can not|unable|unclear|uncertain|indeterminate|inconclusive|undetermined|not (?:sure|enough|"
    r"possible|visible|assessable|evaluable)|maybe|possibly|unknown|equivocal|insufficient)\b|"
    r".*(?:\b(?:i'm|i am|we are|we're|it's|it is) (?:not (?:sure|certain|possible|clear)|unsure|difficult|hard|"
    r"impossible|inconclusive|unclear|uncertain|indeterminate)\b|"
    r"\b(?:i|we|one) (?:can't|cannot|can not|could not|couldn't) "
    r"(?:say|tell|determine|decide|be sure)\b|\bthere (?:is|may be|might be) (?:a |some )?possib\w+|"
    r"\bfurther (?:tests?|testing|imaging|studies|evaluation) (?:is|are|would be|will be) "
    r"(?:needed|required|necessary)|\btoo (?:low|poor|bad|blurred|blurry|dark)\b)",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"\b(?:looks?|seems?|appears?|might be|may be|possibility of|probably|likely)\b(?=.*\b(?:ab)?normal)|"
    r"\b(?:might|may|could) be an?\b",
    re.IGNORECASE,
)
"""An undecided option that says which way it leans all the same."""
_CONTEXT = vocabulary("modality organ bone joint")
_ABNORMAL = frozenset({"finding", "generic"})
_GRADED = ("severity", "number", "time", "density", "change", "direction", "location", "state")
"""Kinds of which an option has a value only where another option has one: "middle" is no degree in "middle artery"."""
_NOTHING = (("none",), ("absent",), ("nil",))
_NUMERIC = vocabulary("number stage severity word word_group time weighting change")
_RANK = ("position", "contrast", "device", "finding", "view", "weighting", "side", "severity", "state", "generic")


@lru_cache(maxsize=512)
def targets(question: str, options: tuple[str, ...]) -> Targets:
    """The options of one question as targets."""
    worded = [tokens(option[:600]) for option in options]
    heads = [words[0].lower if words else "" for words in worded]
    open_ = [_UNDECIDED.match(option) is not None for option in options]
    answers = [head in _YES | _NO for head in heads]
    decided = [head for head, leaves in zip(heads, open_, strict=True) if not leaves and head in _YES | _NO]
    enough = len(decided) >= 2 or (len(decided) == 1 and sum(open_) >= 2)
    yes_no = enough and bool({*decided} & {"yes", "no"}) and all(a or b for a, b in zip(answers, open_, strict=True))
    if yes_no:
        listed = [
            _undecided(words, options[at])
            if open_[at]
            else _yes_no(question, words, words[0].lower in _YES)
            if answers[at]
            else _plain(words)
            for at, words in enumerate(worded)
        ]
    else:
        listed = _told_apart(_ungraded([_plain(words) for words in worded]), worded)
        listed = [_summing_up(target, text) for target, text in zip(listed, options, strict=True)]
    planned = asks_for_action(question)
    listed = [_none_of(t, question) if t.stems in _NOTHING and _are_graded(listed) else t for t in listed]
    graded, counted = scale(question, options), counts(question, options)
    measured = measures(question, options) or sized(graded)
    for numbers in filter(None, (measured, graded, counted)):
        listed = [_unnumbered(t, question) if at in numbers.pure else t for at, t in enumerate(listed)]
    weighted = _weighted(listed)
    if planned and not yes_no:
        weighted = _as_actions(weighted, worded)
    known = lexicon()
    kinds = {known.kind(unit.concept) for target in weighted for unit in target.units}
    loose = {unit.concept for target in weighted for unit in target.units if known.kind(unit.concept) == "word"}
    asked, _ = _claims(tokens(question[:2000]))
    if kinds == {"side"}:
        # the liver on the right says nothing of the side of a kidney stone
        place = _part(tokens(question[:2000]), asked)
        weighted = [replace(target, part=place) for target in weighted]
    places = [bool(target.units) and all(_is_spot(known, unit) for unit in target.units) for target in weighted]
    localises = (
        2 * sum(places) > len(places)
        and any(known.kind(unit.concept) in PLACES for target in weighted for unit in target.units)
        and any(known.kind(name) in _ABNORMAL for name in asked)
    )
    missed = not yes_no and _ASKS_FOR_ABSENCE.search(question[:2000]) is not None
    localises = localises and not missed
    return Targets(tuple(weighted), frozenset(loose), yes_no, localises, missed, measured, graded, counted, planned)


def _are_graded(listed: list[Target]) -> bool:
    """Whether most options are degrees or numbers."""
    kinds = [{lexicon().kind(unit.concept) for unit in target.units} for target in listed]
    return 2 * sum(bool(own & {"severity", "number", "stage"}) for own in kinds) > len(listed)


def _none_of(target: Target, question: str) -> Target:
    """An option "None" among degrees or numbers, as the absence of the finding that the question asks about."""
    words = tokens(question[:2000])
    claims, _ = _claims(words)
    found = [name for name in _proposition(claims) if lexicon().kind(name) == "finding"] or ["abnormality"]
    return replace(target, units=_units(found[:1]), absent=True, part=_part(words, found))


def _as_actions(listed: list[Target], worded: list[list[Token]]) -> list[Target]:
    """Options as what they propose to do; what it is done with, and words around it, weigh little."""
    named = [actions(words) for words in worded]
    families = [{family(hit.concept) for hit in hits} for hits in named]
    found: list[Target] = []
    for at, (target, hits) in enumerate(zip(listed, named, strict=True)):
        others = {name for k, own in enumerate(families) if k != at for name in own}
        # "operate" is enough where one option only is an operation
        chosen = dict.fromkeys(own if (own := family(hit.concept)) not in others else hit.concept for hit in hits)
        covered = {stem for hit in hits for stem in target.stems[hit.first : hit.last]}
        kinds = {unit.concept: lexicon().kind(unit.concept) for unit in target.units}
        chosen |= {name: None for name, kind in kinds.items() if kind == "procedure" and not family(name)}
        tools = [u for u in target.units if kinds[u.concept] == "modality"]
        denied = target.absent and not any(target.stems[hit.first] == "no" for hit in hits)
        units = (
            *(Unit(name, 0.5 if name in others else 1.0) for name in chosen),
            *(replace(unit, weight=0.3) for unit in tools),
        )
        found.append(replace(target, units=units, absent=denied) if covered else target)
    return found


def _unnumbered(target: Target, question: str) -> Target:
    """An option that is a number, without the words that its number is read from."""
    units = tuple(unit for unit in target.units if lexicon().kind(unit.concept) not in _NUMERIC)
    words = tokens(question[:2000])
    return replace(target, units=units, part=_part(words, _claims(words)[0]))


def _is_spot(known: Lexicon, unit: Unit) -> bool:
    return known.kind(unit.concept) in PLACES | {"word", "side"}


def _claims(words: list[Token]) -> tuple[list[str], bool]:
    """Concepts and left-over words that a text names, and whether it negates them."""
    known = lexicon()
    hits = [hit for hit in without_actions(known.hits(words)) if hit.sense == "name"]
    hits = [hit for hit in hits if not any(_inside(known, hit, other) for other in hits)]
    covered = {at for hit in hits for at in range(hit.first, hit.last)}
    best: list[str] = []
    for hit in hits:
        same = [other.concept for other in hits if (other.first, other.last) == (hit.first, hit.last)]
        # "growth" is a mass and a tumor: the first that the lexicon lists stands for both, or one that is a kind of it
        chosen = next((name for name in same if name != same[0] and known.distance(name, same[0])), same[0])
        if chosen not in best:
            best.append(chosen)
    if len(best) > 1 and "normal" in best:
        best.remove("normal")
        best.insert(0, "normal")
    rest = [
        word.stem
        for at, word in enumerate(words)
        if at not in covered and word.lower not in _STOPWORDS and word.lower not in _NEGATING and len(word.stem) > 1
    ]
    negated = any(word.lower in _NEGATING for at, word in enumerate(words) if at not in covered)
    # in an option that is a whole sentence the left-over words say little
    return best + ([] if best and len(words) > 6 else rest), negated


def _inside(known: Lexicon, hit: Hit, other: Hit) -> bool:
    """Whether a word is only part of a longer name: the kidney in "kidney stone", "middle" in "middle lobe"."""
    shorter = hit.last - hit.first < other.last - other.first and other.first <= hit.first and hit.last <= other.last
    between = other.gap[0] <= hit.first and hit.last <= other.gap[1]
    if shorter and not between and known.kind(other.concept) == "finding":
        return True  # "fatty" in "fatty liver", not "left" in "stone in the left kidney"
    kind = known.kind(hit.concept)
    if kind in PLACES:
        return shorter and known.kind(other.concept) in ("finding", "joint", "device")
    return shorter and kind in ("position", "number", "severity", "change", "direction", "location", "density", "time")


def _part(words: list[Token], named: list[str]) -> Part:
    known = lexicon()
    kinds = {hit.concept: known.kind(hit.concept) for hit in known.hits(words) if hit.sense == "name"}
    organs = {concept for concept, kind in kinds.items() if kind in PLACES}
    findings = {
        parent
        for name in named
        if known.kind(name) == "finding" and name in known.concepts
        for parent in known.above.get(name, {})
        if parent != name and parent not in ("abnormality", "lesion")
    } or {"abnormality"}
    for name in named:
        organs |= known.sites(name)
    return Part(frozenset(organs), frozenset(findings))


def plain_target(text: str) -> Target:
    """What an option claims by itself, whatever is asked and offered."""
    return _plain(tokens(text))


def _plain(words: list[Token]) -> Target:
    stems = tuple(word.stem for word in words)
    # "No, it's normal" does not deny that it is normal
    answers = len(words) > 1 and words[0].lower in _YES | _NO and "," in words[1].gap
    named, negated = _claims(words[1:] if answers else words)
    if "normal" in named and not negated:
        organs = [name for name in named if lexicon().kind(name) in _CONTEXT]
        return Target(_units(["abnormality", *organs][:1]), True, stems)
    if negated and not named:
        return Target(_units(["abnormality"]), True, stems)
    return Target(_units(named), negated, stems, part=_part(words, named))


def _ungraded(listed: list[Target]) -> list[Target]:
    """Options without degrees, numbers or directions that no other option has too, where they say anything else."""
    known = lexicon()
    kinds = [{known.kind(unit.concept) for unit in target.units} for target in listed]
    found: list[Target] = []
    for at, target in enumerate(listed):
        others = {kind for k, own in enumerate(kinds) if k != at for kind in own}
        units = tuple(u for u in target.units if (kind := known.kind(u.concept)) not in _GRADED or kind in others)
        found.append(replace(target, units=units) if units else target)
    return found


def _told_apart(listed: list[Target], worded: list[list[Token]]) -> list[Target]:
    """Options that the lexicon takes for one ("Smith fracture", "Colles fracture") with the words that differ."""
    found: list[Target] = []
    for target, words in zip(listed, worded, strict=True):
        alike = [other for other in listed if other is not target and other.absent == target.absent]
        if target.units and any(target.concepts <= other.concepts for other in alike):
            stems = {stem for other in alike for stem in other.stems}
            own = [word for word in words if word.stem not in stems and word.lower not in _STOPWORDS | _NEGATING]
            names = dict.fromkeys(_single(word) for word in own[:4])
            more = tuple(Unit(name, 1.0) for name in names if name not in target.concepts and len(name) > 1)
            target = replace(target, units=target.units + more)
        found.append(target)
    return found


def _summing_up(target: Target, option: str) -> Target:
    """What "none of the above" claims: that nothing is found; "all of the above" has no words of its own."""
    if _NONE.match(option):
        return Target((Unit("abnormality", 1.0),), True, target.stems, sums_up="none")
    return Target((), False, target.stems, sums_up="all") if _ALL.match(option) else target


def _undecided(words: list[Token], option: str) -> Target:
    """An option that leaves the question open: what it leans to, if it says so."""
    stems = tuple(word.stem for word in words)
    leans = _LEANS.search(option) is not None
    normal = re.search(r"\bnormal\b", option, re.IGNORECASE) is not None
    return Target(_units(["abnormality"]) if leans else (), leans and normal, stems, undecided=True)


def _single(word: Token) -> str:
    """The concept that a word names by itself, else its stem."""
    known = lexicon()
    names = (hit.concept for hit in known.hits([word]) if hit.sense == "name")
    return next((name for name in names if known.kind(name) not in _GRADED), word.stem)


def _yes_no(question: str, words: list[Token], affirms: bool) -> Target:
    said = ("yes",) if affirms else ("no",)
    rest = words[1:]
    named, _ = _claims(rest)
    known = lexicon()
    telling = [name for name in named if known.kind(name) in ("finding", "state", "generic")]
    if telling:
        target = _plain(rest)
        vague = set(telling) <= {"abnormality", "lesion", "normal"}
        units = tuple(u for u in target.units if not vague or known.kind(u.concept) != "word")
        return Target(units, target.absent, target.stems, said, target.part)
    claims, denied = _claims(tokens(question[:2000]))
    chosen = _proposition(claims)
    found = any(known.kind(name) == "finding" for name in chosen)
    if chosen == ["normal"] or (not found and _ASKS_IF_SOUND.search(question[:2000])):
        chosen, denied = ["abnormality"], not denied
    if chosen == ["damage"]:
        chosen = ["abnormality"]
    return Target(_units(chosen), affirms == denied, (), said, _part(tokens(question[:2000]), chosen))


def _proposition(claims: list[str]) -> list[str]:
    """What a yes affirms: the finding that the question asks about, else its view, side, state, modality or organ."""
    known = lexicon()
    kinds = {name: known.kind(name) for name in claims}
    if "normal" in claims:
        return ["normal"]
    for kind in _RANK:
        found = [name for name in claims if kinds[name] == kind]
        if found:
            # of nested findings the most special: "pleural effusion" rather than "effusion"
            sides = [name for name in claims if kinds[name] == "side" and kind == "finding"]
            return found[:1] + sides[:1]
    for kind in ("modality", "joint", "bone", "organ", "place"):
        found = [name for name in claims if kinds[name] == kind]
        if found:
            return found[:1]
    return [name for name in claims if kinds[name] == "word"][:3]


def _units(named: list[str]) -> tuple[Unit, ...]:
    return tuple(Unit(name, 1.0) for name in named[:8])


def _has_its_own(target: Target, listed: list[Target]) -> bool:
    """Whether an option claims a finding that no other option claims."""
    findings = {unit.concept for unit in target.units if lexicon().kind(unit.concept) == "finding"}
    return not any(findings & other.concepts for other in listed if other is not target)


def _weighted(listed: list[Target]) -> list[Target]:
    """Units weigh by what they tell apart: little where other options have them, or where they are vague."""
    known = lexicon()
    count = len(listed)
    found: list[Target] = []
    for target in listed:
        units: list[Unit] = []
        finding = any(known.kind(unit.concept) == "finding" for unit in target.units)
        for unit in target.units:
            kind = known.kind(unit.concept)
            alike = [other for other in listed if other.absent == target.absent and not other.undecided]
            having = sum(unit.concept in other.concepts for other in alike) + target.undecided
            weight = 1 - (having - 1) / max(count - 1, 1)
            if kind == "generic" and len(target.units) > 1:
                weight *= 0.1 if finding else 0.3
            elif kind in _CONTEXT and finding:
                weight *= 0.35 if _has_its_own(target, listed) else 0.7
            elif kind == "word" and len(target.units) > 1:
                weight *= 0.5
            units.append(Unit(unit.concept, max(weight, 0.05)))
        found.append(replace(target, units=tuple(units)))
    return found
