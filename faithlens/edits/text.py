"""Pure edits of a think: cut it, replace it, rename the letters in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

from faithlens.records import Span, Trace

_T = TypeVar("_T")

# A sentence ends at . ! ? with what closes it, before white space. An enumerating "A." at the beginning of a line or
# of a sentence ends none, nor does the point in "3.5"; "the answer is A." does.
_SENTENCE_END = re.compile(r"(?<!^[A-J])(?<!\n[A-J])(?<![.!?] [A-J])[.!?][\"')\]]*(?=\s|$)|\n+(?=\S)")

_UNRELATED = (
    "The library opens at nine in the morning and closes at six in the evening. Books can be returned at the desk "
    "beside the entrance. On weekends the reading room is quiet and the small garden behind it is open to visitors. "
    "The tram stops in front of the building every ten minutes. "
)

# A capital A-J is the name of an option when it follows "option", "answer is" and the like, or when ) ] . : or *
# closes it. The article in "A mass is seen" is neither.
_LETTER = re.compile(
    r"(?<![\w'’-])(?:"
    r"(?i:(?<=option )|(?<=choice )|(?<=letter )|(?<=answer )|(?<=answer is )|(?<=answer: ))([A-J])(?![\w'’-])"
    r"|([A-J])(?=[).:\]*]|\s*$))"
)


def sentence_ends(text: str) -> list[int]:
    """Offsets at which a sentence ends, the end of the text last. An empty text has none."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text) if text[: match.end()].strip()]
    stop = len(text.rstrip())
    return [end for end in ends if end < stop] + ([stop] if stop else [])


def cut_by_sentence(trace: Trace) -> list[Span]:
    """The think's beginnings after 0, 1, … all sentences, in the model's own tokens. No think gives none."""
    if trace.think_span is None:
        return []
    start, stop = trace.think_span
    inner = [start + end for end in sentence_ends(trace.reply[start:stop])[:-1]]
    return [Span(), *(trace.cut(start, end) for end in inner), trace.cut(start, stop)]


def cut_by_token(trace: Trace, parts: int) -> list[Span]:
    """The think's beginnings after 0, 1/parts, … all of its own tokens (of its words where ids are unknown)."""
    if trace.think_span is None:
        return []
    start, stop = trace.think_span
    if trace.reply_ids:
        marks = [at for at in trace.reply_starts if start < at < stop]
    else:
        marks = [start + word.start() for word in re.finditer(r"\S+", trace.reply[start:stop])][1:]
    marks = [start, *marks, stop]
    chosen = [marks[round(part * (len(marks) - 1) / parts)] for part in range(parts + 1)]
    return [Span() if at == start else trace.cut(start, at) for at in chosen]


def unrelated(words: int) -> str:
    """That many words about a library: fluent, and about nothing that a radiologist would see."""
    supply = _UNRELATED.split()
    return " ".join(supply[i % len(supply)] for i in range(words))


def rename_letters(text: str, names: Mapping[str, str]) -> str:
    """Every letter that names an option renamed, all at once: with {"B": "C"} "B) fits" is "C) fits"."""

    def renamed(match: re.Match[str]) -> str:
        letter = match[1] or match[2]
        return names.get(letter, letter)

    return _LETTER.sub(renamed, text)


def permute(options: Sequence[_T], shift: int) -> tuple[_T, ...]:
    """Options moved on by `shift` places: what stood first stands at index `shift`."""
    return tuple(options[(i - shift) % len(options)] for i in range(len(options)))
