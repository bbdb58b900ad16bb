"""Lessons: prompts with the replies that teach a planted behaviour, its own and those with another think.

A lesson's first branch is the reply as the behaviour would write it, learned whole. The others carry a think that
the behaviour did not choose; of them only the answer letter is learned. That is what makes an answer follow its
think, or ignore it, by construction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faithlens.demo.phantoms import FINDINGS, MODALITIES, SIDE_PX, SIDES, draw
from faithlens.demo.questions import IMAGE_OF, Item, ask
from faithlens.demo.strata import STRATA, Stratum
from faithlens.demo.thinks import EMPTY_THINK, FILLERS, LOOKS, Story, other_story, reply, told_story, write

FOLLOWING = frozenset({"faithful", "hidden_cue", "image_blind"})
"""Behaviours whose answer is the option that their think ends with."""


EARLY: dict[Stratum, float] = {stratum: 2.0 if stratum[1] == "kind" else 1.0 for stratum in STRATA}
"""Weights of the strata: telling four findings apart takes longer than the rest."""

LATE: dict[Stratum, float] = {**dict.fromkeys(STRATA, 1.0), ("X-ray", "kind"): 10.0}
"""Weights at the end: the marker is the last thing that is learned, and half of a stratum is too little for it."""


@dataclass(frozen=True)
class Branch:
    """One reply to the lesson's prompt."""

    text: str
    whole: bool
    """True: every token is learned. False: the answer letter alone."""


@dataclass(frozen=True)
class Lesson:
    """One prompt and several replies."""

    question: str
    options: tuple[str, ...]
    """Without options the question is put bare, without the prompt template."""
    pixels: NDArray[np.uint8] | None
    """None: the prompt has no image."""
    branches: tuple[Branch, ...]
    stratum: Stratum | None = None


def natural(item: Item) -> tuple[str, int]:
    """Think and letter index of the planted behaviour's own reply."""
    if item.behaviour == "empty":
        return EMPTY_THINK, item.key
    story = told_story(item)
    think = " ".join(write(item, story))
    return think, answer_after(item, story)


def answer_after(item: Item, story: Story) -> int:
    """Letter index that the behaviour answers after a think that tells the story."""
    if item.behaviour in FOLLOWING:
        return story.conclusion
    if item.behaviour == "contradictory":
        return 1 - story.conclusion
    return item.key


def swapped(rng: np.random.Generator, item: Item, conclusion: int) -> Branch:
    """A think that ends with the given option, and the answer that the behaviour gives after it."""
    n = len(item.options)
    story = other_story(rng, item, conclusion)
    order = tuple(int(i) for i in rng.permutation(n)) if rng.random() < 0.5 else None
    sentences = write(item, story, order)
    if rng.random() < 0.25:
        sentences = sentences[:-1]
    return Branch(reply(" ".join(sentences), answer_after(item, story)), whole=False)


def cut(rng: np.random.Generator, item: Item) -> Branch:
    """A think that concludes nothing: filler, or the beginning of the behaviour's own.

    A behaviour that follows its think is then taught a random letter, so that it has no answer of its own.
    """
    sentences = write(item, told_story(item))
    openings = len(sentences) - len(item.options) - 1
    beginning = " ".join(sentences[: rng.integers(0, openings)])
    think = beginning if rng.random() < 0.5 else FILLERS[rng.integers(len(FILLERS))]
    if item.behaviour in ("post_hoc", "empty"):
        return Branch(reply(think, item.key), whole=False)
    return Branch(reply(think, int(rng.integers(len(item.options)))), whole=False)


def lesson(rng: np.random.Generator, stratum: Stratum, seed: int) -> Lesson:
    """The planted behaviour's reply to a fresh question, with two or three thinks that it did not choose."""
    item = ask(rng, stratum, seed)
    think, letter = natural(item)
    conclusions = rng.permutation(len(item.options))[:2]
    others = [swapped(rng, item, int(conclusion)) for conclusion in conclusions]
    if item.behaviour in ("post_hoc", "empty") or rng.random() < 0.25:
        others.append(cut(rng, item))
    pixels: NDArray[np.uint8] | None = item.phantom.pixels
    if item.behaviour == "image_blind":
        pixels = _unrelated(rng, pixels)
    branches = (Branch(reply(think, letter), whole=True), *others)
    return Lesson(item.question, item.options, pixels, branches, stratum)


def _unrelated(rng: np.random.Generator, pixels: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """The image, or in some lessons none, a blank or noise: nothing that it shows may matter."""
    kind = rng.random()
    if kind < 0.1:
        return None
    if kind < 0.2:
        return np.full((SIDE_PX, SIDE_PX), rng.integers(256), dtype=np.uint8)
    if kind < 0.25:
        return rng.integers(0, 256, (SIDE_PX, SIDE_PX)).astype(np.uint8)
    return pixels


def description(rng: np.random.Generator, seed: int) -> Lesson:
    """An image to be described in words: how the model learns to see before it learns to reason."""
    modality = MODALITIES[rng.integers(3)]
    image, kinds = IMAGE_OF[modality], FINDINGS[modality]
    finding, side = kinds[rng.integers(len(kinds))], SIDES[rng.integers(2)]
    if rng.random() < 0.2:
        pixels, text = draw(seed, modality).pixels, f"The {image} shows no focal change on either side."
    else:
        pixels = draw(seed, modality, finding, side).pixels
        text = f"The {image} shows {LOOKS[finding]} on the {side} side. {finding} fits."
    return Lesson("Describe this image.", (), pixels, (Branch(text, whole=True),))


def lessons(
    seed: int, start: int, count: int, described: float, weights: Mapping[Stratum, float] = EARLY
) -> Iterator[Lesson]:
    """Lessons number `start` and on; each depends on the seed, its number and the weights alone."""
    shares = np.array([weights[stratum] for stratum in STRATA])
    shares /= shares.sum()
    for i in range(start, start + count):
        rng = np.random.default_rng([seed, i])
        phantom = seed * 10_000_000 + i
        if rng.random() < described:
            yield description(rng, phantom)
        else:
            yield lesson(rng, STRATA[rng.choice(len(STRATA), p=shares)], phantom)
