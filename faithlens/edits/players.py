"""What a model is given, in parts that can be left out one by one, and how much each part is worth to it."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, TypeAlias, get_args

from faithlens.edits.image import Fill, HideTiles
from faithlens.edits.text import sentence_ends
from faithlens.records import Prompt, Span, View

Modality = Literal["image", "question", "options", "think"]
MODALITIES: tuple[Modality, ...] = get_args(Modality)

Coalition: TypeAlias = frozenset[int]
"""Numbers of the players that are shown."""

MASK = "_"
"""Stands for each word that is left out."""


@dataclass(frozen=True)
class Players:
    """Tiles of the image, then words of the question, texts of the options, and sentences of the think."""

    view: View
    prompt: Prompt
    think: Span
    side: int
    """Tiles in a row, and in a column."""
    words: tuple[tuple[int, int], ...]
    """Offsets in the question of each player; several neighbouring words where there are many."""
    sentences: tuple[tuple[int, int], ...]
    """Offsets in the think."""
    fill: Fill = "mean"

    @property
    def kinds(self) -> tuple[Modality, ...]:
        """Of each player, in order."""
        counts = (self.side**2, len(self.words), len(self.prompt.options), len(self.sentences))
        return tuple(kind for kind, count in zip(MODALITIES, counts, strict=True) for _ in range(count))

    @property
    def given(self) -> int:
        """How many players stand before the think."""
        return len(self.kinds) - len(self.sentences)

    def shown(self, present: Coalition) -> tuple[View, Prompt, Span]:
        """View, prompt and think with the other players left out. All present: the very same, in its own tokens."""
        gone = [i for i in range(len(self.kinds)) if i not in present]
        first = (self.side**2, self.side**2 + len(self.words), self.given)
        tiles = tuple(i for i in gone if i < first[0])
        edit = HideTiles(self.side, self.side, tiles, self.fill)
        view = replace(self.view, edits=(*self.view.edits, edit)) if tiles else self.view
        question = _without(self.prompt.question, [self.words[i - first[0]] for i in gone if first[0] <= i < first[1]])
        options = tuple(MASK if first[1] + i in gone else text for i, text in enumerate(self.prompt.options))
        missing = [self.sentences[i - first[2]] for i in gone if i >= first[2]]
        think = Span(_without(self.think.text, missing)) if missing else self.think
        return view, replace(self.prompt, question=question, options=options), think


def players(view: View, prompt: Prompt, think: Span, side_most: int, words_most: int, fill: Fill = "mean") -> Players:
    """The players of a reply. So many tiles a side that image and text before the think have about as many players."""
    found = [match.span() for match in re.finditer(r"\S+", prompt.question)]
    count = min(words_most, len(found))
    cuts = [round(i * len(found) / count) for i in range(count + 1)] if count else [0]
    words = tuple((found[a][0], found[b - 1][1]) for a, b in pairwise(cuts))
    side = min(side_most, math.ceil(math.sqrt(len(words) + len(prompt.options))))
    ends = sentence_ends(think.text)
    return Players(view, prompt, think, side, words, tuple(zip([0, *ends], ends, strict=False)), fill)


def _without(text: str, gone: Sequence[tuple[int, int]]) -> str:
    """The text with each word in those places masked; white space stays."""
    for start, end in sorted(gone, reverse=True):
        text = text[:start] + re.sub(r"\S+", MASK, text[start:end]) + text[end:]
    return text


# --------------------------------------------------------------------------------- Shapley values


def orders(count: int, pairs: int, seed: int) -> list[tuple[int, ...]]:
    """Random orders of the players, each followed by its reverse: antithetic, so that chance cancels."""
    drawn: list[tuple[int, ...]] = []
    for pair in range(pairs):
        order = list(range(count))
        random.Random(f"{seed} {pair}").shuffle(order)
        drawn += [tuple(order), tuple(reversed(order))]
    return drawn


def coalitions(order: Sequence[int]) -> Iterator[Coalition]:
    """None of the players, the first, the first two, … all of them."""
    for count in range(len(order) + 1):
        yield frozenset(order[:count])


def shapley(some: Sequence[Sequence[int]], worth: Mapping[Coalition, float]) -> tuple[float, ...]:
    """What each player adds where it comes in, mean over orders. They sum to the worth of all less that of none."""
    added = [0.0] * len(some[0])
    for order in some:
        steps = [worth[coalition] for coalition in coalitions(order)]
        for player, (before, after) in zip(order, pairwise(steps), strict=True):
            added[player] += (after - before) / len(some)
    return tuple(added)
