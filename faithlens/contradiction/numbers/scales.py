"""Options that are levels of one scale: stages, grades, scores, categories ("T1a", "Stage III", "BI-RADS 4")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from faithlens.contradiction.numbers.numerals import whole
from faithlens.contradiction.tokens import plain
from faithlens.replies.wording import vocabulary

_HEADS = vocabulary("stage grade score category class type degree rating birads rads pirads level group zone")
_SCALED = re.compile(
    r"\b(?:stages?|staging|staged|grades?|grading|graded|scores?|scoring|scored|categor(?:y|ies)|class(?:ification)?|"
    r"classif(?:y|ied)|type|degree|severity|severe|[A-Z]{1,2}-?RADS|TNM|kellgren|points)\b",
    re.IGNORECASE,
)
_OTHERWISE = re.compile(
    r"\b(?:how many|number of|vertebra\w*|spinal level|tooth|teeth|sequence|weighting|weighted|segment)\b",
    re.IGNORECASE,
)
_TUMOR = re.compile(r"\b(?:stag\w+|TNM|tumou?rs?|cancer|carcinoma|[TNM] (?:category|descriptor))\b", re.IGNORECASE)
_OPTION = re.compile(
    r"(?P<head>(?:[A-Za-z][\w']*[ -]+)*?)(?P<letter>(?:[A-Z]{1,3}-?(?=\d))?)(?P<level>\d{1,2}|[IV]+|[A-F]|zero|one|"
    r"two|three|four|five|six)(?P<sub>(?:[a-dA-DF](?!\w))?)(?:\s?(?:-|to|or|/)\s?(?P<other>\d|[IV]+|[A-F]|one|two|"
    r"three|four|five)[a-d]?)?(?P<tail>(?:\W+\w+)*\W*)"
)
_ALPHABET = "ABCDEF"


@dataclass(frozen=True, order=True)
class Level:
    """One level, with the letter of its part: III is (3, ""), T1a is (1, "a")."""

    number: int
    sub: str = ""

    def meets(self, other: Level) -> bool:
        """Whether one is the other or a part of it."""
        return self.number == other.number and (not self.sub or not other.sub or self.sub == other.sub)


@dataclass(frozen=True)
class Scale:
    """The levels of each option, none for "not classifiable" or "normal", and how a level is announced."""

    question: str
    levels: tuple[tuple[Level, ...], ...]
    pure: frozenset[int]
    """Options that say nothing else."""
    heads: frozenset[str]
    """Words before a level, in small letters."""
    letter: str = ""
    """What stands right before the number: T, N, LR."""
    alphabetic: bool = False
    """The levels are A, B, C and so on."""

    def options(self, level: Level) -> list[int]:
        """The options that have a level; those that have just this part of it, if any."""
        exact = [at for at, own in enumerate(self.levels) if level in own]
        return exact or [at for at, own in enumerate(self.levels) if any(level.meets(one) for one in own)]


def scale(question: str, options: Sequence[str]) -> Scale | None:
    """The options as levels, where all, or all but one of four or more, are of one scale that the question names.

    "T4" and "L1" are levels of no scale but of the spine, and of no stage where a sequence is asked for.
    """
    plained = [re.sub(r"\([^()]*\)", " ", plain(option)).strip(" .") for option in options]
    found = [_OPTION.fullmatch(option) for option in plained]
    given = [match for match in found if match]
    heads = {match["head"].strip(" -").lower() for match in given}
    letters = {match["letter"].strip("-") for match in given}
    letter = next(iter(letters)) if len(letters) == 1 else ""
    if len(heads) != 1 or len(letters) != 1 or len(given) < max(2, len(options) - (len(options) > 3)):
        return None
    head = heads.pop()
    text = f"{question} {head} {options[0] if letter else ''}"
    if not _SCALED.search(text) or _OTHERWISE.search(question) or (letter in tuple("TNM") and not _TUMOR.search(text)):
        return None
    alphabetic = all(match["level"] in _ALPHABET for match in given)
    if alphabetic and not head:
        return None
    levels = tuple(_levels(match, alphabetic=alphabetic) if match else () for match in found)
    if len({own for own in levels if own}) < len(given):
        return None
    tails = {match["tail"].strip(" .:").lower() for match in given}
    pure = frozenset(at for at, match in enumerate(found) if match and len(tails) == 1 and "(" not in options[at])
    proper = {word.lower() for word in re.findall(r"(?<!^)\b[A-Z][A-Za-z]*\b", question)}
    named = {word for word in re.findall(r"[a-z]+", head) if len(word) > 1}
    return Scale(question, levels, pure, _HEADS | proper | named | {"kl"}, letter, alphabetic)


def _levels(match: re.Match[str], *, alphabetic: bool) -> tuple[Level, ...]:
    first, other = _number(match["level"], alphabetic=alphabetic), match["other"]
    if not other:
        return (Level(first, match["sub"].lower()),)
    return tuple(Level(number) for number in range(first, _number(other, alphabetic=alphabetic) + 1))


def _number(word: str, *, alphabetic: bool) -> int:
    if alphabetic:
        return _ALPHABET.index(word) + 1
    number = whole(word)
    return -1 if number is None else number
