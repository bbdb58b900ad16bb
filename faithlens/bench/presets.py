"""Checkpoints of a given size to measure on: the bundled one, or random ones in the ordinary layout."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers

from faithlens import demo
from faithlens.errors import SettingsError
from faithlens.models.checkpoint import Checkpoint
from faithlens.models.folder import find
from faithlens.models.loading import load_folder

_TOKEN_IDS = ("image_token_id", "video_token_id", "vision_start_token_id", "vision_end_token_id")


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
