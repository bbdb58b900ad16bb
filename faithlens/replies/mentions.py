"""Options that prose names: by letter or by text, affirmed, denied or taken back."""

from __future__ import annotations

import re
from dataclasses import dataclass

from faithlens.records import LETTERS
from faithlens.replies.wording import Options, Word, tidy, vocabulary, words

_CORRECTION = re.compile(
    r"\b(?:wait|actually|correction|sorry|on second thought|i mean|scratch that|let me re\w*|no[,.;:!]|hmm)",
    re.IGNORECASE,
)
BECAUSE = vocabulary("because since as due given based which rather over instead not for while though although with")
_AFTER_LETTER = BECAUSE | vocabulary(
    "is isnt are arent was were and or nor but seems appears should would could can cannot cant must does"
    " doesnt fits looks"
)
_NAMING = vocabulary("option options choice choices answer letter select choose pick choosing selecting")
_STOP = vocabulary("but so therefore thus hence then because since and while whereas yet")
_NOT_BEFORE = vocabulary(
    "not no non without neither nor exclude excludes excluded excluding eliminate eliminated eliminates isnt arent"
    " wasnt never cannot cant unlikely against reject rejected reject rejecting wouldnt shouldnt"
)
_LINKING = vocabulary(
    "is are was were seems appears looks can could would should be being option choice answer the a an also both"
    " clearly do does did has been as"
)
_NOT_AFTER = vocabulary(
    "wrong incorrect false unlikely excluded eliminated absent ruled cannot cant isnt arent wasnt doesnt dont less"
    " inconsistent implausible impossible improbable rejected"
)
_RIGHT = vocabulary("correct right best answer")
_TERMS = vocabulary(
    "vitamin hepatitis type grade stage group influenza class pugh protein factor figure panel fig image hemophilia"
    " haemophilia kerley level zone phase lead segment score category"
)


@dataclass(frozen=True)
class Reading:
    """What a careful reader takes from one text that is meant as the answer."""

    letters: tuple[str, ...] = ()
    """Every letter that it answers, also letters beyond the options."""
    outside: bool = False
    """It answers, but with a text that is no option."""

    @property
    def says_nothing(self) -> bool:
        return not self.letters and not self.outside


NOTHING = Reading()


def corrects(text: str) -> bool:
    """Whether a text takes back what was said before it."""
    return _CORRECTION.search(tidy(text)) is not None


@dataclass(frozen=True)
class _Mention:
    letters: str
    start: int
    end: int
    affirmed: bool
    """Said to be the answer, not merely named."""


def mentioned(tidied: str, options: Options) -> Reading | None:
    """The options that a tidied text names and does not deny; None where it names none at all."""
    tokens = words(tidied)
    named = False
    kept: list[_Mention] = []
    index = 0
    while index < len(tokens):
        letters, count = "", 0
        if not options.yes_no:
            letters, count = options.at(tokens, index)
        if count == 0 or (count == 1 and len(tokens[index].raw) == 1):
            lettered = _letter(tidied, tokens, index)
            letters, count = (lettered, 1) if lettered else (letters, count)
        if not letters:
            index += 1
            continue
        named = True
        if not _denied(tokens, index, index + count):
            affirmed = _affirmed(tokens, index, index + count)
            kept.append(_Mention(letters, tokens[index].start, tokens[index + count - 1].end, affirmed))
        index += count
    if not named:
        return None
    for before, after in zip(kept[-2::-1], kept[:0:-1], strict=True):
        if before.letters != after.letters and _CORRECTION.search(tidied, before.end, after.start):
            kept = kept[kept.index(after) :]
            break
    kept = [mention for mention in kept if mention.affirmed] or kept
    return Reading(tuple(sorted({letter for mention in kept for letter in mention.letters})))


def _letter(tidied: str, tokens: list[Word], index: int) -> str:
    """The letter if a word is one and stands for an option, not an article, a pronoun or part of a term."""
    word = tokens[index]
    if len(word.raw) != 1 or word.raw.upper() not in LETTERS:
        return ""
    before, after = tidied[: word.start][-1:], tidied[word.end :][:2]
    naming = index > 0 and tokens[index - 1].norm in _NAMING and not word.pause
    bracketed = before in ("(", "[", '"', "'") and after[:1] in (")", "]", '"', "'")
    closing = after[:1] in ("", ")", "]", "}", ":", ",", ";", "?", "!", "\n", "/", "&", "|", "+") or after in (
        ".",
        ". ",
        ".\n",
        ".)",
        ".,",
    )
    if bracketed or (naming and (word.raw.isupper() or closing)):
        return word.raw.upper()
    if not word.raw.isupper() or before == "-" or (after[:1] in ("-", "'") and after[1:].isalnum()):
        return ""
    if index > 0 and not word.pause and tokens[index - 1].norm in _TERMS:
        return ""
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    closing = closing or after in (" &", " /", " +", " |")
    followed = following is not None and following.norm in _AFTER_LETTER and word.raw != "I"
    return word.raw if closing or followed else ""


def _denied(tokens: list[Word], start: int, end: int) -> bool:
    return _denied_before(tokens, start) or _denied_after(tokens, end)


def _denied_before(tokens: list[Word], start: int) -> bool:
    pause = tokens[start].pause
    for back in range(1, 5):
        at = start - back
        if at < 0 or pause or tokens[at].norm in _STOP:
            return False
        norm, earlier = tokens[at].norm, tokens[at - 1].norm if at else ""
        if norm == "than":
            return "less" not in {word.norm for word in tokens[max(at - 2, 0) : at]}
        if (norm, earlier) in {("of", "instead"), ("of", "absence"), ("of", "lack"), ("for", "negative")}:
            return True
        if norm == "out" and earlier in ("rule", "rules", "ruled", "ruling"):
            return True
        if norm in _NOT_BEFORE:
            return not (norm == "not" and tokens[at + 1].norm in ("only", "just"))
        pause = tokens[at].pause
    return False


def _denied_after(tokens: list[Word], end: int) -> bool:
    linked = False
    for word in tokens[end : end + 5]:
        if word.pause:
            return False
        if word.norm in _NOT_AFTER or (linked and word.norm == "not"):
            return True
        if word.norm not in _LINKING:
            return False
        linked = True
    return False


def _affirmed(tokens: list[Word], start: int, end: int) -> bool:
    """`B is correct`, `I choose B`; not the B of `A and B`."""
    before = [word.norm for word in tokens[max(start - 3, 0) : start]]
    if before and before[-1] in ("and", "or", "nor"):
        return False
    following = [word.norm for word in tokens[end : end + 4] if not word.pause]
    if following[:1] == ["is"] and not _RIGHT.isdisjoint(following[1:]):
        return True
    while before and before[-1] in ("option", "answer", "choice"):
        before.pop()
    chosen = before[-1:] in (["choose"], ["select"], ["pick"]) or before[-2:] in (["go", "with"], ["opt", "for"])
    return chosen and following[:1] not in (["and"], ["or"])
