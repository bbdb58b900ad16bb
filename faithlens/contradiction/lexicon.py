"""Concepts of radiology with their names, signs and more general concepts, read from `concepts/*.txt`.

    hydrothorax | finding | pleural_effusion @pleura | water on the lung; =PLE | blunt .. costophrenic; !sharp angles

is a concept (it is named by its own id too), its kind, the more general concepts that it belongs to and with `@` where
it lies (`@@` where it stands for whatever is wrong there, as a bowel abnormality does), its other names, and its
signs: what speaks for it, or with `!` against it, without naming it. A later line with the same id adds to it.
Spelling variants (British, plurals, word endings) and articles are read alike and are not listed. In a name or sign,
"a .. b" allows up to three words between, "a & b" the same in either order, "(a/b)" is either; in a sign, "a + b"
allows more between, in any order (descriptions.py). `=MS` only counts as it is written, `=shin` with or without
capitals but not as "shine"; of more words this holds for the first. `*id` among the signs stands for all signs of that
concept. A name of a special concept is taken from its more general ones; `?name` is one that other concepts have, and
keep, as well. Words of the kind `idiom` mean no concept ("on the other hand"). Concepts of one kind exclude each other
where the kind is in `EXCLUSIVE`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import accumulate
from typing import Literal

from faithlens.contradiction.descriptions import MARKS, Description, Group, find
from faithlens.contradiction.tokens import Token, plain, stem

Sense = Literal["name", "sign", "against"]

EXCLUSIVE = frozenset(
    [
        "modality",
        "view",
        "side",
        "severity",
        "time",
        "number",
        "weighting",
        "phase",
        "window",
        "density",
        "nature",
        "sex",
        "age",
        "position_of_patient",
        "stage",
        "exposure",
        "phase_of_breath",
        "phase_of_heart",
    ]
)
"""Kinds of which one thing has one: who says left does not say right."""

FILES = (
    "imaging",
    "general",
    "chest",
    "head",
    "bones",
    "abdomen",
    "anatomy",
    "words",
    "idioms",
    "lungs",
    "heart",
    "brain",
    "skeleton",
    "belly",
    "neck",
    "urogenital",
    "skin",
    "techniques",
    "devices",
    "actions",
    "degrees",
    "parts",
    "wordnet",
    "descriptions",
    "head_seen",
    "sites",
    "limbs_seen",
    "trunk_seen",
)
"""In this order; of two concepts with one name the first counts."""

_GAP_WORDS = 3
_ARTICLES = frozenset(("a", "an", "the"))
_WORD = re.compile(r"\d+(?:\.\d+)?(?![^\W_])|[^\W_]+(?:'[^\W_]+)*")
"""Words as `tokens` finds them, without their offsets."""
_ALTERNATIVES = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True)
class Concept:
    id: str
    kind: str
    parents: tuple[str, ...]
    sites: tuple[str, ...] = ()
    """Where a finding lies, as organs, bones, joints or places."""
    wide: bool = False
    """It stands for every finding that lies there."""


@dataclass(frozen=True)
class Phrase:
    """Words that name a concept or speak for or against it; each part may follow the one before at a distance."""

    parts: tuple[tuple[str, ...], ...]
    concept: str
    sense: Sense
    written: str = ""
    """Letters that have to stand in the text as they are, endings too: MS, but not Ms; shin, but not shines."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One concept in a text: words `first` up to and without `last`; `gap` are those that only stand between."""

    first: int
    last: int
    concept: str
    sense: Sense
    gap: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Lexicon:
    concepts: dict[str, Concept]
    by_first: dict[tuple[str, str], tuple[Phrase, ...]]
    """By the first two stems of their first parts; the second is empty where there is but one."""
    described: dict[str, tuple[Description, ...]]
    """Descriptions by the first stems of their first groups."""
    above: dict[str, dict[str, int]]
    """Every more general concept, with the number of steps to it; a concept is above itself by 0."""

    def kind(self, concept: str) -> str:
        known = self.concepts.get(concept)
        return known.kind if known else "word"

    def sites(self, concept: str) -> frozenset[str]:
        """Where a finding lies, by its own line or the nearest more general ones that say so."""
        known = self.above.get(concept, {concept: 0})
        near = sorted((steps, name) for name, steps in known.items() if name in self.concepts)
        placed = [steps for steps, name in near if self.concepts[name].sites]
        return frozenset(
            site for steps, name in near if placed and steps == placed[0] for site in self.concepts[name].sites
        )

    def distance(self, special: str, general: str) -> int | None:
        """Steps from a concept up to a more general one; None where it is not one of its kind."""
        if special == general:
            return 0
        return self.above.get(special, {}).get(general)

    def hits(self, words: Sequence[Token]) -> list[Hit]:
        """Every concept that words name or show; a name inside a longer name of the same group is none of its own."""
        found: list[Hit] = []
        places = [at for at, word in enumerate(words) if word.lower not in _ARTICLES]
        spaced = [words[at] for at in places]
        stems = [word.stem for word in spaced]
        ends_run = [not MARKS.isdisjoint(word.gap) for word in words]
        run_of = list(accumulate(ends_run))
        present = frozenset(stems)
        runs = [run_of[at] for at in places]
        for first, (start, following) in enumerate(zip(stems, [*stems[1:], ""], strict=False)):
            longer = self.by_first.get((start, following), ()) if following else ()
            for phrase in (*self.by_first.get((start, ""), ()), *longer):
                ends = _match(phrase, stems, first)
                if ends and _as_written(phrase, words[places[first]]):
                    inner, last = ends
                    gap = (places[inner], places[last - len(phrase.parts[-1])]) if len(phrase.parts) > 1 else (0, 0)
                    found.append(Hit(places[first], places[last - 1] + 1, phrase.concept, phrase.sense, gap))
            for description in self.described.get(start, ()):
                if any(map(present.isdisjoint, description.groups)):
                    continue
                near = find(description, spaced, stems, runs, first)
                if near:
                    against: Sense = "against" if description.against else "sign"
                    found.append(Hit(places[near[0]], places[near[1] - 1] + 1, description.concept, against))
        idioms = [hit for hit in found if self.concepts[hit.concept].kind == "idiom"]
        if idioms:
            found = [hit for hit in found if not any(_inside(hit, idiom) for idiom in idioms)]
        long = [hit for hit in found if hit.sense == "name" or hit.last - hit.first > 1]
        return [hit for hit in found if not any(self._swallows(other, hit) for other in long)]

    def _swallows(self, name: Hit, hit: Hit) -> bool:
        longer = name.last - name.first > hit.last - hit.first
        if not longer or hit.first < name.first or hit.last > name.last:
            return False
        if name.sense != "name":
            # "marrow signal is normal" leaves nothing of the sign "marrow signal"
            return name.sense == "against" and name.concept == hit.concept
        outer, inner = _group(self.kind(name.concept)), _group(self.kind(hit.concept))
        # neither is a "growth plate" a growth, nor a "fine needle aspiration" fine
        return outer == inner or (outer in ("organ", "procedure", "device") and inner in ("finding", "change"))


