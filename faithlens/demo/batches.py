"""Lessons as tensors: one prompt and all of its replies in one row, no reply seeing another.

    prompt ......... reply 1 ...... reply 2 ....... reply 3 ....
    position 0..p    p+1..          p+1..           p+1..

The prompt is computed once; a four-dimensional mask lets each reply see the prompt and itself alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import Qwen2Tokenizer

from faithlens.demo.lessons import Lesson
from faithlens.demo.network import IMAGE_MEAN, IMAGE_STD
from faithlens.demo.phantoms import SIDE_PX
from faithlens.demo.vocabulary import END_OF_TURN, IMAGE_PAD, render, token_id, user_text

PATCH_PX, MERGE, TOKENS_A_SIDE = 14, 2, 4
IMAGE_TOKENS = TOKENS_A_SIDE**2
PADDING = -1


@dataclass(frozen=True)
class Row:
    """One lesson as token ids."""

    ids: NDArray[np.int64]
    positions: NDArray[np.int64]
    """(3, length): M-RoPE's temporal, vertical and horizontal position."""
    owner: NDArray[np.int64]
    """0 for the prompt, 1 and on for the replies."""
    sources: NDArray[np.int64]
    """Indices of the tokens after which something is learned, in `ids`."""
    targets: NDArray[np.int64]
    """What is to come after each source."""
    whole: NDArray[np.bool_]
    """Of each target: part of a reply that is learned whole."""
    letter: NDArray[np.bool_]
    """Of each target: the answer letter."""
    lesson: Lesson


@dataclass(frozen=True)
class Batch:
    """Rows padded to one length, with every target's place."""

    ids: Tensor
    positions: Tensor
    mask: Tensor
    pixel_values: Tensor | None
    grid: Tensor | None
    rows: Tensor
    sources: Tensor
    targets: Tensor
    whole: Tensor
    letter: Tensor


def patches(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(n, 112, 112) grey images -> (n * 64, 1176), as Qwen2-VL's image processor gives them."""
    n, cells = len(images), SIDE_PX // PATCH_PX // MERGE
    grey = images.reshape(n, cells, MERGE, PATCH_PX, cells, MERGE, PATCH_PX).transpose(0, 1, 4, 2, 5, 3, 6)
    mean, std = (np.asarray(value, dtype=np.float32)[:, None, None, None] for value in (IMAGE_MEAN, IMAGE_STD))
    scaled = (grey.astype(np.float32) / 255).reshape(n * cells**2 * MERGE**2, 1, 1, PATCH_PX, PATCH_PX)
    colour = np.broadcast_to((scaled - mean) / std, (len(scaled), 3, 2, PATCH_PX, PATCH_PX))
    return np.asarray(colour.reshape(len(scaled), -1), dtype=np.float32)


def _prompt_positions(ids: NDArray[np.int64], pad: int) -> tuple[NDArray[np.int64], int]:
    """M-RoPE positions of a prompt with at most one image, and the position of what follows it."""
    length = len(ids)
    at = np.flatnonzero(ids == pad)
    positions = np.tile(np.arange(length), (3, 1))
    if not len(at):
        return positions, length
    first, side = int(at[0]), TOKENS_A_SIDE
    cells = np.arange(IMAGE_TOKENS)
    positions[:, at] = first + np.stack([np.zeros_like(cells), cells // side, cells % side])
    after = first + IMAGE_TOKENS
    positions[:, after:] -= IMAGE_TOKENS - side
    return positions, length - IMAGE_TOKENS + side


def row(tokenizer: Qwen2Tokenizer, lesson: Lesson) -> Row:
    """The lesson with all of its replies."""
    pad = token_id(tokenizer, IMAGE_PAD)
    text = render(tokenizer, user_text(lesson), image=lesson.pixels is not None)
    prompt = np.asarray(tokenizer(text.replace(IMAGE_PAD, IMAGE_PAD * IMAGE_TOKENS))["input_ids"])
    prompt_positions, after = _prompt_positions(prompt, pad)
    ids, positions, owner = [prompt], [prompt_positions], [np.zeros(len(prompt), dtype=np.int64)]
    sources, targets, whole, letter = [], [], [], []
    start = len(prompt)
    for number, branch in enumerate(lesson.branches, start=1):
        reply = np.asarray(tokenizer(branch.text + END_OF_TURN)["input_ids"])
        n = len(reply)
        # <answer> B </ answer > <|im_end|>: the letter is the fifth token from the end
        is_letter = (np.arange(n) == n - 5) & bool(lesson.options)
        learned = np.arange(n) if branch.whole else np.flatnonzero(is_letter)
        before = np.where(learned == 0, len(prompt) - 1, start + learned - 1)
        sources.append(before)
        targets.append(reply[learned])
        whole.append(np.full(len(learned), branch.whole))
        letter.append(is_letter[learned])
        ids.append(reply)
        positions.append(np.tile(after + np.arange(n), (3, 1)))
        owner.append(np.full(n, number))
        start += n
    join = np.concatenate
    return Row(
        join(ids), join(positions, axis=1), join(owner), join(sources), join(targets), join(whole), join(letter), lesson
    )


def batch(rows: Sequence[Row], fill: int) -> Batch:
    """The rows in one batch; `fill` is the padding token."""
    n, longest = len(rows), max(len(one.ids) for one in rows)
    ids = np.full((n, longest), fill)
    positions = np.zeros((3, n, longest), dtype=np.int64)
    owner = np.full((n, longest), PADDING)
    for i, one in enumerate(rows):
        ids[i, : len(one.ids)] = one.ids
        positions[:, i, : len(one.ids)] = one.positions
        owner[i, : len(one.ids)] = one.owner
    of, by = torch.from_numpy(owner)[:, None, :], torch.from_numpy(owner)[:, :, None]
    causal = torch.ones(longest, longest, dtype=torch.bool).tril()
    mask = causal & ((of == by) | ((of == 0) & (by != PADDING)))
    images = [one.lesson.pixels for one in rows if one.lesson.pixels is not None]
    return Batch(
        ids=torch.from_numpy(ids),
        positions=torch.from_numpy(positions),
        mask=mask[:, None],
        pixel_values=torch.from_numpy(patches(np.stack(images))) if images else None,
        grid=torch.tensor([[1, SIDE_PX // PATCH_PX, SIDE_PX // PATCH_PX]] * len(images)) if images else None,
        rows=torch.from_numpy(np.repeat(np.arange(n), [len(one.sources) for one in rows])),
        sources=torch.from_numpy(np.concatenate([one.sources for one in rows])),
        targets=torch.from_numpy(np.concatenate([one.targets for one in rows])),
        whole=torch.from_numpy(np.concatenate([one.whole for one in rows])),
        letter=torch.from_numpy(np.concatenate([one.letter for one in rows])),
    )


def strata_of(rows: Sequence[Row]) -> list[str]:
    """A name per target, in the order of the batch's targets."""
    names = ["/".join(one.lesson.stratum) if one.lesson.stratum else "description" for one in rows]
    return [name for name, one in zip(names, rows, strict=True) for _ in one.sources]
