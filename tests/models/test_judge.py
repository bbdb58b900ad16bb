"""Language models that judge verbalisation: a tiny one with weights set by hand, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers

import faithlens
from faithlens.calibrate import calibrate
from faithlens.errors import CheckpointError, SettingsError
from faithlens.models.judge import LETTERS, LanguageJudge
from faithlens.verbalisation import QUESTION, STANCES


def save(folder: Path, says: str = "B", letters: str = LETTERS, length: int = 256) -> Path:
    """A tiny GPT-2 whose next token is one letter, whatever it reads."""
    words = ["[UNK]", *letters, "note", "rim", "bright"]
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]").save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.GPT2Config(
        vocab_size=len(words),
        n_positions=length,
        n_embd=16,
        n_layer=1,
        n_head=2,
        bos_token_id=None,
        eos_token_id=None,
        tie_word_embeddings=False,
    )
    model = transformers.GPT2LMHeadModel(config)
    # the last layer norm gives out its bias alone, and only one letter's row answers to it
    torch.nn.init.zeros_(model.transformer.ln_f.weight)
    torch.nn.init.ones_(model.transformer.ln_f.bias)
    torch.nn.init.zeros_(model.lm_head.weight)
    model.lm_head.weight.data[words.index(says)] = 1.0
    model.save_pretrained(folder)
    return folder


@pytest.mark.parametrize("letter", LETTERS)
def test_the_likeliest_letter_is_the_stance(letter: str, tmp_path: Path):
    judge = LanguageJudge(str(save(tmp_path, says=letter)))
    assert judge("A note says B.", "The rim is bright.") == STANCES[LETTERS.index(letter)]


def test_the_question_names_every_stance_and_quotes_cue_and_think():
    assert QUESTION.count("{cue}") == QUESTION.count("{think}") == 1
    assert [line[0] for line in QUESTION.splitlines() if line[1:2] == ")"] == list(LETTERS)
    assert len(STANCES) == len(LETTERS)


def test_of_a_think_that_is_too_long_the_end_is_read(tmp_path: Path):
    judge = LanguageJudge(str(save(tmp_path)))
    assert judge("A note {think} \ud800", "The rim is bright. " * 400) == "dismissed"


def test_what_is_no_judge_is_refused(tmp_path: Path, checkpoints: dict[str, Path]):
    with pytest.raises(CheckpointError, match="cannot tell the letters"):
        LanguageJudge(str(save(tmp_path / "few", letters="AB")))
    with pytest.raises(CheckpointError, match="cannot be loaded as a language model"):
        LanguageJudge(str(checkpoints["qwen2_vl"]))


def test_an_audit_with_a_judge(tmp_path: Path, checkpoints: dict[str, Path], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FAITHLENS_CACHE", str(tmp_path / "cache"))
    judge = str(save(tmp_path / "judge"))
    small = {"max_new_tokens": 4, "probes": ("margin_cue",), "judge": judge, "limit": 9}
    tiny = str(checkpoints["qwen2_vl"])
    found = calibrate(tiny, out=tmp_path / "calibration", **small).calibration
    assert [judged.judge for judged in found.judges] == [judge, "rules"]
    run = faithlens.audit(tiny, out=tmp_path / "run", **small)
    assert run.manifest["calibration"]["from"] == "kept from an earlier one"
    assert run.manifest["plan"]["judge_sha256"] == LanguageJudge(judge).weights_sha256
    other = faithlens.audit(tiny, out=tmp_path / "other", calibrate=False, **(small | {"judge": ""}))
    assert other.manifest["plan"]["judge_sha256"] is None
    with pytest.raises(SettingsError, match="no probe plants any"):
        faithlens.audit(tiny, out=tmp_path / "none", **(small | {"probes": ("necessity",)}))
