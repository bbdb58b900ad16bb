"""The booklet in a real browser: ticked, closed, opened again, saved, read back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

from faithlens.review.design import Design
from faithlens.review.exporting import export
from faithlens.review.form import form
from faithlens.review.format import read_ratings
from faithlens.review.formats import booklet
from faithlens.review.rating import check
from faithlens.review.reviewset import ReviewSet
from tests.review import hospital

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ReviewSet:
    folder = tmp_path_factory.mktemp("booklet")
    found = export(hospital.run(folder), folder / "set", Design(n=8, by=("band",), raters=("anna",))).set
    booklet.write(found, found.path / "booklet")
    return found


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser that keeps what it stores, as a rater's own does."""
    program = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if program is None:
        pytest.skip("no Chromium is installed")
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        yield context
        context.close()


def tick(page: Page, item: str, question: str, value: str) -> None:
    page.locator(f'input[name="{item}.{question}"][value="{value}"]').check()


def test_a_booklet_keeps_and_saves_what_is_ticked(made: ReviewSet, browser: BrowserContext, tmp_path: Path):
    complaints: list[str] = []
    address = (made.path / "booklet" / "anna.html").as_uri()
    page = browser.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.goto(address)
    first, second, *_ = made.ordered("anna")
    tick(page, first.id, "support", "supports_other")
    tick(page, first.id, "supported_option", "A")
    tick(page, first.id, "wrong_sentences", "none")
    page.locator(f'fieldset[data-item="{first.id}"][data-question="comment"] textarea').fill("=1+1; ünlike")
    page.close()

    page = browser.new_page()
    page.goto(address)
    tick(page, second.id, "harm", "none")
    tick(page, second.id, "harm", "severe")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save my ratings").click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)

    found, problems = read_ratings(saved)
    assert problems == [] and complaints == []
    assert {(r.item, r.question): r.value for r in found} == {
        (first.id, "support"): "supports_other",
        (first.id, "supported_option"): "A",
        (first.id, "wrong_sentences"): "none",
        (first.id, "comment"): "=1+1; ünlike",
        (second.id, "harm"): "severe",
    }
    assert all(rating.rater == "anna" and rating.at.endswith("Z") for rating in found)
    assert not [reason for rating in found for reason in check(rating, made, form())]
