"""Fixtures: runs written by hand, and pages of the dashboard as Streamlit's own test harness runs them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from faithlens.shipped import folder
from tests.dashboards import made

DASHBOARDS = folder("dashboards")

Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.write(tmp_path_factory.mktemp("runs") / "whole")


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Without calibration, maps and clusters, and without the images that it names."""
    return made.write(tmp_path_factory.mktemp("runs") / "bare", whole=False, images=False)


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open a page on some runs, with the parameters of its URL."""

    def opened(name: str, *runs: Path, **parameters: str | list[str]) -> AppTest:
        monkeypatch.setattr(sys, "argv", ["main.py", *map(str, runs)])
        app = AppTest.from_file(DASHBOARDS / "app" / "main.py", default_timeout=60)
        app.switch_page(str(DASHBOARDS / "pages" / f"{name}.py"))
        for key, value in parameters.items():
            app.query_params[key] = value
        return app.run()

    return opened


@pytest.fixture(scope="session", autouse=True)
def closed() -> Iterator[None]:
    """DuckDB complains at the end of the process about connections that a cache still holds."""
    yield
    st.cache_resource.clear()
