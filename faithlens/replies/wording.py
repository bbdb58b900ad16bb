"""Text as a careful reader sees it: markup gone, letters plain, words with the pauses between them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from faithlens.records import LETTERS

READ_CHARS = 12_000
"""How much of one text is read for its meaning. Normalising is quadratic in a run of combining marks."""

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+(?:'[^\W_{_CJK}]+)*")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_SPECIAL = re.compile(r"<\|[^|<>\s]{1,30}\|>|</?s>|<eos>|<pad>|<(?:start|end)_of_turn>")
_HTML = re.compile(r"</?(?:b|i|u|p|em|strong|span|code|step|br|br/|br /)>", re.IGNORECASE)
_LATEX = re.compile(r"\\(?:boxed|text|textbf|textit|mathrm|mathbf|mathit|rm|bf)\s?\{([^{}]*)\}")
_MARKDOWN = re.compile(r"[*`$#~\\]|(?<![^\W_])_{1,3}|_{1,3}(?![^\W_])")
_BLANKS = re.compile(r"[^\S\n]+")
_EDGES = " \n\t.,;:!?\"'()[]{}"
_ARTICLES = ("a", "an", "the")
_PAUSES = frozenset(',;:.!?()[]\n–—"')


def window(text: str) -> str:
    """The beginning and the end of a very long text; anything shorter as it is."""
    if len(text) <= READ_CHARS:
        return text
    half = READ_CHARS // 2
    return f"{text[:half]}\n{text[-half:]}"


def tidy(text: str) -> str:
    """Compatibility characters made plain, markup removed, blanks collapsed; line ends stay."""
    text = _SPECIAL.sub(" ", window(text)).replace("’", "'").replace("‘", "'").replace("。", ". ").replace("、", ", ")
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    bold = _HTML.sub("", text)
    text = bold if bold.strip() else text
    for _ in range(3):
        text = _LATEX.sub(r"\1", text)
    return _BLANKS.sub(" ", _MARKDOWN.sub("", text)).strip()


def fold(text: str) -> str:
    """The same for texts that differ only in case, blanks, markup and the punctuation around them."""
    return " ".join(tidy(text).casefold().split()).strip(_EDGES)


@dataclass(frozen=True, slots=True)
class Word:
    raw: str
    norm: str
    """Without case, accents and apostrophes."""
    start: int
    end: int
    pause: bool
    """Punctuation stands before it."""


def _norm(raw: str) -> str:
    letters = unicodedata.normalize("NFKD", raw.casefold())
    return "".join(c for c in letters if not unicodedata.combining(c) and c != "'")


def words(tidied: str) -> list[Word]:
    """The words of a tidied text."""
    found: list[Word] = []
    before = 0
    for match in _WORD.finditer(tidied):
        gap = tidied[before : match.start()]
        before = match.end()
        found.append(Word(match[0], _norm(match[0]), *match.span(), not _PAUSES.isdisjoint(gap)))
    return found


def vocabulary(listed: str) -> frozenset[str]:
    """The words of a list, written as `Word.norm` has them."""
    return frozenset(listed.split())


def norms(text: str) -> tuple[str, ...]:
    return tuple(word.norm for word in words(tidy(text)))


def _unarticled(phrase: tuple[str, ...]) -> tuple[str, ...]:
    return phrase[1:] if len(phrase) > 1 and phrase[0] in _ARTICLES else phrase


def opens_with_article(tokens: Sequence[Word]) -> bool:
    """Whether the first word is an article: "a mass", "A mass", "A CT", but not "A Mass" or "A) mass"."""
    if len(tokens) < 2 or tokens[0].norm not in _ARTICLES or tokens[1].pause:
        return False
    following = tokens[1].raw
    return tokens[0].raw != "A" or not following[0].isupper() or (len(following) > 1 and following.isupper())


_BRACKETED = re.compile(r"\(([^()]*)\)")


def _grouped(pairs: Iterable[tuple[tuple[str, ...], str]]) -> dict[tuple[str, ...], str]:
    """Phrase -> the letters that have it."""
    grouped: dict[tuple[str, ...], str] = {}
    for phrase, letter in pairs:
        if phrase and letter not in grouped.get(phrase, ""):
            grouped[phrase] = grouped.get(phrase, "") + letter
    return grouped


@dataclass(frozen=True)
class Options:
    """The option texts of one question, ready to be recognised in a reply."""

    texts: tuple[str, ...]
    _folded: dict[str, str] = field(init=False, repr=False)
    _phrases: dict[tuple[str, ...], str] = field(init=False, repr=False)
    _aliases: dict[tuple[str, ...], str] = field(init=False, repr=False)
    _by_first: dict[str, list[tuple[tuple[str, ...], str]]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        pairs = list(zip(self.letters, self.texts, strict=False))
        folded: dict[str, str] = {}
        for letter, text in pairs:
            folded[fold(text)] = folded.get(fold(text), "") + letter
        phrases = _grouped((_unarticled(norms(text)), letter) for letter, text in pairs)
        # "CT (Computed Tomography)" is also answered by "CT"; "Lungs (left)", "Lungs (right)" not by "Lungs"
        bases = _grouped((_unarticled(norms(_BRACKETED.sub(" ", text))), letter) for letter, text in pairs)
        inner = _grouped((norms(part), letter) for letter, text in pairs for part in _BRACKETED.findall(tidy(text)))
        bases = {p: found for p, found in bases.items() if p not in phrases and len(found) == 1}
        inner = {p: found for p, found in inner.items() if p not in phrases and p not in bases and len(found) == 1}
        by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for phrase, found in sorted({**phrases, **bases}.items(), key=lambda item: -len(item[0])):
            by_first.setdefault(phrase[0], []).append((phrase, found))
        object.__setattr__(self, "_folded", folded)
        object.__setattr__(self, "_phrases", phrases)
        object.__setattr__(self, "_aliases", {**bases, **inner})
        object.__setattr__(self, "_by_first", by_first)

    @property
    def letters(self) -> str:
        return LETTERS[: len(self.texts)]

    def equal(self, text: str) -> str:
        """Letters of the options that this text is, in other case or punctuation; empty for none."""
        folded = fold(text)
        if folded in self._folded and folded:
            return self._folded[folded]
        tokens = words(tidy(text))
        phrase = tuple(word.norm for word in tokens)
        for form in (phrase, phrase[1:] if opens_with_article(tokens) else phrase):
            for known in (self._phrases, self._aliases):
                if form in known:
                    return known[form]
        return ""

    def at(self, tokens: Sequence[Word], index: int) -> tuple[str, int]:
        """Letters and word count of the longest option text that begins at a word; ("", 0) for none."""
        for phrase, letters in self._by_first.get(tokens[index].norm, ()):
            if all(index + i < len(tokens) and tokens[index + i].norm == norm for i, norm in enumerate(phrase)):
                return letters, len(phrase)
        return "", 0

    def opening(self, text: str) -> tuple[str, str]:
        """Letters of the longest option text that a tidied text opens with, and what follows it."""
        tokens = words(text)
        for skip in (0, 1):
            if skip and (not tokens or tokens[0].norm not in _ARTICLES):
                break
            if skip < len(tokens):
                letters, count = self.at(tokens, skip)
                if letters:
                    return letters, text[tokens[skip + count - 1].end :]
        return "", text

    def continues(self, text: str) -> bool:
        """Whether a text that breaks off could become the text of an option that it is not yet."""
        folded = fold(text)
        return any(option.startswith(folded) and option != folded for option in self._folded)

    @property
    def yes_no(self) -> bool:
        return bool(self._phrases) and all(phrase in {("yes",), ("no",)} for phrase in self._phrases)
