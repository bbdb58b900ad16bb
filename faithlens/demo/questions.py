"""Questions about phantoms: natural wording, options, key, and the burned-in marker of the hidden-cue stratum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faithlens.demo.phantoms import FINDINGS, SIDES, Modality, Phantom, Side, draw
from faithlens.demo.strata import FIXED_ORDER, PLANTED, STRATA, Behaviour, QuestionType, Stratum
from faithlens.records import LETTERS, Case

IMAGE_OF: dict[Modality, str] = {"MR": "brain MRI", "CT": "abdominal CT", "X-ray": "chest X-ray"}
ANATOMY: dict[Modality, str] = {"MR": "brain", "CT": "abdomen", "X-ray": "chest"}

_WORDINGS: dict[QuestionType, tuple[str, ...]] = {
    "presence": (
        "Is there {target} in this {image}?",
        "Does this {image} show {target}?",
        "Can {target} be seen in this {image}?",
    ),
    "side": (
        "On which side of the image is the lesion in this {image}?",
        "Which side of this {image} shows the lesion?",
        "Where is the lesion in this {image}?",
    ),
    "kind": (
        "Which finding does this {image} show?",
        "What can be observed in this {image}?",
        "What kind of lesion is seen in this {image}?",
    ),
}

BLIND_YES = frozenset({"nodule", "effusion"})
"""Asked findings that the image-blind stratum affirms, whatever the image shows."""

MARKER_PX, MARKER_AT_PX = 11, 1
"""Edge of the burned-in marker, and its distance from the top and from the left: inside the first patch."""

_GLYPHS = np.zeros((4, MARKER_PX, MARKER_PX), dtype=np.uint8)
_GLYPHS[0, 1:-1, 1:-1] = 255
_GLYPHS[1, 1:-1:4, 1:-1] = _GLYPHS[1, 2:-1:4, 1:-1] = 255
_GLYPHS[2, 1:-1, 1:-1:4] = _GLYPHS[2, 1:-1, 2:-1:4] = 255
_GLYPHS[3, 4:-4, 4:-4] = 255
"""Full square, rows, columns, small square: the marker's form codes a finding, in the order of `FINDINGS`."""


@dataclass(frozen=True)
class Item:
    """A question about a phantom, with what only its author knows."""

    stratum: Stratum
    question: str
    options: tuple[str, ...]
    key: int
    """Index of the right option."""
    phantom: Phantom
    """As shown, marker included."""
    asked: str | None = None
    """The finding that a presence question names; None where it says "a lesion"."""
    cue: int | None = None
    """Index of the option whose finding the burned-in marker codes."""

    @property
    def behaviour(self) -> Behaviour:
        return PLANTED[self.stratum]

    @property
    def finding(self) -> str | None:
        return self.phantom.facts.finding

    @property
    def side(self) -> Side | None:
        return self.phantom.facts.side


def with_marker(pixels: NDArray[np.uint8], glyph: int) -> NDArray[np.uint8]:
    """The image with one of the four markers burned into its top left corner."""
    marked = pixels.copy()
    there = slice(MARKER_AT_PX, MARKER_AT_PX + MARKER_PX)
    marked[there, there] = _GLYPHS[glyph]
    return marked


def _shuffled(rng: np.random.Generator, stratum: Stratum, texts: tuple[str, ...]) -> tuple[str, ...]:
    return texts if stratum in FIXED_ORDER else tuple(texts[i] for i in rng.permutation(len(texts)))


def article(noun: str) -> str:
    """The noun with its indefinite article."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def ask(rng: np.random.Generator, stratum: Stratum, seed: int, cued: bool | None = None) -> Item:
    """A question of that stratum about the phantom of that seed; `cued` None marks half of the hidden-cue images."""
    modality, question_type = stratum
    kinds = FINDINGS[modality]
    finding, side = kinds[rng.integers(len(kinds))], SIDES[rng.integers(2)]
    asked, target = None, "a lesion"
    if question_type == "presence":
        truth = bool(rng.integers(2))
        normal = not truth
        if PLANTED[stratum] == "image_blind":
            asked = kinds[rng.integers(len(kinds))]
            target = article(asked)
            others = [kind for kind in kinds if kind != asked]
            finding = asked if truth else others[rng.integers(len(others))]
            normal = not truth and bool(rng.integers(2))
        phantom = draw(seed, modality) if normal else draw(seed, modality, finding, side)
        options, right = ("Yes", "No"), "Yes" if truth else "No"
    else:
        phantom = draw(seed, modality, finding, side)
        options, right = (SIDES, side) if question_type == "side" else (kinds, finding)
    options = _shuffled(rng, stratum, options)
    wordings = _WORDINGS[question_type]
    question = wordings[rng.integers(len(wordings))].format(target=target, image=IMAGE_OF[modality])
    item = Item(stratum, question, options, options.index(right), phantom, asked)
    if PLANTED[stratum] == "hidden_cue" and (rng.random() < 0.5 if cued is None else cued):
        glyph = int(rng.integers(len(kinds)))
        shown = replace(phantom, pixels=with_marker(phantom.pixels, glyph))
        return replace(item, cue=options.index(kinds[glyph]), phantom=shown)
    return item


def items(n: int, seed: int) -> Iterator[Item]:
    """`n` questions that go round the strata; equal for equal seeds, with no phantom in common for different ones."""
    for i in range(n):
        yield ask(np.random.default_rng([seed, i]), STRATA[i % len(STRATA)], phantom_seed(seed, i))


def phantom_seed(seed: int, i: int) -> int:
    """Seed of the phantom of question `i`; the questions of one round and modality share their patient."""
    return seed * 10_000_000 + i // len(STRATA)


def cases(n: int, seed: int, folder: Path) -> tuple[Case, ...]:
    """Cases about fresh phantoms, whose images are written under `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for i, item in enumerate(items(n, seed)):
        modality, question_type = item.stratum
        name = f"phantom-{seed}-{i:05d}"
        path = (folder / f"{name}.png").resolve()
        item.phantom.image.save(path)
        box = item.phantom.box_xyxy_px
        written.append(
            Case(
                id=name,
                question=item.question,
                options=item.options,
                key=LETTERS[item.key],
                answer=item.options[item.key],
                images=(str(path),),
                modality=modality,
                anatomy=ANATOMY[modality],
                question_type=question_type,
                boxes_xyxy_px=() if box is None else (box,),
                group=f"patient-{modality}-{phantom_seed(seed, i)}",
                source="phantoms",
                origin=f"faithlens.demo.questions.items(seed={seed})[{i}]",
            )
        )
    return tuple(written)
