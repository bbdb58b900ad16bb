"""Tiny random checkpoints of every family, saved in the ordinary layout: real classes, real files, no meaning."""

from __future__ import annotations

import json
from pathlib import Path

import torch
import transformers
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from faithlens.prompts import PUBLISHED

# tokens that the Qwen-VL tokenizers carry, in the order of their ids
SPECIAL = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|vision_pad|>",
    "<|image_pad|>",
    "<|video_pad|>",
)
# Qwen2's split before BPE: note that "<answer>A" becomes "<answer" and ">A"
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
IMAGES = "{% for c in message['content'] %}{% if c['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ c['text'] }}{% endif %}{% endfor %}"  # noqa: E501
TURN = (
    "<|im_start|>{{ message['role'] }}\n{% if message['content'] is string %}{{ message['content'] }}{% else %}"
    + IMAGES
    + "{% endif %}<|im_end|>\n"
)
SYSTEM = "{% if loop.first and message['role'] != 'system' %}<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n{% endif %}"  # noqa: E501
ASSISTANT = "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"

FAMILIES = ("qwen2_vl", "qwen2_5_vl", "qwen3_vl")


def save(model_type: str, folder: Path, seed: int = 0) -> Path:
    """A random checkpoint of that family."""
    tokenizer = _tokenizer(default_system=model_type != "qwen3_vl")
    tokenizer.save_pretrained(folder)
    torch.manual_seed(seed)
    model = _model(model_type, tokenizer)
    model.generation_config.eos_token_id = [tokenizer.convert_tokens_to_ids("<|im_end|>"), 0]
    # what released checkpoints ship, and an audit has to leave aside
    model.generation_config.update(do_sample=True, temperature=0.01, top_p=0.001, top_k=1, repetition_penalty=1.05)
    model.save_pretrained(folder)
    patch = 16 if model_type == "qwen3_vl" else 14
    preprocessor = {
        "image_processor_type": "Qwen2VLImageProcessor",
        "min_pixels": 56 * 56,
        "max_pixels": 8 * 8 * (2 * patch) ** 2,
        "patch_size": patch,
        "temporal_patch_size": 2,
        "merge_size": 2,
        "image_mean": [0.48145466, 0.4578275, 0.40821073],
        "image_std": [0.26862954, 0.26130258, 0.27577711],
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(preprocessor))
    return folder


def _tokenizer(default_system: bool) -> transformers.PreTrainedTokenizerFast:
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=700,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    texts = [template.user for template in PUBLISHED.values()]
    texts += [
        f"<think>\nThe image shows {word}.</think>\n\n<answer>{letter}</answer>"
        for word in ("a nodule", "CT")
        for letter in "ABCD"
    ] * 8
    bpe.train_from_iterator(texts, trainer)
    template = "{% for message in messages %}" + (SYSTEM if default_system else "") + TURN + "{% endfor %}" + ASSISTANT
    return transformers.Qwen2TokenizerFast(
        tokenizer_object=bpe,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        additional_special_tokens=list(SPECIAL[1:]),
        chat_template=template,
    )


def _model(model_type: str, tokenizer: transformers.PreTrainedTokenizerFast) -> transformers.PreTrainedModel:
    ids = {
        f"{name}_token_id": tokenizer.convert_tokens_to_ids(f"<|{token}|>")
        for name, token in (
            ("image", "image_pad"),
            ("video", "video_pad"),
            ("vision_start", "vision_start"),
            ("vision_end", "vision_end"),
        )
    }
    text = {
        "vocab_size": len(tokenizer),
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 4096,
        "bos_token_id": 0,
        "eos_token_id": tokenizer.convert_tokens_to_ids("<|im_end|>"),
        "pad_token_id": 0,
        "tie_word_embeddings": True,
    }
    if model_type == "qwen2_vl":
        text["rope_parameters"] = {"rope_type": "default", "mrope_section": [2, 3, 3], "rope_theta": 1e6}
        config = transformers.Qwen2VLConfig(
            text_config=text,
            vision_config={"depth": 2, "embed_dim": 32, "hidden_size": 64, "num_heads": 2, "mlp_ratio": 2},
            **ids,
        )
        return transformers.Qwen2VLForConditionalGeneration(config)
    if model_type == "qwen2_5_vl":
        text["rope_parameters"] = {"rope_type": "default", "mrope_section": [2, 3, 3], "rope_theta": 1e6}
        config = transformers.Qwen2_5_VLConfig(
            text_config=text,
            vision_config={
                "depth": 2,
                "hidden_size": 32,
                "out_hidden_size": 64,
                "num_heads": 2,
                "intermediate_size": 48,
                "window_size": 56,
                "fullatt_block_indexes": [1],
            },
            **ids,
        )
        return transformers.Qwen2_5_VLForConditionalGeneration(config)
    text |= {"head_dim": 16}
    text["rope_parameters"] = {
        "rope_type": "default",
        "mrope_section": [2, 3, 3],
        "mrope_interleaved": True,
        "rope_theta": 5e6,
    }
    config = transformers.Qwen3VLConfig(
        text_config=text,
        vision_config={
            "depth": 3,
            "hidden_size": 32,
            "out_hidden_size": 64,
            "num_heads": 2,
            "intermediate_size": 48,
            "num_position_embeddings": 64,
            "deepstack_visual_indexes": [0, 1],
        },
        **ids,
    )
    return transformers.Qwen3VLForConditionalGeneration(config)
