"""How the dashboard is started."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from faithlens import serving
from faithlens.cli import app
from faithlens.demo import EXAMPLE
from faithlens.errors import RunError, SettingsError
from faithlens.records import Case
from faithlens.store import open_run


def test_it_serves_this_machine_only_and_sends_nothing(tmp_path: Path):
    told = serving.command([tmp_path], port=8600, headless=True)
    assert told[:4] == [sys.executable, "-m", "streamlit", "run"] and Path(told[4]).is_file()
    assert {"--server.address=localhost", "--browser.gatherUsageStats=false", "--server.headless=true"} <= set(told)
    assert told[told.index("--") + 1 :] == [str(tmp_path)]


def test_without_streamlit_one_line_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(serving, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r'pip install "faithlens\[dashboard\]"'):
        serving.command([])
    assert importlib.util.find_spec("streamlit")


def test_a_folder_that_is_not_there_is_named():
    with pytest.raises(RunError, match="nowhere is no folder"):
        serving.command([Path("nowhere")])
    assert isinstance(CliRunner().invoke(app, ["dashboard", "nowhere"]).exception, RunError)


def test_the_bundled_example_is_whole_and_small():
    run = open_run(EXAMPLE)
    assert len(run.traces) == 54 and all(Path(path).is_file() for case in run.rows(Case) for path in case.images)
    assert sum(file.stat().st_size for file in EXAMPLE.rglob("*") if file.is_file()) < 1_500_000
