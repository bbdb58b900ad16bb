"""The bundled checkpoint: loads offline with stock `transformers`, replies in format, and its card tells the truth."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import AutoConfig, AutoImageProcessor, AutoTokenizer, Qwen2VLImageProcessorPil

from faithlens.demo import CHECKPOINT
from faithlens.demo.measure import FORM, SEED, asked, table
from faithlens.demo.patient import Patient
from faithlens.demo.questions import items
from faithlens.demo.strata import PLANTED, STRATA
from faithlens.demo.vocabulary import CHAT_TEMPLATE, END_OF_TURN, SPECIAL

MEASURED = json.loads(
    (Path(__file__).parents[2] / "analyses" / "demo_checkpoint" / "measured.json").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def patient():
    return Patient.load(CHECKPOINT)


def test_the_folder_is_an_ordinary_small_checkpoint():
    names = {path.name for path in CHECKPOINT.iterdir()}
    assert names >= {
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
        "chat_template.jinja",
        "preprocessor_config.json",
        "README.md",
    }
    assert sum(path.stat().st_size for path in CHECKPOINT.iterdir()) < 6_000_000


def test_config_and_tokenizer_agree_on_special_tokens():
    config, tokenizer = AutoConfig.from_pretrained(CHECKPOINT), AutoTokenizer.from_pretrained(CHECKPOINT)
    assert config.model_type == "qwen2_vl"
    assert config.image_token_id == tokenizer.convert_tokens_to_ids("<|image_pad|>")
    assert config.video_token_id == tokenizer.convert_tokens_to_ids("<|video_pad|>")
    assert config.vision_start_token_id == tokenizer.convert_tokens_to_ids("<|vision_start|>")
    assert config.vision_end_token_id == tokenizer.convert_tokens_to_ids("<|vision_end|>")
    assert config.text_config.eos_token_id == tokenizer.eos_token_id
    assert tokenizer.eos_token == END_OF_TURN
    assert tokenizer.chat_template == CHAT_TEMPLATE
    for token in SPECIAL:
        assert tokenizer(token)["input_ids"] == [tokenizer.convert_tokens_to_ids(token)]


@pytest.mark.parametrize("load", [AutoImageProcessor.from_pretrained, Qwen2VLImageProcessorPil.from_pretrained])
@pytest.mark.parametrize(("size", "grid"), [((512, 512), (8, 8)), ((112, 112), (8, 8)), ((40, 40), (4, 4))])
def test_any_image_becomes_at_most_sixteen_image_tokens(load, size, grid):
    given = load(CHECKPOINT)(images=[Image.new("RGB", size)], return_tensors="pt")
    assert given["image_grid_thw"].tolist() == [[1, *grid]]


def test_weights_are_loaded_as_float32(patient):
    assert patient.model.dtype == torch.float32


def test_fresh_phantoms_are_answered_in_format_and_mostly_as_measured(patient):
    fresh = list(items(27, seed=4))
    texts = patient.replies([asked(item, item.phantom.pixels) for item in fresh])
    assert all(FORM.fullmatch(text) for text in texts)
    told = [FORM.fullmatch(text)["letter"] for text in texts]
    right = [letter == "ABCD"[item.key] for letter, item in zip(told, fresh, strict=True)]
    honest = [hit for hit, item in zip(right, fresh, strict=True) if PLANTED[item.stratum] == "faithful"]
    lying = [hit for hit, item in zip(right, fresh, strict=True) if PLANTED[item.stratum] == "contradictory"]
    assert np.mean(honest) > 0.7
    assert np.mean(lying) < 0.4


def test_padding_changes_no_reply(patient):
    fresh = list(items(9, seed=5))
    asks = [asked(item, item.phantom.pixels) for item in fresh]
    assert patient.replies(asks) == [patient.replies([one])[0] for one in asks]


def test_the_card_prints_what_was_measured_on_these_weights():
    weights = (CHECKPOINT / "model.safetensors").read_bytes()
    assert MEASURED["weights_sha256"] == hashlib.sha256(weights).hexdigest()
    assert MEASURED["seed"] == SEED
    assert set(MEASURED["strata"]) == {"/".join(stratum) for stratum in STRATA}
    assert table(MEASURED) in (CHECKPOINT / "README.md").read_text(encoding="utf-8")


def test_importing_the_demo_loads_no_heavy_library():
    code = "import sys, faithlens.demo; print(sorted({'torch', 'transformers', 'numpy', 'PIL'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
