"""The benchmark: what it builds is what it says, and its figures are right by hand."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from faithlens.contradiction.assess import LABELS
from faithlens.contradiction.benchmark import auroc, main, run
from faithlens.contradiction.constructed import KINDS, construct
from faithlens.records import Case

CASES = [
    Case("one", "What is seen?", ("Left effusion", "Mild edema", "Nodule", "Fracture"), key="A"),
    Case("two", "Is there a mass?", ("Yes", "No"), key="B"),
    Case("three", "Describe it."),
]


def test_every_kind_is_built_where_the_case_allows_it():
    built = list(construct(CASES))
    assert {item.kind for item in built if item.case_id == "one"} == set(KINDS) - {"severity flip"}
    assert {item.case_id for item in built} == {"one", "two"}
    assert all(item.label == KINDS[item.kind] and item.label in LABELS for item in built)
    assert all(0 <= item.choice < len(item.options) and item.think for item in built)


def test_the_same_seed_builds_the_same():
    assert list(construct(CASES, 3)) == list(construct(CASES, 3)) != list(construct(CASES, 4))


def test_reordered_options_keep_the_option():
    (item,) = (item for item in construct(CASES[:1]) if item.kind == "reordered options")
    assert item.options[item.choice] == "Left effusion" and item.options != CASES[0].options


def test_auroc_by_hand():
    # of the four pairs (.9 .5), (.9 .1), (.5 .5), (.5 .1) three are won and one is tied: 3.5 / 4
    assert auroc([0.9, 0.5], [0.5, 0.1]) == pytest.approx(0.875)
    assert math.isnan(auroc([], [1.0]))


def test_the_shipped_questions_are_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["--out", str(tmp_path)]) == 0
    result = json.loads((tmp_path / "constructed_shipped.json").read_text())
    assert result["questions"] == 20 and result["macro_f1"] > 0.8
    assert "| letter swap | contradicts |" in capsys.readouterr().out
    assert run(None, 5, 0)["questions"] == 5
