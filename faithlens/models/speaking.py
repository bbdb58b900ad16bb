"""Replies that continue from the keys and values of a packed pass, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor
from transformers import DynamicCache

from faithlens.models import packed
from faithlens.models.attention import additive
from faithlens.models.checkpoint import Checkpoint
from faithlens.models.sampling import Draw


@dataclass
class Voice:
    """One reply in the making."""

    layers: Sequence[packed.Layer]
    """Keys and values of the tree that it continues from."""
    path: Tensor
    """Places in `layers` from the first token to the one that it continues from."""
    leaf: Tensor
    """(hidden,): the last layer at that token."""
    position: int
    """Of its first new token."""
    draw: Draw
    max_new_tokens: int
    ids: list[int] = field(default_factory=list[int])
    finished: bool = False
    """It ended by itself."""

    def anew(self) -> Voice:
        """The same voice before its first token."""
        draw = Draw(self.draw.temperature, self.draw.seed)
        return Voice(self.layers, self.path, self.leaf, self.position, draw, self.max_new_tokens)

    @property
    def silent(self) -> bool:
        return self.finished or len(self.ids) >= self.max_new_tokens


def voice(grown: packed.Grown, node: int, position: int, draw: Draw, max_new_tokens: int) -> Voice:
    """A reply that continues from a node that was run."""
    assert grown.hidden is not None
    path = torch.tensor([grown.places[step] for step in grown.tree.path(node)], device=grown.hidden.device)
    return Voice(grown.layers, path, grown.hidden[path[-1]], position, draw, max_new_tokens)


@torch.inference_mode()
def speak(checkpoint: Checkpoint, voices: Sequence[Voice]) -> None:
    """Let every voice go on until it ends, all in step; those that have ended leave the batch."""
    ends = set(checkpoint.end_ids)
    _take(packed.logits(checkpoint, torch.stack([voice.leaf for voice in voices])), voices, ends)
    cache, seen = _gathered(voices)
    live = list(voices)
    while True:
        staying = [i for i, voice in enumerate(live) if not voice.silent]
        if not staying:
            return
        if len(staying) < len(live):
            index = torch.tensor(staying, device=seen.device)
            live, seen = [live[i] for i in staying], seen[index]
            cache.batch_select_indices(index)
        seen = torch.nn.functional.pad(seen, (0, 1), value=True)
        _take(packed.logits(checkpoint, _step(checkpoint, live, cache, seen)), live, ends)


def _take(rows: Tensor, voices: Sequence[Voice], ends: set[int]) -> None:
    """Give each voice its next token."""
    greedy = rows.argmax(dim=-1).tolist()
    for i, voice in enumerate(voices):
        token = voice.draw(rows[i].cpu()) if voice.draw.temperature else greedy[i]
        if token in ends:
            voice.finished = True
        else:
            voice.ids.append(token)


def _step(checkpoint: Checkpoint, live: Sequence[Voice], cache: DynamicCache, seen: Tensor) -> Tensor:
    """(voices, hidden) after the last token of each."""
    device = checkpoint.model.device
    tokens = torch.tensor([[voice.ids[-1]] for voice in live], device=device)
    places = torch.tensor([[voice.position + len(voice.ids) - 1] for voice in live], device=device)
    output = checkpoint.model.model.language_model(
        inputs_embeds=checkpoint.model.get_input_embeddings()(tokens),
        position_ids=places.expand(3, -1, -1),
        attention_mask=additive(seen[:, None], checkpoint.model.dtype, device)[0].transpose(0, 1),
        past_key_values=cache,
        use_cache=True,
    )
    return output.last_hidden_state[:, -1]


def _gathered(voices: Sequence[Voice]) -> tuple[DynamicCache, Tensor]:
    """Keys and values along each voice's path, padded on the left, and (voices, length) what is no padding."""
    lengths = [len(voice.path) for voice in voices]
    longest, device = max(lengths), voices[0].path.device
    seen = torch.arange(longest, device=device) >= longest - torch.tensor(lengths, device=device)[:, None]
    own = DynamicCache()
    for number in range(len(voices[0].layers)):
        kept = [[_padded(tensor[:, voice.path], longest) for tensor in voice.layers[number]] for voice in voices]
        own.update(torch.stack([keys for keys, _ in kept]), torch.stack([values for _, values in kept]), number)
    return own, seen


def _padded(kept: Tensor, longest: int) -> Tensor:
    """(heads, length, size) with zeros in front, as long as the longest."""
    return torch.nn.functional.pad(kept, (0, 0, longest - kept.shape[1], 0))
