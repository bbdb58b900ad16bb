"""Ratings in SQLite: the last answer counts, none is overwritten, and several processes rate at once."""

from __future__ import annotations

import math
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from faithlens.errors import ReviewError
from faithlens.review.rating import Rating
from faithlens.review.ratings_db import Adjudicated, Reviews, beside


def test_the_last_answer_counts_and_every_answer_is_kept(tmp_path: Path):
    reviews = Reviews(tmp_path / "reviews.sqlite")
    reviews.rate("s", Rating("i", "anna", "support", "none", 3.0))
    reviews.rate("s", Rating("i", "anna", "harm", "some", 5.0))
    reviews.rate("s", Rating("i", "anna", "support", "supports", 7.5))
    reviews.rate("s", Rating("i", "anna", "support", "none", 9.0, round=2))
    reviews.rate("other", Rating("i", "anna", "support", "none"))
    found = {(r.question, r.round): r for r in Reviews(tmp_path / "reviews.sqlite").ratings("s")}
    assert {key: r.value for key, r in found.items()} == {
        ("support", 1): "supports",
        ("harm", 1): "some",
        ("support", 2): "none",
    }
    # seconds are the item's, of the same round
    assert found["harm", 1].seconds == 7.5 and found["support", 2].seconds == 9.0 and found["harm", 1].at
    assert reviews.sets() == ("other", "s")
    with sqlite3.connect(tmp_path / "reviews.sqlite") as file:
        assert file.execute("select count(*) from events").fetchone() == (5,)


def test_an_answer_can_be_withdrawn(tmp_path: Path):
    reviews = Reviews(tmp_path / "reviews.sqlite")
    reviews.rate("s", Rating("i", "anna", "supported_option", "B"))
    reviews.rate("s", Rating("i", "anna", "supported_option", ""))
    assert reviews.ratings("s") == []


def test_commits_are_by_rater_and_round_and_are_no_ratings(tmp_path: Path):
    reviews = Reviews(tmp_path / "reviews.sqlite")
    reviews.commit("s", "i", "anna", 12.0)
    assert reviews.committed("s", "anna") == {"i"}
    assert reviews.committed("s", "ben") == reviews.committed("s", "anna", round=2) == frozenset()
    assert reviews.ratings("s") == []


def test_the_last_adjudication_counts(tmp_path: Path):
    reviews = Reviews(tmp_path / "reviews.sqlite")
    reviews.rate("s", Rating("i", "anna", "support", "none"))
    reviews.adjudicate("s", Adjudicated("i", "support", "none", "carla"))
    reviews.adjudicate("s", Adjudicated("i", "support", "supports", "dora"))
    (settled,) = reviews.adjudications("s")
    assert (settled.value, settled.by) == ("supports", "dora") and settled.at
    assert [(r.value, math.isnan(r.seconds)) for r in reviews.ratings("s")] == [("none", True)]


RATE = """
import sys
from pathlib import Path
from faithlens.review.rating import Rating
from faithlens.review.ratings_db import Reviews
rater = sys.argv[2]
for i in range(50):
    Reviews(Path(sys.argv[1])).rate("s", Rating(f"i{i}", rater, "support", "none", i / 10))
"""


def test_processes_rate_at_once_and_lose_nothing(tmp_path: Path):
    path = tmp_path / "reviews.sqlite"
    raters = [f"rater{n}" for n in range(3)]
    running = [subprocess.Popen([sys.executable, "-c", RATE, str(path), rater]) for rater in raters]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    found = Reviews(path).ratings("s")
    assert sorted((r.rater, r.item) for r in found) == sorted((rater, f"i{i}") for rater in raters for i in range(50))


def test_a_file_of_something_else_is_said_to_be_so(tmp_path: Path):
    (tmp_path / "reviews.sqlite").write_text("no database at all, and long enough to be read as one" * 40)
    with pytest.raises(ReviewError, match="cannot be used as a file of ratings"):
        Reviews(tmp_path / "reviews.sqlite")


def test_answers_lie_beside_the_set_and_not_in_it(tmp_path: Path):
    assert beside(tmp_path / "set") == tmp_path / "reviews.sqlite"
