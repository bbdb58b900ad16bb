"""The benchmark measures what it says: several ways to answer the same requests, in agreement."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path


def bench(out: Path, *options: str) -> tuple[dict, dict]:
    done = subprocess.run(
        [sys.executable, "-m", "faithlens", "bench", "--repeats", "1", "--out", str(out), *options],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(out.read_text())
    assert all(len(way["seconds"]) == len(way["cpu_seconds"]) == 1 for way in report["ways"])
    return report, {way["name"]: way for way in report["ways"]}


def test_bench_prints_and_writes_what_was_measured(tmp_path: Path):
    report, ways = bench(tmp_path / "bench.json")
    assert list(ways) == ["one forward per request", "padded batches of 16", "engine", "lower bound"]
    assert ways["engine"]["tokens_run"] == ways["lower bound"]["tokens_run"] == report["unique_tokens"]
    assert ways["engine"]["tokens_run"] < report["requested_tokens"] / 2
    # one image encode a view that shows one
    assert ways["engine"]["vision_encodes"] == ways["lower bound"]["vision_encodes"] < report["requests"] / 4
    for name in ("padded batches of 16", "engine"):
        assert ways[name]["deviation_nats"] < 1e-4
    assert math.isnan(ways["lower bound"]["deviation_nats"])
    # bfloat16 keeps eight bits of each number, so it moves log-probabilities, but far less than an option is worth
    assert 1e-4 < report["bfloat16"]["float32_to_bfloat16_nats"] < 2
    assert report["bfloat16"]["bfloat16_engine_to_one_forward_nats"] < 1
    assert report["peak_bytes"] > 1e8


def test_occlusion_by_the_engine_is_what_captum_finds(tmp_path: Path):
    report, ways = bench(tmp_path / "occlusion.json", "--occlusion")
    # 112 x 112 pixels are 4 x 4 merged image tokens; each of four options is a call of its own for Captum
    assert report["image_tokens"] == 16 and report["options"] == 4
    assert ways["Captum, a call an option"]["vision_encodes"] == 4 * ways["engine"]["vision_encodes"] == 4 * 17
    assert report["largest_effect_nats"] > 0.01, "painting over has an effect, so that agreement says something"
    assert ways["engine"]["deviation_nats"] < 1e-4
