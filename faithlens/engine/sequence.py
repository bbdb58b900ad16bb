"""From a request to token ids: the model's own where it wrote them, tokenised text elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Protocol

from faithlens.records import Answer, Frame, Span, Weigh


class Tokenizer(Protocol):
    """What this file needs of a checkpoint."""

    def encode(self, text: str) -> list[int]: ...

    def decode(self, ids: Sequence[int]) -> str: ...


@dataclass(frozen=True)
class ReadOut:
    """Where option letters are read: ids of the reply before the letter, and each option's own ids after them."""

    prefix: tuple[int, ...]
    tails: tuple[tuple[int, ...], ...]


def joined(spans: Sequence[Span], tokenizer: Tokenizer) -> tuple[list[int], str]:
    """Ids of the spans one after another, and the text at the end that remains to be tokenised.

    Text between two spans of own ids is tokenised by itself. Text at the end, with whatever part of a span its ids do
    not cover, is left whole, so that no token boundary is forced where the tokenizer would not put one.
    """
    ids: list[int] = []
    rest = ""
    for span in spans:
        covered = tokenizer.decode(span.ids) if span.ids else ""
        if not covered or not span.text.startswith(covered):
            rest += span.text
            continue
        if rest:
            ids += tokenizer.encode(rest)
        ids += span.ids
        rest = span.text[len(covered) :]
    return ids, rest


def read_out(request: Answer, tokenizer: Tokenizer) -> ReadOut:
    """Where the option letters of an `Answer` are read.

    A letter may share a token with what stands before it (">A" is one token of some vocabularies), so each option is
    tokenised together with the end of the frame; what all options share is the prefix.
    """
    frame: Frame = request.frame or request.prompt.template.frame
    spans = [frame.direct] if request.think is None else [frame.opening, request.think, frame.closing]
    ids, rest = joined(spans, tokenizer)
    options = [tokenizer.encode(rest + letter) for letter in request.prompt.letters]
    together = takewhile(lambda tokens: len(set(tokens)) == 1, zip(*options, strict=False))
    shared = [tokens[0] for tokens in together]
    return ReadOut((*ids, *shared), tuple(tuple(option[len(shared) :]) for option in options))


def whole(spans: Sequence[Span], tokenizer: Tokenizer) -> list[int]:
    """Ids of the spans one after another."""
    ids, rest = joined(spans, tokenizer)
    return [*ids, *tokenizer.encode(rest)]


def split(request: Weigh, tokenizer: Tokenizer) -> tuple[list[int], list[int]]:
    """Ids before the text that is weighed, and its own.

    Text behind text is tokenised as one, so the weighed part begins where the ids first differ from the beginning's.
    """
    begin, together = whole([request.begin], tokenizer), whole([request.begin, request.reply], tokenizer)
    shared = next((i for i, (a, b) in enumerate(zip(begin, together, strict=False)) if a != b), len(begin))
    return together[:shared], together[shared:]
