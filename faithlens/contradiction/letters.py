"""Option letters in running text: "(B)", "option b", "the answer is B", "the second choice"; never an article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from faithlens.contradiction.tokens import Token
from faithlens.records import LETTERS
from faithlens.replies.wording import vocabulary

_NAMING = vocabulary(
    "option options choice choices answer letter alternative selection pick vote verdict final conclusion bet"
)
_CHOOSING = vocabulary("choose select pick choosing selecting picking with for is be say answer: therefore thus so")
_AFTER = vocabulary(
    "is isn't fits matches seems appears looks can cannot can't must does doesn't would could should because since as"
    " and or nor was were are it"
)
_TERMS = vocabulary(
    "vitamin hepatitis type grade stage group influenza class pugh protein factor figure panel fig image level zone"
    " phase lead segment score category point part label structure"
)
_ORDINALS = {name: i for i, name in enumerate(["first", "second", "third", "fourth", "fifth", "sixth"])}
_CARDINALS = {name: i for i, pair in enumerate(["one 1", "two 2", "three 3", "four 4"]) for name in pair.split()}
_OPTIONS = vocabulary("option choice answer alternative one")


@dataclass(frozen=True)
class Letter:
    """A word that stands for an option."""

    at: int
    option: int


def letters(words: Sequence[Token], following_gap: str, count: int) -> list[Letter]:
    """Every mention of an option by its letter or its place in the list."""
    found: list[Letter] = []
    for at, word in enumerate(words):
        after = words[at + 1].gap if at + 1 < len(words) else following_gap
        index = -1
        if len(word.raw) == 1 and word.raw.upper() in LETTERS[:count]:
            index = LETTERS.index(word.raw.upper()) if _names(words, at, after) else -1
        elif word.lower in _ORDINALS and at + 1 < len(words) and words[at + 1].lower in _OPTIONS - {"one"}:
            index = _ORDINALS[word.lower]
        elif word.lower in _CARDINALS and at and words[at - 1].lower in ("option", "choice"):
            index = _CARDINALS[word.lower]
        elif word.lower == "last" and at + 1 < len(words) and words[at + 1].lower in ("option", "choice"):
            index = count - 1
        if 0 <= index < count:
            found.append(Letter(at, index))
    return found


def _names(words: Sequence[Token], at: int, after: str) -> bool:
    word = words[at]
    before = words[at - 1].lower if at else ""
    earlier = words[at - 2].lower if at > 1 else ""
    following = words[at + 1].lower if at + 1 < len(words) else ""
    bracketed = word.gap.rstrip("* ").endswith(("(", "[", '"', "'", "{")) and after.lstrip("* ")[:1] in tuple(")]\"'}")
    tight = word.gap.endswith(" ") or not word.gap
    if bracketed:
        return True
    if before in _TERMS or (word.gap.endswith("-") and before in ("vitamin", "hepatitis")):
        return False
    if before in _NAMING or (before in ("is", "be") and earlier in _NAMING):
        return word.raw.isupper() or not after or not after[0].isspace() or following in _AFTER or not following
    if not word.raw.isupper() or word.gap.endswith(("-", "'", "/")) or after[:1] in ("-", "'"):
        return False
    if after[:1] in (")", "]") or (after[:1] in (":", ".", "*") and (not after[1:].strip() or after[1:2].isspace())):
        return word.raw != "I" and (tight or word.gap.endswith(("*", "\n")))
    if not following or after[:1] in (",", ";", "?", "!", "\n"):
        return word.raw != "I" and (before in _CHOOSING or before in _NAMING or not before or bool(after.strip()))
    return following in _AFTER and word.raw != "I"
