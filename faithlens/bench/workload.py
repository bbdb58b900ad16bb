"""Something to measure on: a checkpoint of a given size, and the quick suite's requests about a few cases."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from PIL import Image

from faithlens import demo, prompts, replies
from faithlens.cases.pool import Pool
from faithlens.engine.ask import ask_all
from faithlens.engine.subject import Reply
from faithlens.errors import SettingsError
from faithlens.models.checkpoint import Checkpoint
from faithlens.models.folder import find
from faithlens.models.loading import load_folder
from faithlens.probes import Exhibit, choose
from faithlens.records import Answer, Answered, Case, Request, Speak, Spoken

_TOKEN_IDS = ("image_token_id", "video_token_id", "vision_start_token_id", "vision_end_token_id")

_WORDS = ("bright", "round", "mass", "left", "scan", "shows", "finding", "fits", "side", "image", "the", "is", "not")

THINK_TOKENS = 120
"""About the length of a think of MedVLM-R1: two to four sentences."""


@dataclass(frozen=True)
class Size:
    """Sizes of a random Qwen2-VL."""

    hidden: int
    layers: int
    heads: int
    kv_heads: int
    feed_forward: int
    vocabulary: int
    vision_width: int
    vision_depth: int
    vision_heads: int
    pixels: int
    """Side of a square image."""
    mrope_section: tuple[int, int, int]


SIZES: dict[str, Size] = {
    "mid": Size(768, 10, 12, 4, 2560, 8192, 384, 8, 6, 224, (8, 12, 12)),
    # config.json of Qwen/Qwen2-VL-2B-Instruct, which MedVLM-R1 was trained from
    "qwen2-vl-2b": Size(1536, 28, 12, 2, 8960, 151936, 1280, 32, 16, 224, (16, 24, 24)),
}


def checkpoint(preset: str, folder: Path, device: str, dtype: str) -> tuple[Checkpoint, int]:
    """The bundled checkpoint, or a random one saved to and loaded from a folder; and the side of its images."""
    if preset == "bundled":
        return load_folder(find(str(demo.CHECKPOINT)), None, device, dtype), 112
    if preset not in SIZES:
        raise SettingsError(f"unknown preset {preset!r}; there are: bundled, {', '.join(SIZES)}")
    size = SIZES[preset]
    place = folder / preset
    if not (place / "config.json").exists():
        _save(size, place)
    return load_folder(find(str(place)), None, device, dtype), size.pixels


def _save(size: Size, place: Path) -> None:
    """A random checkpoint in the ordinary layout, with the bundled tokenizer."""
    bundled = transformers.AutoConfig.from_pretrained(demo.CHECKPOINT)
    ids: dict[str, Any] = {name: getattr(bundled, name) for name in _TOKEN_IDS}
    config = transformers.Qwen2VLConfig(
        text_config={
            "vocab_size": size.vocabulary,
            "hidden_size": size.hidden,
            "intermediate_size": size.feed_forward,
            "num_hidden_layers": size.layers,
            "num_attention_heads": size.heads,
            "num_key_value_heads": size.kv_heads,
            "rope_parameters": {"rope_type": "default", "mrope_section": list(size.mrope_section), "rope_theta": 1e6},
            "tie_word_embeddings": True,
            "bos_token_id": None,
            "eos_token_id": None,
        },
        vision_config={
            "depth": size.vision_depth,
            "embed_dim": size.vision_width,
            "hidden_size": size.hidden,
            "num_heads": size.vision_heads,
        },
        tie_word_embeddings=True,
        **ids,
    )
    torch.manual_seed(0)
    model: Any = transformers.Qwen2VLForConditionalGeneration(config)
    place.mkdir(parents=True, exist_ok=True)
    model.to(torch.bfloat16 if size.hidden > 1000 else torch.float32).save_pretrained(place)
    for file in demo.CHECKPOINT.iterdir():
        if file.name.startswith(("tokenizer", "chat_template", "vocab", "merges", "special_tokens")):
            shutil.copy(file, place / file.name)
    preprocessor = json.loads((demo.CHECKPOINT / "preprocessor_config.json").read_text())
    for key in ("size", "min_pixels", "max_pixels"):
        preprocessor.pop(key, None)
    limits = {"min_pixels": 3136, "max_pixels": 12845056}
    (place / "preprocessor_config.json").write_text(json.dumps(preprocessor | limits))


def requests(loaded: Checkpoint, side: int, count: int, folder: Path, seed: int = 0) -> list[Answer]:
    """Every `Answer` that each probe of the quick suite asks about that many cases.

    Thinks have about THINK_TOKENS tokens of random words. Each probe is let run by itself against a recorder, so these
    are its requests and no others, and what two probes ask stands here twice.
    """
    draw = random.Random(seed)
    cases = [_case(i, side, folder, draw) for i in range(count + 1)]
    pool = Pool(cases)
    template = prompts.PUBLISHED[prompts.DEFAULT]
    recorder = _Recorder(loaded, draw)
    for case in cases[:count]:
        trace = replies.trace(case, recorder.spoken(), max_new_tokens=256)
        exhibit = Exhibit(case, trace, prompts.ask(case, template), pool)
        for probe in choose("quick"):
            ask_all(recorder, [probe(exhibit)])
    return recorder.answers


class _Recorder:
    """Answers evenly, replies at random but to the same request the same, and remembers what it was asked."""

    def __init__(self, loaded: Checkpoint, draw: random.Random) -> None:
        self.answers: list[Answer] = []
        self._loaded = loaded
        self._draw = draw
        self._replies: dict[Request, Spoken] = {}

    def respond(self, requests: Sequence[Request]) -> list[Reply]:
        self.answers += [request for request in requests if isinstance(request, Answer)]
        for request in requests:
            if isinstance(request, Speak) and request not in self._replies:
                self._replies[request] = self.spoken()
        return [self._replies[r] if isinstance(r, Speak) else _even(r) for r in requests]

    def spoken(self) -> Spoken:
        text = f"<think>{_words(self._draw, self._loaded, THINK_TOKENS)}</think>\n\n<answer>B</answer>"
        ids = self._loaded.encode(text)
        return Spoken(text, tuple(ids), self._loaded.starts(ids), finished=True)


def _even(request: Request) -> Answered:
    count = len(request.prompt.options)
    return Answered(tuple(-1.0 for _ in range(count)))


def _words(draw: random.Random, loaded: Checkpoint, tokens: int) -> str:
    """Four sentences of phantom words of about so many tokens."""
    sentences, ids = [], 0
    while ids < tokens:
        sentence = " ".join(draw.choice(_WORDS) for _ in range(max(4, tokens // 5))).capitalize() + "."
        sentences.append(sentence)
        ids = len(loaded.encode(" ".join(sentences)))
    return " ".join(sentences)


def _case(number: int, side: int, folder: Path, draw: random.Random) -> Case:
    """A case about noise: every picture is another one."""
    path = folder / f"noise_{side}_{number}.png"
    if not path.exists():
        noise = np.random.default_rng(number).integers(0, 255, (side, side, 3), dtype=np.uint8)
        Image.fromarray(noise).save(path)
    options = ("glioma", "meningioma", "pituitary tumor", "no tumor")
    return Case(
        f"case {number}",
        "Which finding does this image of the brain show best?",
        tuple(draw.sample(options, len(options))),
        key="A",
        images=(str(path),),
        modality="MR",
        group=str(number),
    )
