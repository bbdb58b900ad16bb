"""A map of every image token by occlusion: through the engine, and by Captum's LLMAttribution as users run it.

Both paint over the pixels of one merged image token at a time and ask for the log-probability of the options. Captum
asks for one option a call, with one forward pass a token; the engine reads all options at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import torch
from captum.attr import FeatureAblation, ImageMaskInput, LLMAttribution
from PIL import Image, ImageDraw
from torch import Tensor

from faithlens.bench.measure import Way, about, described, timed
from faithlens.cases.images import open_image
from faithlens.engine.packed import packed_subject
from faithlens.engine.sequence import read_out
from faithlens.models.checkpoint import Checkpoint
from faithlens.records import Answer, Answered, View

Box: TypeAlias = tuple[int, int, int, int]
"""(left, top, right, bottom) in pixels, right and bottom outside."""

WHITE = (255, 255, 255)
"""Captum's default baseline."""


@dataclass(frozen=True)
class PaintOver:
    """One rectangle painted white."""

    box: Box

    def __call__(self, image: Image.Image) -> Image.Image:
        painted = image.convert("RGB")
        left, top, right, bottom = self.box
        ImageDraw.Draw(painted).rectangle((left, top, right - 1, bottom - 1), fill=WHITE)
        return painted


def occlusion(
    loaded: Checkpoint, request: Answer, repeats: int, progress: Callable[[str, int, int], None]
) -> dict[str, Any]:
    """Seconds of both ways to have a map of every option, in turn, and the largest difference between the maps."""
    everywhere = boxes(loaded, request.view)
    small = everywhere[:2]
    found = timed(
        loaded,
        {
            "Captum, a call an option": lambda: by_captum(loaded, request, everywhere),
            "engine": lambda: by_engine(loaded, request, everywhere),
        },
        {
            "Captum": lambda: by_captum(loaded, request, small, options=1),
            "engine": lambda: by_engine(loaded, request, small),
        },
        repeats,
        progress,
    )
    (theirs, theirs_tokens, theirs_images), (ours, *_) = (done for _, done in found.values())
    gap = float((theirs - ours).abs().max())
    ways = [
        Way(name, *seconds, tokens, images, gap if name == "engine" else 0.0)
        for name, (seconds, (_, tokens, images)) in found.items()
    ]
    return {
        **about(loaded),
        "image_tokens": len(everywhere),
        "options": len(ours),
        "largest_effect_nats": float(theirs.abs().max()),
        "requested_tokens": theirs_tokens,
        "images": theirs_images,
        "repeats": repeats,
        "ways": [described(way) for way in ways],
    }


def boxes(loaded: Checkpoint, view: View) -> list[Box]:
    """Pixels of each merged image token, row by row; the image has to have the size that the model sees."""
    pixels = loaded.pixels(view)
    assert pixels is not None and len(pixels.grid_thw) == 1
    merge = int(loaded.image_processor.merge_size)
    rows, columns = (int(side) // merge for side in pixels.grid_thw[0, 1:])
    wide, high = open_image(Path(view.images[0])).size
    step_x, step_y = wide // columns, high // rows
    return [(x * step_x, y * step_y, (x + 1) * step_x, (y + 1) * step_y) for y in range(rows) for x in range(columns)]


def by_engine(loaded: Checkpoint, request: Answer, boxes: Sequence[Box]) -> tuple[Tensor, int, int]:
    """(options, boxes) by how much painting over lowers each log-probability, in nats; tokens run; images encoded."""
    subject = packed_subject(loaded)
    views = [request.view, *(View(request.view.images, (PaintOver(box),)) for box in boxes)]
    asked = [Answer(view, request.prompt, request.think, request.frame) for view in views]
    answers = [reply for reply in subject.respond(asked) if isinstance(reply, Answered)]
    table = torch.tensor([answer.logprobs_nats for answer in answers])
    return (table[0] - table[1:]).T, subject.cost.tokens_run, subject.cost.vision_encodes


def by_captum(
    loaded: Checkpoint,
    request: Answer,
    boxes: Sequence[Box],
    options: int | None = None,
) -> tuple[Tensor, int, int]:
    """The same by `LLMAttribution` with `ImageMaskInput`, for the first options or for all."""
    place = read_out(request, loaded)
    ids = [*loaded.prompt_ids(request.prompt, request.view), *place.prefix]
    image = open_image(Path(request.view.images[0]))
    mask = torch.zeros(image.height, image.width, dtype=torch.int32)
    for number, (left, top, right, bottom) in enumerate(boxes):
        mask[top:bottom, left:right] = number

    def inputs(shown: Image.Image) -> dict[str, Tensor]:
        pixels = loaded.image_processor(images=[shown], return_tensors="pt")
        tokens = torch.tensor([ids])
        found = {
            "input_ids": tokens,
            "pixel_values": pixels["pixel_values"].to(loaded.model.dtype),
            "image_grid_thw": pixels["image_grid_thw"],
            "mm_token_type_ids": (tokens == loaded.image_token_id).int(),
        }
        return {name: tensor.to(loaded.model.device) for name, tensor in found.items()}

    model = _Repaired(loaded)
    with torch.inference_mode():
        tokenizer: Any = loaded.tokenizer
        asked = LLMAttribution(FeatureAblation(model), tokenizer)
        maps = [
            asked.attribute(
                ImageMaskInput(image, mask=mask, baseline=WHITE, processor_fn=inputs),
                target=torch.tensor(tail),
                forward_in_tokens=False,
            ).seq_attr.reshape(-1)
            for tail in place.tails[:options]
        ]
    return torch.stack(maps).cpu(), model.tokens, model.passes


class _Repaired(torch.nn.Module):
    """The model as LLMAttribution needs it: token types as long as the ids, and no positions kept between calls."""

    def __init__(self, loaded: Checkpoint) -> None:
        super().__init__()
        self.model = loaded.model
        self.device = loaded.model.device
        self.tokens = 0
        self.passes = 0

    def forward(self, input_ids: Tensor, mm_token_type_ids: Tensor, **inputs: Any) -> Any:
        missing = input_ids.shape[1] - mm_token_type_ids.shape[1]
        types = torch.nn.functional.pad(mm_token_type_ids, (0, missing))
        self.model.model.rope_deltas = None
        self.tokens += input_ids.shape[1]
        self.passes += 1
        return self.model(input_ids=input_ids, mm_token_type_ids=types, use_cache=False, **inputs)
