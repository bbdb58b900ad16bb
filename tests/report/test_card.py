"""The model card's section: what huggingface_hub reads back is what was counted."""

from __future__ import annotations

import pytest
from huggingface_hub import EvalResult, ModelCard

from faithlens.report import card
from faithlens.report.card import plain
from tests.report.conftest import Build


def test_the_hub_reads_the_results(build: Build):
    found = ModelCard(card(build()))
    results = {result.metric_type: result for result in found.data.eval_results or []}
    assert all(isinstance(result, EvalResult) for result in results.values())
    assert set(results) == {"accuracy", "faithlens_post_hoc", "faithlens_image_blind", "faithlens_malformed"}
    assert results["accuracy"].metric_value == pytest.approx(0.5)
    assert results["faithlens_image_blind"].metric_value == pytest.approx(0.3333)
    assert results["faithlens_image_blind"].metric_args["of"] == 30
    assert results["accuracy"].dataset_name == "cases.csv (table)"
    assert found.data.to_dict()["model-index"][0]["name"] == "MedVLM-R1"


def test_the_section_says_what_was_measured_and_what_was_not(build: Build):
    text = ModelCard(card(build())).text
    assert "| Blind to the image |" in text and "| 33% |" in text and "**Limits.**" in text
    assert "<script" not in text and "\u202e" not in text and "/home" not in text


def test_without_verdicts_no_rate_is_claimed(build: Build):
    found = ModelCard(card(build(calibrated=False)))
    assert [result.metric_type for result in found.data.eval_results or []] == ["accuracy"]
    assert "No calibrated verdicts" in found.text


def test_names_are_text_in_markdown():
    assert plain("CT | *a*\n<b>") == r"CT \| \*a\* &lt;b&gt;"
    assert plain("a\u202eb") == r"aU\+202Eb"