def _as_written(phrase: Phrase, word: Token) -> bool:
    return not phrase.written or phrase.written in (word.raw, word.lower)


def _inside(hit: Hit, idiom: Hit) -> bool:
    return idiom.first <= hit.first and hit.last <= idiom.last


def _group(kind: str) -> str:
    if kind in ("finding", "generic", "state", "nature"):
        return "finding"
    return "organ" if kind in ("organ", "bone", "joint", "place") else kind


def _match(phrase: Phrase, stems: Sequence[str], first: int) -> tuple[int, int] | None:
    """Where the first part and the last part of a phrase that begins at a word end; None where it does not."""
    inner = end = first + len(phrase.parts[0])
    if tuple(stems[first:end]) != phrase.parts[0]:
        return None
    for part in phrase.parts[1:]:
        near = range(end, end + _GAP_WORDS + 1)
        at = next((at for at in near if tuple(stems[at : at + len(part)]) == part), None)
        if at is None:
            return None
        end = at + len(part)
    return inner, end


@cache
def lexicon() -> Lexicon:
    """The shipped lexicon; read once."""
    return build(rows())


def build(lines: Iterable[tuple[str, str, str, str, str]]) -> Lexicon:
    """A lexicon of lines as `rows` gives them."""
    concepts: dict[str, Concept] = {}
    names: dict[str, dict[str, None]] = {}
    signs: dict[str, dict[str, None]] = {}
    for name, kind, general, named, signed in lines:
        before = concepts.get(name, Concept(name, kind, ()))
        parents = dict.fromkeys([*before.parents, *(word for word in general.split() if word[0] != "@")])
        sites = dict.fromkeys([*before.sites, *(word.lstrip("@") for word in general.split() if word[0] == "@")])
        concepts[name] = Concept(name, before.kind, tuple(parents), tuple(sites), before.wide or "@@" in general)
        names.setdefault(name, {name.replace("_", " "): None})
        signs.setdefault(name, {})
        names[name].update((wording, None) for wording in _listed(named))
        signs[name].update((sign, None) for sign in _listed(signed))
    concepts = _widened(concepts)
    above = {name: _above(name, concepts) for name in concepts}
    phrases: dict[tuple[str, str], dict[Phrase, None]] = {}
    named_by: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    shared: set[Phrase] = set()
    for name in concepts:
        for wording in names[name]:
            for phrase in _names(name, wording):
                phrases.setdefault(_start(phrase), {})[phrase] = None
                if wording[0] == "?":
                    shared.add(phrase)
                else:
                    named_by.setdefault(phrase.parts, []).append(name)
        for phrase in _signs(name, signs):
            phrases.setdefault(_start(phrase), {})[phrase] = None
    described: dict[str, list[Description]] = {}
    for name in concepts:
        for description in _descriptions(name, signs):
            for start in description.groups[0]:
                described.setdefault(start, []).append(description)

    def is_own(phrase: Phrase) -> bool:
        """Whether no more special concept has the same name."""
        rivals = named_by.get(phrase.parts, ()) if phrase.sense == "name" else ()
        taken = any(rival != phrase.concept and phrase.concept in above[rival] for rival in rivals)
        return not taken or phrase in shared

    return Lexicon(
        concepts,
        {first: tuple(filter(is_own, listed)) for first, listed in phrases.items()},
        {first: tuple(listed) for first, listed in described.items()},
        above,
    )


