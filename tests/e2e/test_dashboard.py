"""The dashboard in a real browser: what a reader clicks, hovers and presses."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, expect, sync_playwright

from faithlens.records import Verdict
from faithlens.serving import command
from faithlens.store import RunFolder
from tests.dashboards import made

ROOT = Path(__file__).parents[2]


def chromium(playwright: Playwright) -> str:
    """A Chromium of this machine, or the one that playwright has installed; skips the test without either."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = [shutil.which(name) for name in names] + [playwright.chromium.executable_path]
    there = [path for path in found if path and Path(path).exists()]
    if not there:
        pytest.skip("no Chromium on this machine; `playwright install chromium` brings one")
    return there[0]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = chromium(playwright)
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a dashboard over two runs; in the second other replies are post hoc."""
    folder = tmp_path_factory.mktemp("served")
    first = made.write(folder / "first")
    second = folder / "second"
    shutil.copytree(first, second)
    changed = [Verdict(f"case-{i}", "post_hoc", 0.9, "", ("early_answering",), flagged=i < 2) for i in range(12)]
    RunFolder(second).table(Verdict, changed)
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command([first, second], port, headless=True), cwd=ROOT, stdout=log, stderr=log)
    address = f"http://localhost:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=5).close()
                break
            except OSError:
                time.sleep(0.5)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    """A tab that fails the test if the console reports an error."""
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    errors: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # a page that is opened by its own address asks for Streamlit's health under that address first
        if message.type == "error" and "_stcore" not in message.location.get("url", ""):
            errors.append(message.text)

    tab.on("console", heard)
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.set_default_timeout(60_000)
    tab.goto(server)
    yield tab
    tab.close()
    assert not errors


def row(tab: Page, number: int) -> None:
    """Click a row of the table on the page."""
    table = tab.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    table.click(position={"x": 250, "y": 36 * number + 18})


def test_from_a_rate_to_a_case_and_its_maps(page: Page):
    page.locator("svg.marks").first.click(position={"x": 120, "y": 25})
    expect(page).to_have_url(re.compile("/cases?.*fails=post_hoc"))
    expect(page.get_by_text("3 of 12 replies")).to_be_visible()

    page.get_by_placeholder("nodule").fill("sentence 6")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 of 12 replies")).to_be_visible()
    expect(page).to_have_url(re.compile("q=sentence"))
    page.get_by_placeholder("nodule").fill("")
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 of 12 replies")).to_be_visible()

    row(page, 2)
    expect(page).to_have_url(re.compile("case=case-6"))
    expect(page.get_by_text("2 of 3")).to_be_visible()

    canvas = page.locator("canvas[role=img]")
    expect(canvas).to_have_attribute("aria-label", re.compile("occlusion · the answer"))
    page.get_by_label("Overlay").select_option(index=3)
    expect(canvas).to_have_attribute("aria-label", re.compile("saliency"))
    expect(page.get_by_text("saliency fails on this checkpoint (failed: randomised weights)")).to_be_visible()
    page.locator(".piece.mapped").hover()
    expect(canvas).to_have_attribute("aria-label", re.compile("sentence 1"))
    canvas.hover(position={"x": 20, "y": 20})
    expect(canvas).to_have_attribute("aria-label", re.compile("saliency"))
    expect(page.get_by_text(re.compile(r"pixel \d+, \d+ · (for|against) the answer"))).to_be_visible()

    page.locator("body").press("ArrowRight")
    expect(page).to_have_url(re.compile("case=case-10"))


def test_an_overlay_can_be_faded_cut_and_zoomed_into(page: Page, server: str):
    page.goto(f"{server}/case?run=first&case=case-6")
    canvas = page.locator("canvas[role=img]")
    expect(canvas).to_have_attribute("aria-label", re.compile("occlusion"))

    def shown() -> str:
        return canvas.evaluate("canvas => canvas.toDataURL()")

    def slide(name: str, value: int) -> str:
        page.get_by_label(name).fill(str(value))
        return shown()

    with_map, faded, solid = shown(), slide("Opacity", 0), slide("Opacity", 100)
    page.get_by_label("Overlay").select_option(label="none")
    bare = shown()
    assert faded == bare
    assert len({bare, with_map, solid}) == 3

    page.get_by_label("Overlay").select_option(index=1)
    # the cells hold -2, -1, 0 and 1: above 60 % of the largest only the first is left
    assert len({slide("Threshold", 0), slide("Threshold", 60), bare}) == 3

    slide("Opacity", 0)
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 30)
    readout = page.get_by_text(re.compile(r"pixel \d+, \d+"))
    before = readout.text_content()
    page.mouse.wheel(0, -300)
    assert shown() != bare
    page.mouse.move(box["x"] + 41, box["y"] + 30)
    page.mouse.move(box["x"] + 40, box["y"] + 30)
    assert readout.text_content() == before  # what is under the pointer stays under it
    canvas.dblclick(position={"x": 40, "y": 30})
    assert shown() == bare


def test_a_shared_address_shows_the_same(page: Page, server: str):
    page.goto(f"{server}/case?run=second&case=case-0")
    expect(page.get_by_text("case-0 · 1 of 12")).to_be_visible()
    think = page.locator(".think")
    expect(think).to_contain_text('<script>document.title="pwned"</script> **bold** $x^2$ left U+202Ethgir')
    assert page.title() != "pwned"
    page.get_by_role("link", name="Cases").click()
    expect(page.get_by_text("12 of 12 replies")).to_be_visible()
    expect(page).to_have_url(re.compile("run=second"))


def test_two_runs_side_by_side(page: Page):
    page.get_by_role("link", name="Compare").click()
    expect(page.get_by_text("12 replies are in both runs")).to_be_visible()
    page.goto(f"{page.url}&on=post_hoc" if "?" in page.url else f"{page.url}?on=post_hoc")
    expect(page.get_by_text("5 of 12 replies flipped")).to_be_visible()
