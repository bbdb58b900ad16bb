"""The demo's weights: an ordinary, tiny Qwen2-VL, and the ordinary files of its checkpoint."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import GenerationConfig, Qwen2Tokenizer, Qwen2VLConfig, Qwen2VLForConditionalGeneration

from faithlens.demo.vocabulary import (
    END_OF_TEXT,
    END_OF_TURN,
    IMAGE_PAD,
    SPECIAL,
    VIDEO_PAD,
    VISION_END,
    VISION_START,
    token_id,
)

IMAGE_MEAN = (0.48145466, 0.4578275, 0.40821073)
IMAGE_STD = (0.26862954, 0.26130258, 0.27577711)

HIDDEN = 192
"""Width of the language model, and of what the vision tower hands it."""

INITIAL_SD = 0.05
"""Weights this narrow start too small with the usual 0.02 and then see nothing for hundreds of steps."""

PREPROCESSOR = {
    "min_pixels": 3136,
    "max_pixels": 12544,
    "size": {"shortest_edge": 3136, "longest_edge": 12544},
    "patch_size": 14,
    "temporal_patch_size": 2,
    "merge_size": 2,
    "do_resize": True,
    "resample": 3,
    "do_rescale": True,
    "rescale_factor": 1 / 255,
    "do_normalize": True,
    "image_mean": IMAGE_MEAN,
    "image_std": IMAGE_STD,
    "do_convert_rgb": True,
    "image_processor_type": "Qwen2VLImageProcessor",
    "processor_class": "Qwen2VLProcessor",
}
"""As real checkpoints write it; 12,544 px = 112 x 112 = 16 image tokens at most."""


def config(tokenizer: Qwen2Tokenizer) -> Qwen2VLConfig:
    """The architecture, about 2.7 million parameters."""
    ids = {token: token_id(tokenizer, token) for token in SPECIAL}
    return Qwen2VLConfig(
        text_config={
            "vocab_size": len(tokenizer),
            "hidden_size": HIDDEN,
            "intermediate_size": 512,
            "num_hidden_layers": 4,
            "num_attention_heads": 6,
            "num_key_value_heads": 3,
            "max_position_embeddings": 2048,
            "rms_norm_eps": 1e-6,
            "initializer_range": INITIAL_SD,
            "rope_parameters": {"rope_type": "default", "rope_theta": 10_000.0, "mrope_section": [4, 6, 6]},
            "bos_token_id": ids[END_OF_TEXT],
            "eos_token_id": ids[END_OF_TURN],
            "pad_token_id": ids[END_OF_TEXT],
        },
        vision_config={
            "depth": 3,
            "embed_dim": 128,
            "hidden_size": HIDDEN,
            "num_heads": 4,
            "mlp_ratio": 2,
            "patch_size": 14,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "initializer_range": INITIAL_SD,
        },
        image_token_id=ids[IMAGE_PAD],
        video_token_id=ids[VIDEO_PAD],
        vision_start_token_id=ids[VISION_START],
        vision_end_token_id=ids[VISION_END],
        tie_word_embeddings=True,
    )


def build(tokenizer: Qwen2Tokenizer, seed: int) -> Qwen2VLForConditionalGeneration:
    """Untrained weights of that seed."""
    torch.manual_seed(seed)
    return Qwen2VLForConditionalGeneration(config(tokenizer))


def save(model: Qwen2VLForConditionalGeneration, tokenizer: Qwen2Tokenizer, folder: Path) -> None:
    """Write the checkpoint folder.

    The weights are stored in float16 to halve the file, and declared float32 so that they are loaded as such:
    a CPU computes in float32 anyway.
    """
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    weights = folder / "model.safetensors"
    halves = {name: tensor.to(torch.float16).contiguous() for name, tensor in load_file(weights).items()}
    save_file(halves, weights, metadata={"format": "pt"})
    tokenizer.save_pretrained(folder)
    GenerationConfig(
        do_sample=False,
        eos_token_id=[token_id(tokenizer, token) for token in (END_OF_TURN, END_OF_TEXT)],
        pad_token_id=token_id(tokenizer, END_OF_TEXT),
        max_new_tokens=160,
    ).save_pretrained(folder)
    preprocessor = json.dumps(PREPROCESSOR, indent=2) + "\n"
    (folder / "preprocessor_config.json").write_text(preprocessor, encoding="utf-8")
