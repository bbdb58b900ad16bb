"""NLI models: tiny classifiers with weights set by hand, and what is refused."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, processors

import faithlens
from faithlens.errors import CheckpointError, SettingsError
from faithlens.models.nli import CrossEncoder

SAID = 'what is it ? the answer to " is ct mri . a mass is seen . there is no pleural effusion at all .'
WORDS = tuple(dict.fromkeys(SAID.split()))
LABELS = ("Contradiction", "ENTAILMENT", "neutral")
TOLD = (0.5, 0.3, 0.2)
"""What the classifier says of any pair when it has no weights: its biases are their logarithms."""


def save(
    folder: Path, labels: tuple[str, ...] = LABELS, told: tuple[float, ...] | None = TOLD, length: int = 34
) -> Path:
    """A tiny BERT in the ordinary layout; with `told` None its weights are random."""
    vocabulary = {word: place for place, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS])}
    words = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    transformers.PreTrainedTokenizerFast(tokenizer_object=words, **special).save_pretrained(folder)
    torch.manual_seed(0)
    model = transformers.BertForSequenceClassification(
        transformers.BertConfig(
            vocab_size=len(vocabulary),
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=16,
            max_position_embeddings=length,
            initializer_range=1.0,
            id2label=dict(enumerate(labels)),
        )
    )
    if told is None:
        model.classifier.weight.data *= 0.1
    else:
        torch.nn.init.zeros_(model.classifier.weight)
        model.classifier.bias.data = torch.tensor([math.log(value) for value in told])
    model.save_pretrained(folder)
    return folder


def test_labels_are_found_by_name_whatever_their_order_and_case(tmp_path: Path):
    read = CrossEncoder(str(save(tmp_path)))("A mass is seen.", ("There is a mass.", "No."))
    assert read == [pytest.approx((0.3, 0.5), abs=1e-6)] * 2


def test_a_pair_reads_alike_alone_and_beside_a_longer_one(tmp_path: Path):
    read = CrossEncoder(str(save(tmp_path, told=None)))
    (alone,) = read("A mass is seen.", ("No.",))
    beside, longer = read("A mass is seen.", ("No.", "There is no pleural effusion at all."))
    assert beside == pytest.approx(alone, abs=1e-5)
    assert longer != pytest.approx(alone, abs=1e-3)


def test_of_a_text_that_is_too_long_the_last_sentences_are_read(tmp_path: Path):
    """34 positions less 2: of 32 tokens 3 are special and 2 the statement's; sentences of 5 fit five times into 27."""
    read, said = CrossEncoder(str(save(tmp_path, told=None))), ("No.",)
    end = " ".join(["A mass is seen."] * 5)
    assert read(end, said) == read(f"There is no pleural effusion. {end}", said)
    assert read(end, said) != read(f"{end} There is no effusion.", said)
    assert read(f"{end} {end}", said) == read(end, said)
    words = "mass " * 40
    assert read(f"no {words}", said) == read(words, said), "a sentence that is too long is cut from its beginning"


@pytest.mark.parametrize("text", ["", "\ud800", "😀 \x00", "mass " * 30_000])
def test_any_text_is_read(tmp_path: Path, text: str):
    read = CrossEncoder(str(save(tmp_path, told=None)))
    for entails, contradicts in read(text, ("No.", text)):
        assert 0 <= entails <= 1 and 0 <= contradicts <= 1


def test_what_cannot_be_used_is_said(tmp_path: Path):
    with pytest.raises(CheckpointError, match="labels entailment, not_entailment; needed are"):
        CrossEncoder(str(save(tmp_path / "two", ("entailment", "not_entailment"), (0.5, 0.5))))
    with pytest.raises(CheckpointError, match="no finite"):
        CrossEncoder(str(save(tmp_path / "nan", told=(math.nan, 0.5, 0.5))))
    pickled = save(tmp_path / "pickled")
    (pickled / "model.safetensors").rename(pickled / "pytorch_model.bin")
    with pytest.raises(CheckpointError, match="safetensors"):
        CrossEncoder(str(pickled))
    headless = save(tmp_path / "headless")
    transformers.BertModel.from_pretrained(headless).save_pretrained(tmp_path / "body")
    (tmp_path / "body" / "model.safetensors").rename(headless / "model.safetensors")
    with pytest.raises(CheckpointError, match=r"lacks weights: classifier\.bias"):
        CrossEncoder(str(headless))


def test_code_from_a_checkpoint_is_not_run(tmp_path: Path):
    folder = save(tmp_path / "model")
    config = json.loads((folder / "config.json").read_text())
    config |= {
        "model_type": "own",
        "auto_map": {"AutoConfig": "own.Own", "AutoModelForSequenceClassification": "own.M"},
    }
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    with pytest.raises(CheckpointError, match="cannot be loaded"):
        CrossEncoder(str(folder))
    assert not (tmp_path / "ran").exists()


# ------------------------------------------------------------------------------------ in an audit


def given(folder: Path) -> Path:
    record = {"problem": "", "question": "What is it?", "options": ["CT", "MRI"], "solution": "A", "image": ["a.png"]}
    reply = "<think>Slices are seen.</think>\n\n<answer>B</answer>"
    result = {"question": record, "ground_truth": "A", "model_output": reply, "extracted_answer": None}
    file = folder / "results.json"
    file.write_text(json.dumps({"accuracy": 0.0, "results": [result]}))
    return file


def test_an_audit_reads_with_it_only_where_it_is_named(tmp_path: Path):
    """Entailed .3 and contradicted .5 everywhere: contradicts = .5 + .2 x .3 = .56."""
    traces, model = given(tmp_path), str(save(tmp_path / "model"))
    run = faithlens.audit(traces=traces, out=tmp_path / "with", nli=model)
    found = run.findings.set_index("probe").loc["nli_contradiction"]
    assert found["score"] == pytest.approx(0.56, abs=1e-6) and found["flagged"]
    without = faithlens.audit(traces=traces, out=tmp_path / "without", suite="full")
    assert "nli_contradiction" not in set(without.findings["probe"])
    with pytest.raises(SettingsError, match="name one with `faithlens audit --nli`"):
        faithlens.audit(traces=traces, out=tmp_path / "named", probes=("nli_contradiction",))
    alone = faithlens.audit(traces=traces, out=tmp_path / "alone", probes=("nli_contradiction",), nli=model)
    assert set(alone.findings["probe"]) == {"nli_contradiction"}
    with pytest.raises(CheckpointError):
        faithlens.audit(traces=traces, out=tmp_path / "nowhere", nli=str(tmp_path / "nowhere" / "at" / "all"))
    assert not (tmp_path / "nowhere").exists()
