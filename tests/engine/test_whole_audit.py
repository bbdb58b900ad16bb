"""A whole audit finds the same with the engine as with one forward pass a request."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import faithlens


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_findings_on_all_bundled_cases_are_those_of_one_forward_a_request(tmp_path: Path):
    one, other = (
        faithlens.audit(out=tmp_path / engine, engine=engine, calibrate=False) for engine in ("reference", "packed")
    )
    assert len(one.cases) == len(other.cases) >= 90
    assert list(one.traces["reply"]) == list(other.traces["reply"])
    plain, packed = one.findings, other.findings
    for column in ("case_id", "probe", "flagged", "reason", "evidence"):
        assert [str(value) for value in plain[column]] == [str(value) for value in packed[column]], column
    gap = np.abs(plain["score"].to_numpy(float) - packed["score"].to_numpy(float))
    print(f"{len(plain)} findings, largest difference of a score {np.nanmax(gap):.1e}")
    assert np.nanmax(gap) < 1e-4
    ours, theirs = other.manifest["cost"], one.manifest["cost"]
    print(f"engine {ours}\nreference {theirs}")
    assert ours["tokens_run"] < 1.1 * ours["tokens_unique"]
