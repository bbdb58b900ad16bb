"""Text as words with their offsets: accents, spelling variants and word endings folded away."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

READ_CHARS = 20_000
"""How much of a think is read: its beginning and its end, half each. Nobody argues for longer than that."""

_WORD = re.compile(r"\d+(?:\.\d+)?(?![^\W_])|[^\W_]+(?:'[^\W_]+)*")
_BRITISH = (
    ("haem", "hem"),
    ("oedem", "edem"),
    ("oesoph", "esoph"),
    ("tumour", "tumor"),
    ("colour", "color"),
    ("centre", "center"),
    ("ischaem", "ischem"),
    ("anaem", "anem"),
    ("leukaem", "leukem"),
    ("grey", "gray"),
    ("favour", "favor"),
    ("fibre", "fiber"),
    ("disk", "disc"),
    ("paed", "ped"),
    ("faec", "fec"),
    ("caec", "cec"),
    ("gynaec", "gynec"),
    ("orthopaed", "orthoped"),
)
_IRREGULAR = {
    "vertebrae": "vertebra",
    "menisci": "meniscus",
    "metastases": "metastasis",
    "metastatic": "metastatic",
    "diagnoses": "diagnosis",
    "calculi": "calculus",
    "bronchi": "bronchus",
    "bullae": "bulla",
    "bursae": "bursa",
    "thrombi": "thrombus",
    "emboli": "embolus",
    "diverticula": "diverticulum",
    "diverticuli": "diverticulum",
    "labra": "labrum",
    "foramina": "foramen",
    "foramen": "foramen",
    "sulci": "sulcus",
    "gyri": "gyrus",
    "pelves": "pelvis",
    "feet": "foot",
    "seen": "see",
    "saw": "see",
    "lungs": "lung",
    "discs": "disc",
    "lens": "lens",
    "pus": "pus",
    "gas": "gas",
    "iris": "iris",
    "broke": "broken",
    "thinned": "thin",
    "thinning": "thin",
    "spurs": "spur",
    "lies": "lie",
    "ties": "tie",
}


@dataclass(frozen=True, slots=True)
class Token:
    start: int
    end: int
    raw: str
    lower: str
    stem: str
    gap: str
    """What stands between the word before and this one."""


def plain(text: str) -> str:
    """The same number of characters, each made plain: no accents, no typographic quotes, no compatibility forms."""
    if text.isascii():
        return text
    return "".join(_plain(char) for char in text)


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    if char.isascii():
        return char
    if char in "’‘ʼ`´":
        return "'"
    if char in "–—−":
        return ";" if char == "—" else "-"
    first = unicodedata.normalize("NFKD", char)[:1]
    lowered = first.lower()
    return first if len(lowered) == 1 else " "


def tokens(text: str) -> list[Token]:
    """The words of a text, or of the beginning and the end of a very long one, with offsets in it."""
    if len(text) <= READ_CHARS:
        return _tokens(plain(text), 0)
    half = READ_CHARS // 2
    return _tokens(plain(text[:half]), 0) + _tokens("\n" + plain(text[len(text) - half :]), len(text) - half - 1)


def _tokens(text: str, offset: int) -> list[Token]:
    found: list[Token] = []
    before = 0
    for match in _WORD.finditer(text):
        start, end = match.span()
        raw = match[0]
        lower = raw.lower()
        found.append(Token(start + offset, end + offset, raw, lower, stem(lower), text[before:start]))
        before = end
    return found


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without its endings and in one spelling: "enlarged", "enlargement" and "enlarges" are one."""
    if word.endswith("'s"):
        word = word[:-2]
    word = word.replace("'", "")
    if word in _IRREGULAR:
        word = _IRREGULAR[word]
    for british, american in _BRITISH:
        if british in word:
            word = word.replace(british, american)
    if len(word) <= 3 or not word.isalpha():
        return word
    word = _singular(word)
    for ending, least in (("ment", 5), ("ing", 4), ("ed", 4), ("ity", 5), ("ly", 5)):
        if word.endswith(ending) and len(word) - len(ending) >= least:
            word = word[: -len(ending)]
            if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    if word.endswith(("tion", "sion")) and len(word) >= 8:
        word = word[:-3]
    if word.endswith("e") and len(word) > 4:
        word = word[:-1]
    return word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
