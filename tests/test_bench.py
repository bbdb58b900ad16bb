"""The benchmark measures what it says: several ways to answer the same requests, in agreement."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from faithlens.bench.flops import flops
from faithlens.bench.presets import checkpoint
from faithlens.bench.workload import Script, alone, exhibits, requests
from faithlens.cli.app import app
from faithlens.errors import SettingsError
from faithlens.models.checkpoint import Checkpoint
from faithlens.probes import choose
from faithlens.records import Answer, Speak, Weigh


def bench(out: Path, *options: str) -> dict:
    done = CliRunner().invoke(app, ["bench", *options, "--repeats", "1", "--out", str(out)])
    assert done.exit_code == 0, done.output
    report = json.loads(out.read_text())
    assert all(len(way["seconds"]) == len(way["cpu_seconds"]) == 1 for way in report.get("ways", ()))
    return report


def ways(report: dict) -> dict[str, dict]:
    return {way["name"]: way for way in report["ways"]}


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Checkpoint, int]:
    return checkpoint("bundled", tmp_path_factory.mktemp("presets"), "cpu", "float32")


def test_answers_are_read_four_ways_in_agreement(tmp_path: Path):
    report = bench(tmp_path / "bench.json")
    found = ways(report)
    assert list(found) == ["one forward per request", "padded batches of 16", "engine", "lower bound"]
    engine, bound = found["engine"], found["lower bound"]
    assert engine["tokens_run"] == bound["tokens_run"] == report["unique_tokens"]
    assert engine["tokens_run"] < report["requested_tokens"] / 2.5
    # one image encode a view that shows one
    assert engine["vision_encodes"] == bound["vision_encodes"] == report["views"] - 1
    for name in ("padded batches of 16", "engine"):
        assert found[name]["deviation_nats"] < 1e-4
    assert math.isnan(bound["deviation_nats"])
    # bfloat16 keeps eight bits of each number, so it moves log-probabilities, but far less than an option is worth
    assert 1e-4 < report["bfloat16"]["float32_to_bfloat16_nats"] < 2
    assert report["bfloat16"]["bfloat16_engine_to_one_forward_nats"] < 1
    assert report["peak_bytes"] > 1e8


def test_what_is_asked_is_what_every_probe_of_the_quick_suite_asks(bundled: tuple[Checkpoint, int], tmp_path: Path):
    """Nobody is silent for want of other cases or of a think; those that read text alone ask nothing."""
    loaded, side = bundled
    script = Script(loaded, random.Random(0))
    (exhibit,) = exhibits(script, side, 1, tmp_path)
    assert 100 <= len(exhibit.think.ids) <= 160
    for probe in choose("quick"):
        assert alone(script, probe(exhibit)) or probe.text_only, probe.name
    assert {type(request) for request in script.asked} == {Answer, Speak, Weigh}
    assert len(script.asked) == len(requests(loaded, side, 1, tmp_path))


def test_replies_are_written_three_ways_and_are_the_same(tmp_path: Path):
    report = bench(tmp_path / "replies.json", "replies")
    found = ways(report)
    assert list(found) == ["one reply at a time", "padded batches of 16", "engine"]
    assert all(way["different_replies"] == 0 and way["tokens_generated"] > 0 for way in found.values())
    assert report["distinct_replies"] < report["replies"], "the engine writes equal ones once"
    assert found["engine"]["tokens_run"] < found["one reply at a time"]["tokens_run"]


def test_suites_are_told_by_case_with_their_share_of_the_peak(tmp_path: Path):
    report = bench(tmp_path / "suites.json", "suites", "--side", "84")
    traces, quick, standard = report["stages"]
    assert report["side_px"] == 84 and report["peak_flop_a_second"] > 1e8
    assert traces["cost"]["replies"] == 1 and traces["cost"]["unique_requests"] == 0
    assert 0 < quick["cost"]["tokens_run"] < standard["cost"]["tokens_run"]
    assert 0 < traces["flop_a_case"] < quick["flop_a_case"] < standard["flop_a_case"]
    assert all(0 < stage["share_of_peak"] < 1.2 for stage in report["stages"])


def test_occlusion_by_the_engine_is_what_captum_finds(tmp_path: Path):
    report = bench(tmp_path / "occlusion.json", "occlusion")
    found = ways(report)
    # 112 x 112 pixels are 4 x 4 merged image tokens; each of four options is a call of its own for Captum
    assert report["image_tokens"] == 16 and report["options"] == 4
    assert found["Captum, a call an option"]["vision_encodes"] == 4 * found["engine"]["vision_encodes"] == 4 * 17
    assert report["largest_effect_nats"] > 0.01, "painting over has an effect, so that agreement says something"
    assert found["engine"]["deviation_nats"] < 1e-4


def test_an_unknown_benchmark_is_named():
    done = CliRunner().invoke(app, ["bench", "everything"])
    assert isinstance(done.exception, SettingsError) and "answers, replies, suites, occlusion" in str(done.exception)


def test_operations_by_hand():
    # (3 x 5) @ (5 x 7): 3 * 7 results of 5 multiply-adds
    assert flops(lambda: torch.ones(3, 5) @ torch.ones(5, 7)) == 2 * 3 * 5 * 7
    # 2 heads: 3 queries on 4 keys of size 8, and 3 x 4 weights on values of size 8
    query, key = torch.ones(1, 2, 3, 8), torch.ones(1, 2, 4, 8)
    attend = torch.nn.functional.scaled_dot_product_attention
    with torch.inference_mode():
        assert flops(lambda: attend(query, key, key)) == 2 * (2 * 3 * 4 * 8) * 2
