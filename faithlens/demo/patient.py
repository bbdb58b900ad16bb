"""The bundled checkpoint asked through plain `transformers`: batched greedy replies, nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from transformers import AutoImageProcessor, AutoTokenizer, Qwen2Tokenizer, Qwen2VLForConditionalGeneration

from faithlens import prompts
from faithlens.demo.vocabulary import IMAGE_PAD, render
from faithlens.records import LETTERS, Prompt

BATCH = 64


@dataclass(frozen=True)
class Ask:
    """One question in MedVLM-R1's prompt, with the beginning of the reply given."""

    question: str
    options: tuple[str, ...]
    pixels: NDArray[np.uint8] | None
    begin: str = ""


@dataclass(frozen=True)
class Patient:
    """A loaded checkpoint."""

    model: Any
    """A `Qwen2VLForConditionalGeneration`."""
    tokenizer: Qwen2Tokenizer
    processor: Any
    """A Qwen2-VL image processor: torchvision's where that is installed, else PIL's."""

    @classmethod
    def load(cls, folder: Path) -> Patient:
        """The checkpoint in that folder, from its own files alone."""
        return cls(
            Qwen2VLForConditionalGeneration.from_pretrained(folder, local_files_only=True).eval(),
            AutoTokenizer.from_pretrained(folder, local_files_only=True),
            AutoImageProcessor.from_pretrained(folder, local_files_only=True),
        )

    def replies(self, asks: Sequence[Ask]) -> list[str]:
        """Greedy replies, without what was given and without special tokens."""
        return self._speak(asks, 160)

    def letters(self, asks: Sequence[Ask]) -> list[int | None]:
        """The option whose letter comes next; None where no letter does."""
        return [LETTERS.index(text) if text and text in LETTERS else None for text in self._speak(asks, 1)]

    def _speak(self, asks: Sequence[Ask], max_new_tokens: int) -> list[str]:
        texts = [""] * len(asks)
        for with_image in (True, False):
            chosen = [i for i, one in enumerate(asks) if (one.pixels is not None) == with_image]
            for start in range(0, len(chosen), BATCH):
                part = chosen[start : start + BATCH]
                for i, text in zip(part, self._batch([asks[i] for i in part], max_new_tokens), strict=True):
                    texts[i] = text
        return texts

    def _batch(self, asks: Sequence[Ask], max_new_tokens: int) -> list[str]:
        shown = [one.pixels for one in asks if one.pixels is not None]
        vision, pads = {}, 0
        if shown:
            vision = dict(
                self.processor(images=[Image.fromarray(p).convert("RGB") for p in shown], return_tensors="pt")
            )
            pads = int(vision["image_grid_thw"][0].prod()) // self.processor.merge_size**2
        texts = []
        for one in asks:
            user = Prompt(prompts.template("medvlm-r1"), one.question, one.options).user
            text = render(self.tokenizer, user, image=one.pixels is not None)
            texts.append(text.replace(IMAGE_PAD, IMAGE_PAD * pads) + one.begin)
        given = self.tokenizer(texts, padding=True, padding_side="left", return_tensors="pt")
        kinds = (given["input_ids"] == self.model.config.image_token_id).int()
        with torch.inference_mode():
            out = self.model.generate(
                input_ids=given["input_ids"],
                attention_mask=given["attention_mask"],
                mm_token_type_ids=kinds,
                do_sample=False,
                max_new_tokens=max_new_tokens,
                **vision,
            )
        return self.tokenizer.batch_decode(out[:, given["input_ids"].shape[1] :], skip_special_tokens=True)