def _start(phrase: Phrase) -> tuple[str, str]:
    head = phrase.parts[0]
    return head[0], head[1] if len(head) > 1 else ""


def _listed(column: str) -> Iterator[str]:
    return filter(None, map(str.strip, column.split(";")))


def _names(concept: str, wording: str) -> Iterator[Phrase]:
    bare = wording.lstrip("?")
    written = bare[1:].split()[0] if bare[0] == "=" else ""
    for parts in parts_of(bare.lstrip("=")):
        yield Phrase(parts, concept, "name", written)


def _signs(concept: str, signs: Mapping[str, Iterable[str]]) -> Iterator[Phrase]:
    for sign in signs[concept]:
        if sign[0] == "*":
            yield from (replace(phrase, concept=concept) for phrase in _signs(sign[1:], signs))
        elif "+" not in sign:
            for parts in parts_of(sign.lstrip(" !")):
                yield Phrase(parts, concept, "against" if sign[0] == "!" else "sign")


def _descriptions(concept: str, signs: Mapping[str, Iterable[str]]) -> Iterator[Description]:
    for sign in signs[concept]:
        if sign[0] == "*":
            yield from (replace(one, concept=concept) for one in _descriptions(sign[1:], signs))
        elif "+" in sign:
            groups = tuple(_group_of(part) for part in sign.lstrip(" !").split("+"))
            yield Description(groups, concept, sign[0] == "!")


def _group_of(part: str) -> Group:
    wordings = [_stems(wording) for wording in part.strip(" ()").split("/")]
    return {first: tuple(one for one in wordings if one[0] == first) for first in {one[0] for one in wordings}}


def rows() -> Iterator[tuple[str, str, str, str, str]]:
    """Every line of the concept files as id, kind, more general concepts, names, signs."""
    folder = resources.files("faithlens.contradiction").joinpath("concepts")
    for file in FILES:
        for line in folder.joinpath(f"{file}.txt").read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                name, kind, parents, names, signs = ([part.strip() for part in line.split("|")] + [""] * 5)[:5]
                yield name, kind, parents, names, signs


def words_of() -> dict[str, frozenset[str]]:
    """The stems of all names of each concept, and of all signs that speak for it."""
    found: dict[str, set[str]] = {}
    for name, _, _, names, signs in rows():
        spoken = [name.replace("_", " "), *_listed(names)]
        spoken += [sign for sign in _listed(signs) if sign[0] not in "!*"]
        found.setdefault(name, set()).update(stem for wording in spoken for stem in _stems(wording))
    return {name: frozenset(stems) for name, stems in found.items()}


def parts_of(wording: str) -> list[tuple[tuple[str, ...], ...]]:
    """A name or sign as the stems of its parts: once for each alternative and each order that it allows."""
    choice = _ALTERNATIVES.search(wording) if "(" in wording else None
    if choice:
        before, after = wording[: choice.start()], wording[choice.end() :]
        return [parts for one in choice[1].split("/") for parts in parts_of(f"{before}{one}{after}")]
    if "&" in wording:
        one, _, two = wording.partition("&")
        return parts_of(f"{one} .. {two}") + parts_of(f"{two} .. {one}")
    parts = tuple(_stems(part) for part in wording.split(".."))
    return [parts] if all(parts) else []


def _stems(wording: str) -> tuple[str, ...]:
    words = _WORD.findall(plain(wording).lower())
    return tuple([stem(word) for word in words if word not in _ARTICLES])


def _widened(concepts: dict[str, Concept]) -> dict[str, Concept]:
    """Every bone is of the kind of "bone", and what is wrong in a place of what stands for anything wrong there."""
    concepts = {
        name: replace(known, parents=(*known.parents, "bone")) if known.kind == "bone" else known
        for name, known in concepts.items()
    }
    above = {name: _above(name, concepts) for name in concepts}
    wide = [known for known in concepts.values() if known.wide]
    found = dict(concepts)
    for name, known in concepts.items():
        if known.kind == "finding" and known.sites:
            around = [frozenset(above.get(site, (site,))) for site in known.sites]
            general = [
                one.id
                for one in wide
                if all(not places.isdisjoint(one.sites) for places in around)
                and name not in above[one.id]
                and all(parent in above[name] for parent in one.parents)
            ]
            found[name] = replace(known, parents=tuple(dict.fromkeys([*known.parents, *general])))
    return found


def _above(name: str, concepts: dict[str, Concept]) -> dict[str, int]:
    found = {name: 0}
    queue = [name]
    for special in queue:
        known = concepts.get(special)
        for general in known.parents if known else ():
            if general not in found:
                found[general] = found[special] + 1
                queue.append(general)
    return found
