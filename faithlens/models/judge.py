"""Language models that judge how a think speaks of a cue: any text-generation checkpoint, read by its next letter."""

from __future__ import annotations

import math
from typing import Any

import torch
import transformers

from faithlens.errors import CheckpointError
from faithlens.models.folder import local, weights_sha256
from faithlens.models.loading import quiet, target_device
from faithlens.verbalisation import QUESTION, STANCES, Stance

LETTERS = "ABCD"


class LanguageJudge:
    """A causal language model that is asked `QUESTION`; the likeliest letter counts, so no reply is unreadable."""

    def __init__(self, name: str, device: str = "auto") -> None:
        """Load from a folder or the Hub: safetensors only, no code from the checkpoint.

        Raises CheckpointError for what cannot be loaded, is no such model, or gives no numbers.
        """
        path = local(name)
        self.name = name
        self.weights_sha256 = weights_sha256(path)
        try:
            self._tokenizer: Any = transformers.AutoTokenizer.from_pretrained(path, trust_remote_code=False)
            with quiet():
                loaded: Any = transformers.AutoModelForCausalLM.from_pretrained(
                    path, dtype="auto", use_safetensors=True, trust_remote_code=False, output_loading_info=True
                )
            model, info = loaded
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise CheckpointError(f"judge {name} cannot be loaded as a language model: {error}") from error
        if info["missing_keys"]:
            raise CheckpointError(f"judge {name} lacks weights: {', '.join(sorted(info['missing_keys'])[:3])}")
        self._model = model.to(target_device(device)).eval().requires_grad_(False)
        self._length = int(getattr(model.config, "max_position_embeddings", 0) or self._tokenizer.model_max_length)
        self._letters = [self._tokens(letter) for letter in LETTERS]
        distinct = {tuple(tokens) for tokens in self._letters if tokens}
        if len(distinct) < len(LETTERS) or not math.isfinite(max(self._scores("A note.", "It is bright."))):
            raise CheckpointError(f"judge {name} cannot tell the letters {', '.join(LETTERS)} apart")

    def __call__(self, cue: str, think: str) -> Stance:
        """The stance whose letter is likeliest. Of a think that is too long, the end is read."""
        scores = self._scores(cue, think)
        return STANCES[scores.index(max(scores))]

    @torch.inference_mode()
    def _scores(self, cue: str, think: str) -> list[float]:
        ids = self._asked(cue, think)
        while len(ids) > self._length and think:
            think = think[len(think) // 4 + 1 :]
            ids = self._asked(cue, think)
        logits = self._model(torch.tensor([ids[-self._length :]], device=self._model.device)).logits[0, -1].float()
        return [float(logits[tokens].logsumexp(0)) for tokens in self._letters]

    def _asked(self, cue: str, think: str) -> list[int]:
        # no tokenizer takes lone surrogates
        text = QUESTION.replace("{cue}", cue).replace("{think}", think).encode("utf-8", "replace").decode("utf-8")
        if self._tokenizer.chat_template:
            told = [{"role": "user", "content": text}]
            text = self._tokenizer.apply_chat_template(told, tokenize=False, add_generation_prompt=True)
            return self._tokenizer(text, add_special_tokens=False)["input_ids"]
        return self._tokenizer(f"{text}\n\nLetter: ")["input_ids"]

    def _tokens(self, letter: str) -> list[int]:
        """The single tokens that say a letter, with a space before it or without."""
        found = [self._tokenizer(said, add_special_tokens=False)["input_ids"] for said in (letter, f" {letter}")]
        return sorted({ids[0] for ids in found if len(ids) == 1})
