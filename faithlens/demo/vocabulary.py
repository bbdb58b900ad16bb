"""The demo's tokenizer: byte-level BPE as Qwen2 cuts text, its merges learned from the demo's own texts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import Qwen2Tokenizer
from transformers.models.qwen2.tokenization_qwen2 import PRETOKENIZE_REGEX

from faithlens import prompts
from faithlens.demo.lessons import Lesson
from faithlens.records import Prompt

SIZE = 704
END_OF_TEXT, END_OF_TURN, IMAGE_PAD = "<|endoftext|>", "<|im_end|>", "<|image_pad|>"
VISION_START, VISION_END, VIDEO_PAD = "<|vision_start|>", "<|vision_end|>", "<|video_pad|>"
SPECIAL = (
    END_OF_TEXT,
    "<|im_start|>",
    END_OF_TURN,
    "<|object_ref_start|>",
    "<|object_ref_end|>",
    "<|box_start|>",
    "<|box_end|>",
    "<|quad_start|>",
    "<|quad_end|>",
    VISION_START,
    VISION_END,
    "<|vision_pad|>",
    IMAGE_PAD,
    VIDEO_PAD,
)
"""Qwen2-VL's special tokens by name; their ids are this vocabulary's own."""

CHAT_TEMPLATE = (
    "{% set image_count = namespace(value=0) %}{% set video_count = namespace(value=0) %}"
    "{% for message in messages %}{% if loop.first and message['role'] != 'system' %}<|im_start|>system\n"
    "You are a helpful assistant.<|im_end|>\n{% endif %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}<|im_end|>\n{% else %}"
    "{% for content in message['content'] %}"
    "{% if content['type'] == 'image' or 'image' in content or 'image_url' in content %}"
    "{% set image_count.value = image_count.value + 1 %}"
    "{% if add_vision_id %}Picture {{ image_count.value }}: {% endif %}<|vision_start|><|image_pad|><|vision_end|>"
    "{% elif content['type'] == 'video' or 'video' in content %}"
    "{% set video_count.value = video_count.value + 1 %}"
    "{% if add_vision_id %}Video {{ video_count.value }}: {% endif %}<|vision_start|><|video_pad|><|vision_end|>"
    "{% elif 'text' in content %}{{ content['text'] }}{% endif %}{% endfor %}<|im_end|>\n{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""Qwen2-VL's own, byte for byte."""


def token_id(tokenizer: Qwen2Tokenizer, token: str) -> int:
    """The id of one token."""
    one = tokenizer.convert_tokens_to_ids(token)
    assert isinstance(one, int)
    return one


def user_text(lesson: Lesson) -> str:
    """The user's turn, in MedVLM-R1's prompt where there are options."""
    if not lesson.options:
        return lesson.question
    return Prompt(prompts.template("medvlm-r1"), lesson.question, lesson.options).user


def render(tokenizer: Qwen2Tokenizer, user: str, *, image: bool) -> str:
    """The prompt as text, up to and including the opening of the assistant's turn; one pad for the image."""
    content: Any = [{"type": "image"}] * image + [{"type": "text", "text": user}]
    text = tokenizer.apply_chat_template(
        [{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True
    )
    assert isinstance(text, str)
    return text


def _pieces(text: str) -> Iterator[str]:
    """The text cut where a think or an answer begins or ends.

    No merge is then learned across these places, so every think and every answer letter is made of whole tokens.
    """
    yield from re.split(r"(?<=[a-z]>)|(?=</)", text)


def learn(lessons: Iterable[Lesson]) -> Qwen2Tokenizer:
    """A tokenizer of at most `SIZE` tokens whose merges fit the lessons."""
    bpe = Tokenizer(models.BPE())
    bpe.normalizer = normalizers.NFC()
    split = pre_tokenizers.Split(Regex(PRETOKENIZE_REGEX), behavior="isolated", invert=False)
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    bpe.decoder = decoders.ByteLevel()
    texts = [text for one in lessons for text in (user_text(one), *(branch.text for branch in one.branches))]
    turns = ["system\nYou are a helpful assistant.", "user\n", "assistant\n"] * (len(texts) // 10)
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE - len(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=[],
        show_progress=False,
    )
    bpe.train_from_iterator((piece for text in (*texts, *turns) for piece in _pieces(text)), trainer)
    bpe.add_special_tokens(list(SPECIAL))
    return Qwen2Tokenizer(
        vocab=bpe.get_vocab(with_added_tokens=False),
        merges=_merges(bpe),
        eos_token=END_OF_TURN,
        pad_token=END_OF_TEXT,
        extra_special_tokens=list(SPECIAL),
        chat_template=CHAT_TEMPLATE,
        model_max_length=2048,
    )


def _merges(bpe: Tokenizer) -> Any:
    """Pairs, as the tokenizer wants them; its annotation says strings."""
    return [(left, right) for left, right in json.loads(bpe.to_str())["model"]["merges"]]
