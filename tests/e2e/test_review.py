"""Two raters at once, by keyboard, in real browsers; one of them is killed in the middle."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import pytest
from playwright.sync_api import Browser, Page, expect

from faithlens.review.ratings_db import Reviews, beside
from faithlens.review.reviewset import ReviewSet
from tests.e2e.conftest import Launch, Serve, kill
from tests.review import reviewed

WAIT_MS = 30_000

Answer: TypeAlias = tuple[str, str, str]
"""Key, question, value."""

ANSWERS: Sequence[Answer] = (
    ("1", "own_answer", "A"),
    ("3", "support", "none"),
    ("2", "wrong_sentences", "2"),
    ("2", "cue_not_said", "yes"),
    ("1", "harm", "none"),
)


def sit_down(browser: Browser, address: str, rater: str) -> Page:
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(f"{address}/?rater={rater}")
    expect(page.get_by_text(f"{rater}: ", exact=False).first).to_be_visible(timeout=WAIT_MS)
    return page


def ready(page: Page, item: str, question: str, value: str, key: str) -> None:
    """Wait until a key stands for an answer."""
    place = page.locator(f".st-key-rate-{item}-{question}-{value}")
    place.get_by_role("button", name=f"Shortcut {key}").wait_for(timeout=WAIT_MS)


def pressed(page: Page, item: str, question: str, value: str) -> None:
    """Wait until the page shows an answer as given."""
    button = page.locator(f".st-key-rate-{item}-{question}-{value} button")
    expect(button).to_have_attribute("kind", "primary", timeout=WAIT_MS)


def answer(page: Page, item: str, answers: Sequence[Answer]) -> None:
    """Give answers to an item, each by its key."""
    expect(page.get_by_text(f"{item}. Every answer")).to_be_visible(timeout=WAIT_MS)
    for key, question, value in answers:
        ready(page, item, question, value, key)
        page.keyboard.press(key)
        pressed(page, item, question, value)
        if question == "wrong_sentences":
            # several may be named, so going on is a key of its own
            page.keyboard.press("Enter")


def finish(page: Page, rater: str, done: int, of: int) -> None:
    page.get_by_role("button", name="Done, next item").wait_for(timeout=WAIT_MS)
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{rater}: {done} of {of} done")).to_be_visible(timeout=WAIT_MS)


def rate_together(made: ReviewSet, launch: Launch, address: str, count: int) -> None:
    """Anna and Ben take turns; Anna's browser is killed in the middle of an item and she goes on in another."""
    browsers = {rater: launch() for rater in made.raters}
    pages = {rater: sit_down(browsers[rater], address, rater) for rater in made.raters}
    for place in range(count):
        for rater in made.raters:
            item = made.orders[rater][place]
            answer(pages[rater], item, ANSWERS[:2])
            if rater == "anna" and place == count // 2:
                kill(browsers[rater])
                browsers[rater] = launch()
                pages[rater] = sit_down(browsers[rater], address, rater)
                pressed(pages[rater], item, "support", "none")
            answer(pages[rater], item, ANSWERS[2:])
            finish(pages[rater], rater, place + 1, count)


@pytest.mark.parametrize("count", [4, pytest.param(20, marks=pytest.mark.slow)])
def test_no_rating_is_lost_and_none_is_double(tmp_path: Path, launch: Launch, serve: Serve, count: int):
    run = reviewed.run(tmp_path / "run", replies=60)
    made, _ = reviewed.review_set(run, tmp_path / "set", sampled=count, catches=0, repeats=0)
    address = serve(made.path)
    rate_together(made, launch, address, count)
    kept = Reviews(beside(made.path)).ratings(made.id)
    assert Counter((r.rater, r.item, r.question, r.value) for r in kept) == Counter(
        (rater, item.id, question, value)
        for rater in made.raters
        for item in made.items
        for _, question, value in ANSWERS
    )
    assert all(rating.seconds > 0 for rating in kept)
    with sqlite3.connect(beside(made.path)) as file:
        events = file.execute("select rater, item, question, count(*) from events group by 1, 2, 3").fetchall()
    # five answers and the commit, each once
    assert {times for *_, times in events} == {1} and len(events) == 6 * 2 * count


def test_a_key_that_comes_too_soon_changes_nothing(tmp_path: Path, launch: Launch, serve: Serve):
    run = reviewed.run(tmp_path / "run", replies=20)
    made, _ = reviewed.review_set(run, tmp_path / "set", sampled=2, catches=0, repeats=0)
    page = sit_down(launch(), serve(made.path), "anna")
    item = made.orders["anna"][0]
    answer(page, item, ANSWERS[:1])
    ready(page, item, "support", "none", "3")
    # the second key is meant for the next question, which is not there yet
    page.keyboard.press("3")
    page.keyboard.press("2")
    pressed(page, item, "support", "none")
    expect(page.get_by_text("press it again")).to_be_visible(timeout=WAIT_MS)
    kept = {rating.question: rating.value for rating in Reviews(beside(made.path)).ratings(made.id)}
    assert kept == {"own_answer": "A", "support": "none"}
