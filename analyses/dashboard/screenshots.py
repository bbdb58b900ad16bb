"""Take the README's pictures of the dashboard, in light and dark, with a Chromium of this machine.

python analyses/dashboard/screenshots.py            # of the bundled example, into dashboards/screenshots/
python analyses/dashboard/screenshots.py runs/demo --out pictures --pages overview cases case clusters
"""

from __future__ import annotations

import argparse
import io
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from faithlens.demo import EXAMPLE
from faithlens.serving import command
from faithlens.shipped import folder

WIDTH_PX, HEIGHT_PX = 1280, 1000
COLORS = 128
"""Of a palette, so that a picture stays under 300 kB."""

ADDRESS = {"overview": "", "case": "case?sort=contradictory"}
"""Where a page is not simply under its name: the case whose think contradicts its answer most."""


@contextmanager
def served(runs: list[Path]) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command(runs, port, headless=True), stdout=quiet, stderr=quiet)
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=5).close()
                break
            except OSError:
                time.sleep(0.5)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait()


def take(browser: Browser, address: str, scheme: str, file: Path) -> None:
    """One page as it stands when nothing moves any more."""
    tab = browser.new_page(viewport={"width": WIDTH_PX, "height": HEIGHT_PX}, color_scheme=scheme)  # type: ignore[arg-type]
    tab.goto(address, timeout=120_000)
    tab.get_by_test_id("stMainBlockContainer").wait_for(timeout=120_000)
    tab.wait_for_timeout(4000)
    tab.get_by_test_id("stStatusWidget").wait_for(state="detached", timeout=120_000)
    tab.wait_for_timeout(2000)
    picture = Image.open(io.BytesIO(tab.screenshot())).convert("RGB").quantize(COLORS)
    file.parent.mkdir(parents=True, exist_ok=True)
    picture.save(file, optimize=True)
    tab.close()
    print(f"{file}: {file.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path, nargs="*", default=[EXAMPLE], help="folders of finished runs")
    parser.add_argument("--out", type=Path, default=folder("dashboards") / "screenshots")
    parser.add_argument("--pages", nargs="+", default=["overview", "case"])
    given = parser.parse_args()
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with served(given.runs) as server, sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        for page in given.pages:
            for scheme in ("light", "dark"):
                take(browser, f"{server}/{ADDRESS.get(page, page)}", scheme, given.out / f"{page}-{scheme}.png")
        browser.close()
