"""Fixtures: a Chromium that is at hand, and Streamlit serving a page of ours."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Playwright, sync_playwright

from faithlens.serving import command

# quiet: nothing is fetched, and no sandbox where a container forbids it
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Launch = Callable[[], Browser]
Serve = Callable[[Path], str]


# one at a time: Playwright refuses a second one in the same process
@pytest.fixture(scope="module")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture
def launch(driver: Playwright) -> Iterator[Launch]:
    """Start a browser of its own; skipped where there is no Chromium."""
    found = [driver.chromium.executable_path, *map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))]
    file = next((path for path in found if path and Path(path).exists()), None)
    if file is None:
        pytest.skip("there is no Chromium; playwright install chromium gets one")
    opened: list[Browser] = []

    def start() -> Browser:
        opened.append(driver.chromium.launch(executable_path=file, args=ARGUMENTS))
        return opened[-1]

    yield start
    for browser in opened:
        if browser.is_connected():
            browser.close()


def kill(browser: Browser) -> None:
    """End a browser's process without a word to the page."""
    with suppress(Error):
        browser.new_browser_cdp_session().send("Browser.crash")
    assert not browser.is_connected()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start the pages on which a set is rated, as the command line does; gives their address."""
    running: list[subprocess.Popen[bytes]] = []

    def start(review: Path) -> str:
        with socket.socket() as free:
            free.bind(("localhost", 0))
            port = free.getsockname()[1]
        file = tmp_path / f"streamlit-{port}.log"
        with file.open("wb") as log:
            started = command([], port, headless=True, review=review)
            running.append(subprocess.Popen(started, cwd=Path(__file__).parents[2], stdout=log, stderr=log))
        address = f"http://localhost:{port}"
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).close()
            except OSError:
                time.sleep(0.2)
            else:
                return address
        raise TimeoutError(file.read_text(errors="replace"))

    yield start
    for process in running:
        process.terminate()
        process.wait(20)
