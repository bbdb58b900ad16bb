"""One view's image tokens as the input of a differentiable function, and what the model does with them inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from faithlens.errors import ImageError
from faithlens.models.checkpoint import Checkpoint
from faithlens.models.vision import Features, Vision
from faithlens.records import View

CPU_BYTES = 1 << 30
"""Activations that a backward pass may hold on a CPU; on a GPU half of what is free."""

_ELEMENTS_PER_TOKEN_AND_LAYER = 17
"""In units of the hidden size: what a decoder layer keeps for its backward pass. Korthikanti et al. 2205.05198, eq. 2,
34 bytes in half precision, without the attention that `sdpa` does not keep."""


@dataclass(frozen=True)
class Term:
    """One log-probability of a sum: that of `token` coming right after position `after`."""

    after: int
    token: int
    weight: float = 1.0


@dataclass(frozen=True)
class Readout:
    """A scalar that is read from one sequence: a weighted sum of log-probabilities, in nats."""

    ids: tuple[int, ...]
    """Prompt with its image placeholders, then as much of the reply as is needed."""
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class ImageTokens:
    """The merged tokens of a view of one image, and functions of them.

    A token is (width,): its merged embedding, and behind it, for Qwen3-VL, what DeepStack adds at its place to the
    first decoder layers. Without those, most of what the image says would reach the model by another way. Tokens are
    in raster order in every family: Qwen2.5-VL undoes its windows after the merger.
    """

    checkpoint: Checkpoint
    view: View

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of merged tokens. Raises ImageError unless the view shows one image."""
        pixels = self.checkpoint.pixels(self.view)
        if pixels is None or len(pixels.grid_thw) != 1:
            raise ImageError(f"a map is of one image, and {len(self.view.images)} are shown")
        _, rows, cols = pixels.grid_thw[0].tolist()
        merge = self.checkpoint.image_processor.merge_size
        return rows // merge, cols // merge

    @cached_property
    def values(self) -> Tensor:
        """(tokens, width) of this view."""
        return self.encoded(self.view)

    def encoded(self, view: View) -> Tensor:
        """(tokens, width) of another view, such as a blurred one. The model may have other weights by now."""
        features: Features = Vision(self.checkpoint).features([view])[view]
        # a tensor made in inference mode takes no part in gradients; a copy does
        return torch.cat([features.embeds, *features.deepstack], dim=-1).clone()

    def score(self, tokens: Tensor, readout: Readout) -> Tensor:
        """(batch,) float32 nats for (batch, tokens, width)."""
        return self._read(self._passed(tokens, readout).last_hidden_state, readout)

    def batch(self, readout: Readout) -> int:
        """How many sequences a backward pass may hold at once."""
        model: Any = self.checkpoint.model
        text = model.config.get_text_config()
        row = (
            len(readout.ids)
            * text.num_hidden_layers
            * text.hidden_size
            * _ELEMENTS_PER_TOKEN_AND_LAYER
            * model.dtype.itemsize
        )
        room = torch.cuda.mem_get_info(model.device)[0] // 2 if model.device.type == "cuda" else CPU_BYTES
        return max(1, room // row)

    def attention(self, readout: Readout) -> list[tuple[Tensor, Tensor]]:
        """Per decoder layer: attention weights and the gradient of the score in them, (heads, positions, positions)."""
        model: Any = self.checkpoint.model
        before = model.config.get_text_config()._attn_implementation
        model.set_attn_implementation("eager")
        try:
            with torch.enable_grad():
                tokens = self.values[None].clone().requires_grad_()
                output = self._passed(tokens, readout, output_attentions=True)
                weights = list(output.attentions)
                gradients = torch.autograd.grad(self._read(output.last_hidden_state, readout)[0], weights)
        finally:
            model.set_attn_implementation(before)
        return [(w[0].detach().float(), g[0].float()) for w, g in zip(weights, gradients, strict=True)]

    @torch.no_grad()
    def logits(self, readout: Readout, tokens: Sequence[int]) -> Tensor:
        """(positions, tokens) float32: logits of those tokens after every position of the sequence."""
        hidden = self._passed(self.values[None], readout).last_hidden_state[0]
        return hidden.float() @ self.checkpoint.model.lm_head.weight[list(tokens)].float().T

    def places(self, readout: Readout) -> Tensor:
        """Positions of the image tokens in the sequence."""
        return torch.tensor([i for i, token in enumerate(readout.ids) if token == self.checkpoint.image_token_id])

    # ----------------------------------------------------------------------------------- inside

    def _read(self, hidden: Tensor, readout: Readout) -> Tensor:
        """(batch,) score of (batch, positions, hidden)."""
        at = [term.after for term in readout.terms]
        chosen = torch.tensor([term.token for term in readout.terms], device=hidden.device)
        weights = torch.tensor([term.weight for term in readout.terms], device=hidden.device)
        logprobs = torch.log_softmax(self.checkpoint.model.lm_head(hidden[:, at]).float(), dim=-1)
        found = logprobs.gather(-1, chosen.expand(len(hidden), -1)[..., None])[..., 0]
        return (found * weights).sum(-1)

    def _passed(self, tokens: Tensor, readout: Readout, **asked: bool) -> Any:
        """The language model's output for (batch, tokens, width)."""
        model: Any = self.checkpoint.model
        ids = torch.tensor(readout.ids, device=model.device)
        visual = ids == self.checkpoint.image_token_id
        if tokens.shape[1] != int(visual.sum()):
            raise RuntimeError(f"{tokens.shape[1]} image tokens for {int(visual.sum())} placeholders")
        rows = len(tokens)
        merged, *deepstack = tokens.split(model.config.get_text_config().hidden_size, dim=-1)
        embeds = model.get_input_embeddings()(ids).expand(rows, -1, -1)
        at = visual.nonzero()[:, 0]
        embeds = embeds.index_copy(1, at, merged.to(embeds.dtype))
        places = torch.tensor(self.checkpoint.positions(readout.ids, self.view), device=model.device).T
        extra: dict[str, Any] = dict(asked)
        if deepstack:
            extra["visual_pos_masks"] = visual.expand(rows, -1)
            # the model adds these at all visual positions of the batch, row after row
            extra["deepstack_visual_embeds"] = [layer.flatten(0, 1).to(embeds.dtype) for layer in deepstack]
        return model.model.language_model(
            inputs_embeds=embeds,
            position_ids=places[:, None].expand(-1, rows, -1),
            use_cache=False,
            **extra,
        )
