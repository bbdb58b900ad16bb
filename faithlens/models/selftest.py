"""What must hold of a checkpoint before any number of an audit is worth reading.

A library that silently drops the image, pads the wrong side or renders another prompt gives plausible numbers about
nothing. Each check is run on the loaded checkpoint itself, with a picture drawn here.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from faithlens.edits.image import Blank
from faithlens.errors import SelfTestError
from faithlens.models.checkpoint import Checkpoint
from faithlens.prompts import PUBLISHED
from faithlens.records import Prompt, Template, View

BATCH_TOLERANCE_NATS = {torch.float32: 1e-3, torch.bfloat16: 0.5, torch.float16: 0.1}
"""Largest change of a next-token log-probability by what else is in the batch. fp32 leaves only the order of sums;
half precision is bounded far below a decision between options but far above rounding."""

_REPLY = "<think>\nA small nodule is seen in the left lung, about 1.5 cm (≈ 15 mm).\n</think>\n\n<answer>B</answer>"


@dataclass(frozen=True)
class Check:
    """One self-test of a checkpoint and what it measured."""

    name: str
    passed: bool
    detail: str


def run_checks(checkpoint: Checkpoint, template: Template = PUBLISHED["medvlm-r1"]) -> tuple[Check, ...]:
    """All self-tests, each reported, none raised."""
    prompt = Prompt(template, "Which modality is shown?", ("MRI", "CT", "X-ray", "Ultrasound"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gradient.png"
        _picture().save(path)
        view = View((str(path),))
        checks: tuple[tuple[str, Callable[[Checkpoint, Prompt, View], tuple[bool, str]]], ...] = (
            ("prompt renders as published", _renders),
            ("tokens round-trip", _round_trips),
            ("the image reaches the model", _image_reaches),
            ("alone and in a batch agree", _batch_agrees),
        )
        return tuple(_reported(name, check, checkpoint, prompt, view) for name, check in checks)


def require(checks: tuple[Check, ...], checkpoint: Checkpoint) -> None:
    """Raise SelfTestError that names every failed check."""
    failed = [f"{check.name}: {check.detail}" for check in checks if not check.passed]
    if failed:
        raise SelfTestError(
            f"checkpoint {checkpoint.folder.id} fails {len(failed)} of {len(checks)} self-tests, so no number of an "
            f"audit could be trusted: {'; '.join(failed)}"
        )


def _reported(
    name: str,
    check: Callable[[Checkpoint, Prompt, View], tuple[bool, str]],
    checkpoint: Checkpoint,
    prompt: Prompt,
    view: View,
) -> Check:
    try:
        passed, detail = check(checkpoint, prompt, view)
    except (ValueError, RuntimeError, KeyError, IndexError, TypeError) as error:
        passed, detail = False, f"{type(error).__name__}: {error}"
    return Check(name, passed, detail)


def _picture() -> Image.Image:
    """A 224 x 224 picture in which every part differs from every other."""
    rows, columns = np.mgrid[0:224, 0:224]
    channels = [rows, columns, 127 + 100 * np.sin(rows / 9) * np.cos(columns / 13)]
    return Image.fromarray(np.stack(channels, axis=-1).astype(np.uint8))


def _renders(checkpoint: Checkpoint, prompt: Prompt, _view: View) -> tuple[bool, str]:
    """The chat text is the published one: system turn, vision markers, the user's bytes, the assistant's turn."""
    system = prompt.template.system or checkpoint.folder.family.default_system
    turn = f"<|im_start|>system\n{system}<|im_end|>\n" if system else ""
    expected = (
        f"{turn}<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|>{prompt.user}<|im_end|>\n"
        "<|im_start|>assistant\n"
    )
    text = checkpoint.rendered(prompt, images=1)
    # thinking checkpoints open the think in the prompt
    if text in (expected, f"{expected}<think>\n"):
        return True, f"{len(text)} characters, template {prompt.template.name}"
    differs = next((i for i, (a, b) in enumerate(zip(text, expected, strict=False)) if a != b), len(expected))
    return False, f"differs from character {differs}: {text[differs : differs + 40]!r}, not {expected[differs:][:40]!r}"


def _round_trips(checkpoint: Checkpoint, prompt: Prompt, _view: View) -> tuple[bool, str]:
    for text in (prompt.user, _REPLY):
        ids = checkpoint.encode(text)
        back = checkpoint.decode(ids)
        if back != text:
            return False, f"{text[:40]!r}… comes back as {back[:40]!r}…"
        starts = checkpoint.starts(ids)
        if any(checkpoint.decode(ids[:i]).rstrip("�") != text[:start] for i, start in enumerate(starts)):
            return False, "offsets of tokens do not fit the text"
    return True, f"{len(checkpoint.encode(_REPLY))} tokens for a reply of {len(_REPLY)} characters"


def _image_reaches(checkpoint: Checkpoint, prompt: Prompt, view: View) -> tuple[bool, str]:
    blank = View(view.images, (Blank(),))
    shown, hidden = (
        torch.log_softmax(checkpoint.next_logits([(checkpoint.prompt_ids(prompt, v), v)])[0], dim=-1)
        for v in (view, blank)
    )
    change = float((shown - hidden).abs().max())
    merged = checkpoint.tokens_per_image(view)[0]
    return change > 1e-6, f"blanking it changes a log-probability by {change:.2g} nats ({merged} image tokens)"


def _batch_agrees(checkpoint: Checkpoint, prompt: Prompt, view: View) -> tuple[bool, str]:
    """Rows of different length, with and without image, alone and padded together."""
    without = View()
    rows = [
        (checkpoint.prompt_ids(prompt, view), view),
        ([*checkpoint.prompt_ids(prompt, view), *checkpoint.encode(_REPLY)], view),
        (checkpoint.prompt_ids(prompt, without), without),
    ]
    together = torch.log_softmax(checkpoint.next_logits(rows), dim=-1)
    alone = torch.cat([torch.log_softmax(checkpoint.next_logits([row]), dim=-1) for row in rows])
    likely = alone.topk(5, dim=-1).indices
    gap = float((together.gather(1, likely) - alone.gather(1, likely)).abs().max())
    tolerance = BATCH_TOLERANCE_NATS[checkpoint.model.dtype]
    return gap <= tolerance, f"differ by at most {gap:.2g} nats (tolerance {tolerance:g} in {checkpoint.model.dtype})"
