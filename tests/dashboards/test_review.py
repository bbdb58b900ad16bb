"""The reviewers' pages, as Streamlit's own test harness runs them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from faithlens.errors import ReviewError
from faithlens.review.ratings_db import Reviews
from faithlens.review.reviewset import ReviewSet
from faithlens.serving import command
from faithlens.shipped import folder
from tests.review import reviewed

ENTRY = folder("dashboards") / "app" / "reviewing.py"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReviewSet:
    run = reviewed.run(tmp_path / "run", replies=20)
    made, _ = reviewed.review_set(run, tmp_path / "set", sampled=2, catches=0, repeats=0)
    monkeypatch.setattr(sys, "argv", ["reviewing.py", str(made.path)])
    return made


def page(name: str = "rate", **parameters: str) -> AppTest:
    app = AppTest.from_file(ENTRY, default_timeout=60)
    if name != "rate":
        app.switch_page(str(ENTRY.parents[1] / "review" / f"{name}.py"))
    for key, value in parameters.items():
        app.query_params[key] = value
    return ok(app.run())


def ok(app: AppTest) -> AppTest:
    assert not app.exception, app.exception
    return app


def press(app: AppTest, item: str, question: str, value: str, name: str = "rate") -> AppTest:
    return ok(app.button(key=f"{name} {item} {question} {value}").click().run())


def labelled(app: AppTest, label: str) -> AppTest:
    return ok(next(button for button in app.button if button.label == label).click().run())


def text(app: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "error", "success", "text", "html", "title")
    said = [str(getattr(e, "body", None) or getattr(e, "value", "")) for k in kinds for e in app.get(k)]
    return "\n".join([*said, *(bar.proto.text for bar in app.get("progress"))])


def rate_all(app: AppTest, item: str, support: str = "supports") -> AppTest:
    answers = {"own_answer": "A", "support": support, "wrong_sentences": "none", "cue_not_said": "no", "harm": "none"}
    for question, value in answers.items():
        press(app, item, question, value)
    return labelled(app, "Done, next item")


def test_without_a_set_the_page_says_how_to_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(sys, "argv", ["reviewing.py"])
    assert "--review SET" in text(page())
    monkeypatch.setattr(sys, "argv", ["reviewing.py", str(tmp_path)])
    assert "cannot be opened" in text(page()) and "cannot be opened" in text(page("adjudicate"))


def test_a_folder_that_is_no_set_is_not_served(tmp_path: Path):
    with pytest.raises(ReviewError, match=r"items\.json"):
        command([], review=tmp_path)


def test_who_rates_is_asked_and_stays_in_the_address(small: ReviewSet):
    app = page()
    assert "Who are you?" in [header.value for header in app.subheader]
    app = labelled(app, "ben")
    assert app.query_params["rater"] in ("ben", ["ben"]) and "ben: 0 of 2 done" in text(app)


def test_the_reply_is_hidden_until_the_rater_has_answered_and_is_shown_as_text(small: ReviewSet):
    app = page(rater="anna")
    item = small.orders["anna"][0]
    assert "A lesion is on the left" not in text(app)
    press(app, item, "own_answer", "A")
    assert "A lesion is on the left" in text(app)
    assert "&lt;b&gt;So&lt;/b&gt; it is left." in text(app)


def test_every_answer_is_kept_at_once_and_a_new_window_goes_on(small: ReviewSet):
    item = small.orders["anna"][0]
    app = page(rater="anna")
    press(app, item, "own_answer", "A")
    press(app, item, "support", "supports_other")
    kept = {r.question: r.value for r in Reviews(small.path.with_name("reviews.sqlite")).ratings("s1")}
    assert kept == {"own_answer": "A", "support": "supports_other"}
    again = page(rater="anna")
    assert again.button(key=f"rate {item} supported_option A")
    rate_all(again, item)
    assert "anna: 1 of 2 done" in text(again) and small.orders["anna"][1] in text(again)


def test_an_item_that_is_done_is_locked(small: ReviewSet):
    first = small.orders["anna"][0]
    app = rate_all(page(rater="anna"), first)
    labelled(app, "Back")
    assert app.button(key=f"rate {first} support none").disabled
    assert "stays" in text(app)


def test_free_text_is_kept(small: ReviewSet):
    item = small.orders["anna"][0]
    app = press(page(rater="anna"), item, "own_answer", "B")
    ok(app.text_area(key=f"text {item}").input("mirrored, perhaps").run())
    kept = {r.question: r.value for r in Reviews(small.path.with_name("reviews.sqlite")).ratings("s1")}
    assert kept["comment"] == "mirrored, perhaps"


def test_disagreement_is_settled_without_names_and_the_audit_is_shown_after(small: ReviewSet):
    item = small.orders["anna"][0]
    rate_all(page(rater="anna"), item, "none")
    assert "disagree on nothing" in text(page("adjudicate"))
    app = page(rater="ben")
    for one in small.orders["ben"]:
        rate_all(app, one)
    app = page("adjudicate", by="carla")
    assert "No option in particular | The answer that was given" in said(app) and not app.toggle
    assert "anna" not in text(app).replace("Not done yet: anna", "")
    press(app, item, "support", "none", "settle")
    (settled,) = Reviews(small.path.with_name("reviews.sqlite")).adjudications("s1")
    assert (settled.item, settled.question, settled.value, settled.by) == (item, "support", "none", "carla")
    # anna has another item to rate, and must not learn how the audit judges
    assert not app.toggle and "when every rater is done" in text(app)
    rate_all(page(rater="anna"), small.orders["anna"][1])
    app = page("adjudicate", by="carla")
    ok(app.toggle[0].set_value(True).run())
    assert "contradictory: " in text(app)
    assert app.button(key=f"settle {item} support supports").disabled


def said(app: AppTest) -> str:
    """Both answers in the order of their labels."""
    line = next(element.value for element in app.text if element.value.startswith("Raters said: "))
    return " | ".join(sorted(line.removeprefix("Raters said: ").split(" | ")))
