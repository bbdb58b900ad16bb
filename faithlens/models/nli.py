"""Cross-encoders for natural language inference (NLI): does a text entail a statement, or contradict it?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
import transformers

from faithlens.edits.text import sentence_ends
from faithlens.errors import CheckpointError
from faithlens.models.folder import local, weights_sha256
from faithlens.models.loading import quiet, target_device


class CrossEncoder:
    """A sequence classifier over (text, statement) that has labels named entailment and contradiction."""

    def __init__(self, name: str, device: str = "auto") -> None:
        """Load from a folder or the Hub: safetensors only, no code from the checkpoint.

        Raises CheckpointError for what cannot be loaded, is no such classifier, or gives no numbers.
        """
        path = local(name)
        self.weights_sha256 = weights_sha256(path)
        try:
            self._tokenizer: Any = transformers.AutoTokenizer.from_pretrained(path, trust_remote_code=False)
            with quiet():
                model, info = transformers.AutoModelForSequenceClassification.from_pretrained(
                    path,
                    dtype=torch.float32,
                    use_safetensors=True,
                    trust_remote_code=False,
                    output_loading_info=True,
                )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise CheckpointError(f"NLI model {name} cannot be loaded: {error}") from error
        if info["missing_keys"]:
            raise CheckpointError(f"NLI model {name} lacks weights: {', '.join(sorted(info['missing_keys'])[:3])}")
        labels = {str(label).lower(): place for place, label in model.config.id2label.items()}
        if not {"entailment", "contradiction"} <= set(labels):
            raise CheckpointError(
                f"NLI model {name} has the labels {', '.join(sorted(labels))}; needed are entailment and contradiction"
            )
        self._entails, self._contradicts = int(labels["entailment"]), int(labels["contradiction"])
        # where a text has to be cut, its end stays
        self._tokenizer.truncation_side = "left"
        self._model = model.to(target_device(device)).eval().requires_grad_(False)
        # two less than there are positions: RoBERTa counts them from its padding
        places = int(getattr(model.config, "max_position_embeddings", 0) or 0) - 2
        self._length = min(self._tokenizer.model_max_length, places if places > 0 else 512)
        try:
            tried = self("A mass is seen.", ("There is a mass.", "There is no mass at all."))
        except (ValueError, RuntimeError, IndexError, TypeError) as error:
            raise CheckpointError(f"NLI model {name} cannot read a text with a statement: {error}") from error
        if not all(math.isfinite(value) for pair in tried for value in pair):
            raise CheckpointError(f"NLI model {name} gives no finite probabilities")

    @torch.inference_mode()
    def __call__(self, text: str, statements: Sequence[str]) -> list[tuple[float, float]]:
        """Probabilities that the text entails each statement and that it contradicts it.

        Of a text that is too long the last sentences are read, of a statement beyond half the length its end.
        """
        said = [self._end_of(statement, self._length // 2) for statement in statements]
        room = self._length - max(len(self._spans(statement)) for statement in said)
        text = self._end_of(text, room - self._tokenizer.num_special_tokens_to_add(pair=True))
        batch = self._tokenizer(
            [text] * len(said), said, truncation=True, max_length=self._length, padding=True, return_tensors="pt"
        )
        logits = self._model(**batch.to(self._model.device)).logits.float()
        chosen = logits.softmax(dim=-1)[:, [self._entails, self._contradicts]]
        return [(float(entails), float(contradicts)) for entails, contradicts in chosen.tolist()]

    def _end_of(self, text: str, room: int) -> str:
        """The last sentences that take up to `room` tokens; the end of the last where it alone takes more."""
        # no tokenizer takes lone surrogates
        text = text.encode("utf-8", "replace").decode("utf-8")
        spans = self._spans(text)
        if len(spans) <= room:
            return text
        cut = spans[-max(room, 1)][0]
        starts = (start for start in sentence_ends(text)[:-1] if not text[start:cut].strip())
        return text[next(starts, cut) :]

    def _spans(self, text: str) -> list[tuple[int, int]]:
        """The characters of each token."""
        return self._tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
