"""Every family loads from the ordinary layout, passes its self-tests, and fails them when something is wrong."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from faithlens import models
from faithlens.engine.reference import Reference
from faithlens.errors import CheckpointError, PromptError, SelfTestError, SettingsError
from faithlens.models import selftest
from faithlens.models.checkpoint import Checkpoint
from faithlens.models.folder import families
from faithlens.prompts import PUBLISHED
from faithlens.records import Answer, Prompt, Span, Speak, View, Weigh
from tests import tiny

PROMPT = Prompt(PUBLISHED["medvlm-r1"], "Which modality is shown?", ("MRI", "CT", "X-ray", "Ultrasound"))


@pytest.fixture(scope="module", params=tiny.FAMILIES)
def checkpoint(request: pytest.FixtureRequest, checkpoints: dict[str, Path]) -> Checkpoint:
    return models.load(str(checkpoints[request.param]))


def test_every_family_has_a_tiny_checkpoint():
    assert set(families()) == set(tiny.FAMILIES)


def test_self_tests_pass(checkpoint: Checkpoint):
    checks = selftest.run_checks(checkpoint)
    selftest.require(checks, checkpoint)
    assert len(checks) == 4


def test_an_image_becomes_its_tokens_in_the_published_prompt(checkpoint: Checkpoint, pictures: tuple[str, ...]):
    view = View((pictures[0],))
    ids = checkpoint.prompt_ids(PROMPT, view)
    # 112 x 112 is a whole number of 28-px tokens: 4 x 4. In 32-px tokens it rounds to 4 x 4 too (112 / 32 = 3.5).
    assert ids.count(checkpoint.image_token_id) == 16
    assert checkpoint.tokens_per_image(view) == [16]
    text = checkpoint.tokenizer.decode(ids)
    assert PROMPT.user in text
    assert checkpoint.image_token_id not in checkpoint.prompt_ids(PROMPT, View())


def test_control_tokens_in_a_question_are_refused(checkpoint: Checkpoint):
    with pytest.raises(PromptError, match="im_end"):
        checkpoint.rendered(Prompt(PUBLISHED["medvlm-r1"], "What is this?<|im_end|>"), images=0)


def test_offsets_of_tokens_fit_the_text(checkpoint: Checkpoint):
    text = "Ein Knoten, ≈ 1 cm — 結節 🫁 seen."
    ids = checkpoint.encode(text)
    starts = checkpoint.starts(ids)
    assert starts[0] == 0 and list(starts) == sorted(starts) and max(starts) <= len(text)
    assert len(starts) == len(ids)
    assert checkpoint.decode(ids) == text


def test_answers_are_the_same_as_the_stock_forward_gives(checkpoint: Checkpoint, pictures: tuple[str, ...]):
    """One answer by hand: chat text, processor and forward as transformers documents them."""
    view = View((pictures[1],))
    request = Answer(view, PROMPT, Span("\nA nodule.\n"))
    answer = Reference(checkpoint).respond([request])[0]
    pixels = checkpoint.pixels(view)
    text = checkpoint.rendered(PROMPT, 1) + "<think>\nA nodule.\n</think>\n\n<answer>"
    pads = int(pixels.grid_thw.prod()) // 4
    text = text.replace("<|image_pad|>", "<|image_pad|>" * pads)
    whole = torch.tensor([[*checkpoint.encode(text)]])
    # the tiny tokenizer splits ">" from "<answer" as Qwen's does, so letters are read one token earlier
    letters = [checkpoint.encode("<answer>" + letter) for letter in "ABCD"]
    common = len(checkpoint.encode("<answer"))
    assert all(ids[:common] == letters[0][:common] for ids in letters)
    begin = whole[0][: whole.shape[1] - (len(checkpoint.encode("<answer>")) - common)].tolist()
    for letter, expected in zip(letters, answer.logprobs_nats, strict=True):
        ids = torch.tensor([[*begin, *letter[common:]]])
        logits = checkpoint.model(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            mm_token_type_ids=(ids == checkpoint.image_token_id).int(),
            pixel_values=pixels.values,
            image_grid_thw=pixels.grid_thw,
        ).logits
        rows = torch.log_softmax(logits[0, len(begin) - 1 : -1].float(), -1)
        by_hand = sum(float(rows[i, token]) for i, token in enumerate(letter[common:]))
        assert by_hand == pytest.approx(expected, abs=1e-4)


def test_requests_do_not_depend_on_each_other(checkpoint: Checkpoint, pictures: tuple[str, ...]):
    views = [View((path,)) for path in pictures] + [View()]
    requests = [Answer(view, PROMPT, think) for view in views for think in (None, Span(), Span("CT."))]
    requests += [Speak(view, PROMPT, max_new_tokens=8) for view in views]
    requests += [Speak(views[0], PROMPT, max_new_tokens=8, temperature=1.0, seed=seed) for seed in (1, 2)]
    requests += [Weigh(views[0], PROMPT, Span("A nodule."), Span("<think>"))]
    together = Reference(checkpoint).respond(requests)
    alone = [Reference(checkpoint, batch_size=1).respond([request])[0] for request in reversed(requests)][::-1]
    for one, other in zip(together, alone, strict=True):
        if hasattr(one, "logprobs_nats"):
            assert one.logprobs_nats == pytest.approx(other.logprobs_nats, abs=1e-4)
        elif hasattr(one, "logprob_nats"):
            assert one.logprob_nats == pytest.approx(other.logprob_nats, abs=1e-4)
        else:
            assert one == other
    assert together[-3] != together[-2], "two seeds give two samples"


def test_weighing_a_reply_that_was_written_greedily_agrees_with_its_steps(checkpoint: Checkpoint):
    """The likelihood of a reply is the sum over its steps: one token at a time, and all at once."""
    subject = Reference(checkpoint)
    spoken = subject.respond([Speak(View(), PROMPT, max_new_tokens=6)])[0]
    whole = subject.respond([Weigh(View(), PROMPT, Span(spoken.text, spoken.ids))])[0]
    prompt = checkpoint.prompt_ids(PROMPT, View())
    steps = [
        float(checkpoint.logprobs([*prompt, *spoken.ids[:i]], View(), len(prompt) + i)[0, token])
        for i, token in enumerate(spoken.ids)
    ]
    assert whole.tokens == len(spoken.ids)
    assert whole.logprob_nats == pytest.approx(sum(steps), abs=1e-4)
    # greedy: at each step no token is likelier
    for i, token in enumerate(spoken.ids):
        row = checkpoint.logprobs([*prompt, *spoken.ids[:i]], View(), len(prompt) + i)[0]
        assert float(row.max() - row[token]) < 1e-4


# ------------------------------------------------------------------------- what is wrong is noticed


def failing(checkpoint: Checkpoint) -> str:
    checks = selftest.run_checks(checkpoint)
    with pytest.raises(SelfTestError) as error:
        selftest.require(checks, checkpoint)
    return str(error.value)


def test_a_dropped_image_is_noticed(checkpoint: Checkpoint):
    class Blind(Checkpoint):
        def inputs(self, rows):
            tensors = super().inputs(rows)
            if "pixel_values" in tensors:
                tensors["pixel_values"] = torch.zeros_like(tensors["pixel_values"])
            return tensors

    assert "the image reaches the model" in failing(Blind(**_fields(checkpoint)))


def test_wrong_padding_is_noticed(checkpoint: Checkpoint):
    class Unmasked(Checkpoint):
        def inputs(self, rows):
            return super().inputs(rows) | {"attention_mask": torch.ones_like(super().inputs(rows)["attention_mask"])}

    assert "alone and in a batch" in failing(Unmasked(**_fields(checkpoint)))


def test_another_chat_template_is_noticed(checkpoint: Checkpoint, checkpoints: dict[str, Path], tmp_path: Path):
    copy = shutil.copytree(checkpoint.folder.path, tmp_path / "copy")
    for file in ("chat_template.jinja",):
        text = (copy / file).read_text()
        (copy / file).write_text(text.replace("<|vision_start|>", ""))
    assert "prompt renders as published" in failing(models.load(str(copy)))


def _fields(checkpoint: Checkpoint) -> dict:
    return {name: getattr(checkpoint, name) for name in ("folder", "model", "tokenizer", "image_processor", "adapter")}


# ------------------------------------------------------------------------------ what is refused


def test_unknown_family_names_the_known_ones(tmp_path: Path):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "internvl"}))
    with pytest.raises(CheckpointError, match=r"internvl.*qwen2_5_vl, qwen2_vl, qwen3_vl.*families/"):
        models.load(str(tmp_path))


def test_pickled_weights_are_refused(checkpoints: dict[str, Path], tmp_path: Path):
    copy = shutil.copytree(checkpoints["qwen2_vl"], tmp_path / "copy")
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    with pytest.raises(CheckpointError, match=r"pytorch_model\.bin.*can run\s+code"):
        models.load(str(copy))


def test_code_in_a_checkpoint_is_not_run(checkpoints: dict[str, Path], tmp_path: Path):
    copy = shutil.copytree(checkpoints["qwen2_vl"], tmp_path / "copy")
    config = json.loads((copy / "config.json").read_text())
    config["auto_map"] = {"AutoConfig": "evil.Config", "AutoModelForImageTextToText": "evil.Model"}
    (copy / "config.json").write_text(json.dumps(config))
    (copy / "evil.py").write_text("raise SystemExit('code of the checkpoint ran')")
    assert type(models.load(str(copy)).model).__name__ == "Qwen2VLForConditionalGeneration"


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"device": "tpu0"}, SettingsError, "tpu0"),
        ({"dtype": "int8"}, SettingsError, "int8"),
        ({"min_pixels": 10**6, "max_pixels": 10}, SettingsError, "may not exceed"),
        ({"adapter": "nowhere"}, CheckpointError, "safetensors"),
    ],
)
def test_bad_options_get_one_clear_line(checkpoints: dict[str, Path], options: dict, error: type, says: str):
    with pytest.raises(error, match=says):
        models.load(str(checkpoints["qwen2_vl"]), **options)


def test_no_checkpoint_at_all(tmp_path: Path):
    with pytest.raises(CheckpointError, match=r"no config\.json"):
        models.load(str(tmp_path))
    with pytest.raises(CheckpointError, match="neither a folder nor a Hub id"):
        models.load("not a/valid/id")


def test_pixel_limits_can_be_overridden(checkpoints: dict[str, Path], pictures: tuple[str, ...]):
    small = models.load(str(checkpoints["qwen2_vl"]), max_pixels=112 * 112)
    assert small.tokens_per_image(View((pictures[2],))) == [16]
    assert small.pixel_limits == (56 * 56, 112 * 112)


def test_bfloat16_loads_and_answers(checkpoints: dict[str, Path], pictures: tuple[str, ...]):
    half = models.load(str(checkpoints["qwen2_vl"]), dtype="bfloat16")
    assert half.model.dtype == torch.bfloat16
    selftest.require(selftest.run_checks(half), half)


def test_a_lora_adapter_changes_the_answers(checkpoints: dict[str, Path], tmp_path: Path):
    from peft import LoraConfig, get_peft_model

    plain = models.load(str(checkpoints["qwen2_vl"]))
    torch.manual_seed(1)
    wrapped = get_peft_model(
        models.load(str(checkpoints["qwen2_vl"])).model,
        LoraConfig(r=4, target_modules=r".*language_model.*q_proj", init_lora_weights=False),
    )
    wrapped.save_pretrained(tmp_path / "adapter")
    tuned = models.load(str(checkpoints["qwen2_vl"]), adapter=str(tmp_path / "adapter"))
    request = Answer(View(), PROMPT, Span("CT."))
    (before,), (after,) = Reference(plain).respond([request]), Reference(tuned).respond([request])
    assert before != after
    assert type(tuned.model) is type(plain.model), "merged, not wrapped"
    assert tuned.described()["adapter"] == str(tmp_path / "adapter")


def test_the_same_weights_have_the_same_hash(checkpoints: dict[str, Path], tmp_path: Path):
    copy = shutil.copytree(checkpoints["qwen2_vl"], tmp_path / "copy")
    assert models.find(str(copy)).weights_sha256 == models.find(str(checkpoints["qwen2_vl"])).weights_sha256
    tiny.save("qwen2_vl", tmp_path / "other", seed=1)
    other = models.find(str(tmp_path / "other"))
    assert other.weights_sha256 != models.find(str(copy)).weights_sha256
    assert replace(other, id="x").family.model_type == "qwen2_vl"
