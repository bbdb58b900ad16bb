"""Thinks whose label is known because they were built so, from real questions and their options."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from faithlens.contradiction.assess import Label
from faithlens.edits.text import permute, rename_letters
from faithlens.records import LETTERS, Case

KINDS: dict[str, Label] = {
    "untouched": "supports",
    "reordered options": "supports",
    "irrelevant edit": "supports",
    "paraphrase": "supports",
    "letter swap": "contradicts",
    "think swap": "contradicts",
    "polarity flip": "contradicts",
    "side flip": "contradicts",
    "severity flip": "contradicts",
    "every option denied": "contradicts",
    "definition": "unsupported",
    "question repeated": "unsupported",
    "options listed": "unsupported",
    "no verdict": "unsupported",
}
"""What is built, with its label. Protocols §10.2, and the failings that real replies show most."""

_FLIPS = {
    "side flip": (("left", "right"), ("right", "left")),
    "severity flip": (("mild", "severe"), ("severe", "mild"), ("moderate", "severe"), ("acute", "chronic")),
}


_NEEDS_NOUNS = frozenset({"polarity flip", "every option denied", "definition", "options listed"})


@dataclass(frozen=True)
class Constructed:
    case_id: str
    kind: str
    label: Label
    question: str
    options: tuple[str, ...]
    choice: int
    """Index of the option that is answered."""
    think: str


class _Draw(random.Random):
    """Draws, also from phrasings."""

    phrasings: Mapping[str, list[str]]


@cache
def _phrasings() -> dict[str, list[str]]:
    text = resources.files("faithlens.contradiction").joinpath("phrasings.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def construct(
    cases: Iterable[Case], seed: int = 0, phrasings: Mapping[str, list[str]] | None = None
) -> Iterator[Constructed]:
    """Every kind once for every case with two options or more, where the case allows it; by default as shipped."""
    for case in cases:
        if len(case.options) >= 2:
            draw = _Draw(f"{seed} {case.id}")
            draw.phrasings = phrasings or _phrasings()
            for kind in KINDS:
                built = _build(case, kind, draw)
                if built is not None:
                    yield built


def _build(case: Case, kind: str, draw: _Draw) -> Constructed | None:
    count = len(case.options)
    choice = case.letters.index(case.key) if case.key in tuple(case.letters) else draw.randrange(count)
    other = draw.choice([option for option in range(count) if option != choice])
    options, think = case.options, ""
    if kind in _NEEDS_NOUNS and any(map(_is_sentence, options)):
        return None
    if kind == "untouched":
        think = _argued(case, choice, draw, "decisive")
    elif kind == "reordered options":
        shift = draw.randrange(1, count)
        names = {LETTERS[i]: LETTERS[(i + shift) % count] for i in range(count)}
        think = rename_letters(_argued(case, choice, draw, "decisive"), names)
        options, choice = permute(options, shift), (choice + shift) % count
    elif kind == "irrelevant edit":
        think = f"{_said('irrelevant', draw)} {_argued(case, choice, draw, 'decisive')} {_said('irrelevant', draw)}"
    elif kind == "paraphrase":
        think = _argued(case, choice, draw, "paraphrase")
    elif kind == "letter swap":
        think = _argued(case, other, draw, "decisive", closing="")
        think = f"{think} {_said('closing', draw, letter=LETTERS[choice])}".strip()
    elif kind == "think swap":
        think = _argued(case, other, draw, draw.choice(["decisive", "paraphrase"]))
    elif kind == "polarity flip":
        think = f"{_said('opening', draw)} {_said('denial', draw, option=_prose(options[choice]))}"
    elif kind in _FLIPS:
        return _flipped(case, kind, choice, draw)
    elif kind == "every option denied":
        order = draw.sample(range(count), count)
        think = " ".join(_said("denial", draw, option=_prose(options[option])) for option in order)
    elif kind == "definition":
        think = " ".join(_said("definition", draw, option=_prose(options[choice])) for _ in range(2))
    elif kind == "question repeated":
        think = f"{_said('restated', draw, question=case.question)} {_said('undecided', draw)}"
    elif kind == "options listed":
        think = f"{_said('opening', draw)} {_said('listed', draw, options=', '.join(map(_prose, options)))}"
    else:
        think = f"{_said('opening', draw)} {_said('undecided', draw)}"
    return Constructed(case.id, kind, KINDS[kind], case.question, options, choice, _sentences(think))


def _flipped(case: Case, kind: str, choice: int, draw: _Draw) -> Constructed | None:
    """The think of an option with its side or degree turned round; None where the option has neither."""
    words = case.options[choice].split()
    lowered = [word.lower() for word in words]
    for have, instead in _FLIPS[kind]:
        if have in lowered:
            flipped = " ".join(instead if word.lower() == have else word for word in words)
            think = f"{_said('opening', draw)} {_said('decisive', draw, option=_prose(flipped))}"
            return Constructed(case.id, kind, "contradicts", case.question, case.options, choice, _sentences(think))
    return None


def _is_sentence(option: str) -> bool:
    """An option that no sentence can hold as a noun: "Yes", "No, it's normal", "The diagnosis is asthma"."""
    words = option.lower().strip(" .").split()
    return bool(words) and (words[0].strip(",.") in ("yes", "no", "i", "i'm", "it's", "there", "the"))


def _argued(case: Case, option: int, draw: _Draw, manner: str, closing: str | None = None) -> str:
    manner = "quoted" if any(map(_is_sentence, case.options)) else manner
    said = f"{_said('opening', draw)} {_said(manner, draw, option=_prose(case.options[option]))}"
    return f"{said} {_said('closing', draw, letter=LETTERS[option]) if closing is None else closing}".strip()


def _said(which: str, draw: _Draw, **filled: str) -> str:
    return draw.choice(draw.phrasings[which]).format(**filled)


def _prose(option: str) -> str:
    """An option as it stands inside a sentence: no final stop, no capital unless it is an abbreviation or a name."""
    text = option.strip().rstrip(".")
    first = text.split(" ")[0]
    return text[:1].lower() + text[1:] if first[1:].islower() or len(first) == 1 else text


def _sentences(text: str) -> str:
    return ". ".join(part[:1].upper() + part[1:] for part in text.split(". "))
