"""The benchmark measures what it says: four ways to answer the same requests, in agreement."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path


def test_bench_prints_and_writes_what_was_measured(tmp_path: Path):
    out = tmp_path / "bench.json"
    done = subprocess.run(
        [sys.executable, "-m", "faithlens", "bench", "--repeats", "1", "--out", str(out)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(out.read_text())
    ways = {way["name"]: way for way in report["ways"]}
    assert list(ways) == ["one forward per request", "padded batches of 16", "engine", "lower bound"]
    assert ways["engine"]["tokens_run"] == ways["lower bound"]["tokens_run"] == report["unique_tokens"]
    assert ways["engine"]["tokens_run"] < report["requested_tokens"] / 2
    # one image encode a view that shows one
    assert ways["engine"]["vision_encodes"] == ways["lower bound"]["vision_encodes"] < report["requests"] / 4
    for name in ("padded batches of 16", "engine"):
        assert ways[name]["deviation_nats"] < 1e-4
    assert math.isnan(ways["lower bound"]["deviation_nats"])
    assert all(len(way["seconds"]) == 1 for way in ways.values())
