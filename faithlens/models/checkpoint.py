"""A loaded Qwen-VL checkpoint: tokens, pixels, log-probabilities and replies. All that faithlens asks of torch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import GenerationConfig, LogitsProcessorList, PreTrainedModel, PreTrainedTokenizerBase

from faithlens.cases.images import open_image
from faithlens.errors import CheckpointError, ImageError, PromptError
from faithlens.models.folder import Folder
from faithlens.models.sampling import Draw, Drawn
from faithlens.records import Prompt, View


@dataclass(frozen=True)
class Pixels:
    """What the vision tower is given for one view."""

    values: Tensor
    """(patches, channels * 2 * patch²), patches of all images one after another."""
    grid_thw: Tensor
    """(images, 3): frames, rows and columns in patches."""


@dataclass(frozen=True)
class Checkpoint:
    """A model with its tokenizer and image processor. Made by `faithlens.models.load`."""

    folder: Folder
    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    image_processor: Any
    adapter: str | None = None
    _pixels: Any = field(init=False, repr=False, compare=False)
    _grids: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_pixels", lru_cache(maxsize=64)(self._open))
        object.__setattr__(self, "_grids", lru_cache(maxsize=4096)(lambda view: self._pixels(view).grid_thw))

    # ------------------------------------------------------------------------------------- text

    def encode(self, text: str) -> list[int]:
        """Token ids of a text, nothing added."""
        return self.tokenizer.encode(text, add_special_tokens=False) if text else []

    def decode(self, ids: Sequence[int]) -> str:
        """Text of token ids, without special tokens."""
        return str(self.tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False))

    def starts(self, ids: Sequence[int]) -> tuple[int, ...]:
        """Offset in `decode(ids)` at which each token begins.

        A character may need several tokens; those after the first begin where the character ends.
        """
        starts, anchor, base, length = [], 0, 0, 0
        for i in range(len(ids)):
            starts.append(base + length)
            piece = self.decode(ids[anchor : i + 1])
            length = len(piece.rstrip("�"))
            if length == len(piece):
                anchor, base, length = i + 1, base + length, 0
        return tuple(starts)

    def rendered(self, prompt: Prompt, images: int) -> str:
        """The chat text as the model is given it, one image placeholder for each image.

        Raises PromptError if question or options contain one of the tokenizer's special tokens.
        """
        for token in self._special:
            if token in prompt.user:
                raise PromptError(f"the question contains {token!r}, which the tokenizer reads as a control token")
        content = [*({"type": "image"} for _ in range(images)), {"type": "text", "text": prompt.user}]
        system = prompt.template.system
        messages = [
            *([] if system is None else [{"role": "system", "content": system}]),
            {"role": "user", "content": content},
        ]
        return str(self.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))

    def prompt_ids(self, prompt: Prompt, view: View) -> list[int]:
        """Token ids up to where the reply begins, each image placeholder repeated for each of its merged tokens."""
        text = self.rendered(prompt, len(view.images))
        pad = str(self.tokenizer.convert_ids_to_tokens(self.image_token_id))
        pieces = text.split(pad)
        merged = self.tokens_per_image(view)
        if len(pieces) != len(merged) + 1:
            raise PromptError(
                f"the chat template of {self.folder.id} renders {len(pieces) - 1} image placeholders for "
                f"{len(merged)} images"
            )
        padded = "".join(piece + pad * count for piece, count in zip(pieces, [*merged, 0], strict=True))
        return self.encode(padded)

    @property
    def _special(self) -> list[str]:
        return [str(token) for token in self.tokenizer.added_tokens_decoder.values() if token.special]

    @property
    def image_token_id(self) -> int:
        return self.model.config.image_token_id

    @property
    def end_ids(self) -> list[int]:
        """Tokens that end a reply."""
        settings: GenerationConfig | None = self.model.generation_config
        given: Any = self.tokenizer.eos_token_id if settings is None else settings.eos_token_id
        return [given] if isinstance(given, int) else list(given or [])

    @property
    def pad_id(self) -> int:
        pad: Any = self.tokenizer.pad_token_id
        return self.end_ids[0] if pad is None else int(pad)

    # ------------------------------------------------------------------------------------ image

    def pixels(self, view: View) -> Pixels | None:
        """Preprocessed pixels of a view; None for a view without images. The last 64 views are kept."""
        return self._pixels(view) if view.images else None

    def _open(self, view: View) -> Pixels:
        images = []
        for path in view.images:
            image = open_image(Path(path))
            for edit in view.edits:
                image = edit(image)
            images.append(image)
        try:
            features = self.image_processor(images=images, return_tensors="pt")
        except ValueError as error:
            raise ImageError(f"{', '.join(view.images)}: the image processor refuses it: {error}") from error
        return Pixels(features["pixel_values"], features["image_grid_thw"])

    def tokens_per_image(self, view: View) -> list[int]:
        """Merged image tokens of each image of a view."""
        if not view.images:
            return []
        merge = self.image_processor.merge_size**2
        return [int(grid.prod()) // merge for grid in self._grids(view)]

    def positions(self, ids: Sequence[int], view: View) -> list[tuple[int, int, int]]:
        """M-RoPE positions (time, row, column) of a prompt's tokens, as the family itself gives them."""
        if not view.images:
            return [(i, i, i) for i in range(len(ids))]
        tokens = torch.tensor([list(ids)])
        places, _ = self.model.model.get_rope_index(
            tokens,
            mm_token_type_ids=(tokens == self.image_token_id).int(),
            image_grid_thw=self._grids(view),
            attention_mask=torch.ones_like(tokens),
        )
        return [(t, h, w) for t, h, w in places[:, 0].T.tolist()]

    @property
    def pixel_limits(self) -> tuple[int, int]:
        """Fewest and most pixels that an image is resized to."""
        size = self.image_processor.size
        return int(size["shortest_edge"]), int(size["longest_edge"])

    # ------------------------------------------------------------------------------------ model

    def inputs(self, rows: Sequence[tuple[Sequence[int], View]]) -> dict[str, Tensor]:
        """Model inputs of several sequences about their views, padded on the left."""
        longest = max(len(ids) for ids, _ in rows)
        ids = torch.full((len(rows), longest), self.pad_id)
        mask = torch.zeros_like(ids)
        for row, (tokens, _) in enumerate(rows):
            ids[row, longest - len(tokens) :] = torch.tensor(tokens)
            mask[row, longest - len(tokens) :] = 1
        tensors = {"input_ids": ids, "attention_mask": mask, "mm_token_type_ids": (ids == self.image_token_id).int()}
        shown = [pixels for _, view in rows if (pixels := self.pixels(view)) is not None]
        if shown:
            tensors["pixel_values"] = torch.cat([pixels.values for pixels in shown]).to(self.model.dtype)
            tensors["image_grid_thw"] = torch.cat([pixels.grid_thw for pixels in shown])
        return {name: tensor.to(self.model.device) for name, tensor in tensors.items()}

    @torch.inference_mode()
    def logprobs(self, ids: Sequence[int], view: View, start: int) -> Tensor:
        """(len(ids) - start + 1, vocabulary), float32, nats: for each position from `start` on, what comes next there.

        Row i tells of the token at position start + i given all tokens before it.
        """
        self._forget()
        keep = torch.arange(start - 1, len(ids), device=self.model.device)
        output = self.model(**self.inputs([(ids, view)]), logits_to_keep=keep, use_cache=False)
        return torch.log_softmax(output.logits[0].float(), dim=-1).cpu()

    @torch.inference_mode()
    def next_logits(self, rows: Sequence[tuple[Sequence[int], View]]) -> Tensor:
        """(rows, vocabulary), float32: logits after the last token of each row, all rows in one padded batch."""
        self._forget()
        return self.model(**self.inputs(rows), logits_to_keep=1, use_cache=False).logits[:, -1].float().cpu()

    @torch.inference_mode()
    def generate(
        self, rows: Sequence[tuple[Sequence[int], View]], max_new_tokens: int, draws: Sequence[Draw]
    ) -> list[tuple[list[int], bool]]:
        """New token ids of each row, and whether it ended by itself.

        The checkpoint's own generation settings are left aside: they carry sampling and repetition penalties that
        would change what is audited. Each row takes the tokens that its own draw chooses.
        """
        self._forget()
        settings = GenerationConfig(
            max_new_tokens=max_new_tokens,
            do_sample=False,
            eos_token_id=self.end_ids,
            pad_token_id=self.pad_id,
            repetition_penalty=1.0,
        )
        inputs = self.inputs(rows)
        output = self.model.generate(  # type: ignore[operator]
            **inputs, generation_config=settings, logits_processor=LogitsProcessorList([Drawn(draws)])
        )
        ends = set(self.end_ids)
        replies: list[tuple[list[int], bool]] = []
        for row in output[:, inputs["input_ids"].shape[1] :].tolist():
            stop = next((i for i, token in enumerate(row) if token in ends), None)
            replies.append((row if stop is None else row[:stop], stop is not None))
        return replies

    def _forget(self) -> None:
        """Drop the position offsets that transformers keeps on the module between calls."""
        self.model.model.rope_deltas = None

    def described(self) -> dict[str, Any]:
        """What a manifest says about this checkpoint."""
        least, most = self.pixel_limits
        return {
            "id": self.folder.id,
            "model_type": self.folder.family.model_type,
            "weights_sha256": self.folder.weights_sha256,
            "adapter": self.adapter,
            "parameters": sum(parameter.numel() for parameter in self.model.parameters()),
            "dtype": str(self.model.dtype).removeprefix("torch."),
            "device": str(self.model.device),
            "min_pixels": least,
            "max_pixels": most,
            "image_processor": json.loads(self.image_processor.to_json_string()),
        }


def require_chat_template(tokenizer: PreTrainedTokenizerBase, folder: Folder) -> None:
    """Older checkpoints keep the chat template beside the processor; take it from there, or say that it is missing."""
    if tokenizer.chat_template is not None:
        return
    file = folder.path / "chat_template.json"
    if not file.is_file():
        raise CheckpointError(f"checkpoint {folder.id} has no chat template; add its chat_template.jinja to the folder")
    tokenizer.chat_template = json.loads(file.read_text(encoding="utf-8"))["chat_template"]
