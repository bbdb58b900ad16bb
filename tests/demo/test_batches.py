"""Lessons as tensors: equal to what stock `transformers` makes of the same prompt and reply."""

import numpy as np
import pytest
import torch
from transformers import Qwen2VLImageProcessorPil

from faithlens.demo import network, seeing, vocabulary
from faithlens.demo.batches import IMAGE_TOKENS, batch, patches, row
from faithlens.demo.lessons import lesson, lessons
from faithlens.demo.phantoms import FINDINGS, SIDES, draw
from faithlens.demo.strata import STRATA
from faithlens.demo.train import Plan, logits_of
from faithlens.demo.vocabulary import END_OF_TURN, IMAGE_PAD, render, user_text


@pytest.fixture(scope="module")
def tokenizer():
    return vocabulary.learn(lessons(0, 0, 200, 0.1))


@pytest.fixture(scope="module")
def model(tokenizer):
    return network.build(tokenizer, 0).eval()


def test_patches_are_those_of_the_image_processor():
    phantoms = [draw(seed, "CT", "cyst", "left") for seed in range(3)]
    processor = Qwen2VLImageProcessorPil(size=network.PREPROCESSOR["size"])
    want = processor(images=[phantom.image for phantom in phantoms], return_tensors="pt")
    got = patches(np.stack([phantom.pixels for phantom in phantoms]))
    assert want["image_grid_thw"].tolist() == [[1, 8, 8]] * 3
    assert torch.allclose(want["pixel_values"], torch.from_numpy(got), atol=1e-6)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_every_reply_is_read_as_if_it_stood_alone_after_the_prompt(tokenizer, model, seed):
    given = [row(tokenizer, lesson(np.random.default_rng(seed), stratum, seed)) for stratum in STRATA]
    packed = batch(given, tokenizer.pad_token_id)
    with torch.no_grad():
        logits = logits_of(model, packed)
    for number, one in enumerate(given):
        of_row = packed.rows == number
        mine, letters, whole = logits[of_row], packed.letter[of_row], packed.whole[of_row]
        image = one.lesson.pixels is not None
        prompt = render(tokenizer, user_text(one.lesson), image=image).replace(IMAGE_PAD, IMAGE_PAD * IMAGE_TOKENS)
        vision = {}
        if image:
            vision["pixel_values"] = torch.from_numpy(patches(one.lesson.pixels[None]))
            vision["image_grid_thw"] = torch.tensor([[1, 8, 8]])
        # the letters of all replies, in their order; and the first reply whole
        alone = []
        for branch in one.lesson.branches:
            ids = torch.tensor([tokenizer(prompt + branch.text + END_OF_TURN)["input_ids"]])
            kinds = (ids == model.config.image_token_id).int()
            with torch.no_grad():
                out = model(input_ids=ids, mm_token_type_ids=kinds, **vision).logits[0]
            alone.append((ids[0], out))
        for (ids, out), got in zip(alone, mine[letters], strict=True):
            assert tokenizer.decode(ids[-5]) in "ABCD"
            assert torch.allclose(out[-6], got, atol=1e-4)
        start = len(tokenizer(prompt)["input_ids"])
        assert torch.allclose(alone[0][1][start - 1 : -1], mine[whole], atol=1e-4)


def test_no_token_straddles_the_ends_of_think_and_answer(tokenizer):
    ids = tokenizer("<think>The answer is B.</think>\n\n<answer>B</answer>")["input_ids"]
    pieces = [tokenizer.decode(i) for i in ids]
    for piece in ("<think", ">", "The", ".", "</", "\n\n", "<answer", "B"):
        assert piece in pieces


def test_batches_of_a_bucket_are_reproducible_and_of_similar_length(tokenizer):
    plan = Plan(lessons=4, bucket=2, naming_steps=2)
    first, again = plan.rows(tokenizer, 3), plan.rows(tokenizer, 3)
    for one, two in zip(first, again, strict=True):
        assert [a.lesson.question for a in one] == [b.lesson.question for b in two]
        assert all(np.array_equal(a.ids, b.ids) for a, b in zip(one, two, strict=True))
    assert [len(rows) for rows in first] == [4, 4]


@pytest.mark.parametrize("side", SIDES)
def test_cells_bear_the_finding_on_its_side(side):
    for finding in FINDINGS["CT"]:
        labels = seeing.cells(draw(3, "CT", finding, side)).reshape(4, 4)
        assert labels.any()
        assert set(np.unique(labels)) <= {0, seeing.LABELS.index(finding)}
        assert not labels[:, 2:].any() if side == "left" else not labels[:, :2].any()
    assert not seeing.cells(draw(3, "CT")).any()


def test_the_first_cell_bears_the_marker():
    labels = seeing.cells(draw(3, "X-ray", "nodule", "right"), glyph=2)
    assert seeing.LABELS[labels[0]] == "marker for effusion"
