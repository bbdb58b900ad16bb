"""Every page shows what the run holds, and says what it does not hold."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from faithlens.records import Verdict
from faithlens.store import RunFolder, open_run
from tests.dashboards import made
from tests.dashboards.conftest import DASHBOARDS, Open

PAGES = sorted(file.stem for file in (DASHBOARDS / "pages").glob("*.py"))


def text(app: AppTest) -> str:
    """All that the page says in words, HTML as its source."""
    kinds = ("markdown", "caption", "info", "warning", "error", "header", "subheader", "text", "html", "metric")
    return "\n".join(str(getattr(e, "body", None) or getattr(e, "value", "")) for k in kinds for e in app.get(k))


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_on_a_bare_run(name: str, open_page: Open, bare: Path):
    app = open_page(name, bare)
    assert not app.exception, app.exception
    assert text(app).strip()


# -------------------------------------------------------------------------------------- overview


def test_the_overview_tells_counts_and_shares(open_page: Open, run: Path):
    # 12 replies, the third of every four answered wrongly and post hoc: 3 of 12
    metrics = {metric.label: metric.value for metric in open_page("overview", run).metric}
    assert (metrics["Replies"], metrics["Right answers"], metrics["Fail on some axis"]) == ("12", "75%", "25%")
    assert (metrics["ideal"], metrics["dangerous"]) == ("100%", "0%")


def test_a_bar_opens_the_replies_behind_it(open_page: Open, run: Path):
    app = open_page("overview", run)
    app.session_state["rates-all"] = {"selection": {"clicked": [{"axis": "post_hoc", "stratum": ""}]}}
    app.run()
    assert app.query_params["fails"] == "post_hoc"
    assert "**3** of 12 replies" in text(app)


# ----------------------------------------------------------------------------------------- cases


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ({}, 12),
        ({"q": "sentence 1"}, 3),  # 1, 10, 11
        ({"q": "100% <b>"}, 0),
        ({"fails": "post_hoc"}, 3),
        ({"modality": "CT"}, 6),
        ({"modality": ["CT", "MR"], "answer": "wrong"}, 3),
        ({"quadrant": "ideal", "flagged": "early_answering"}, 3),
        ({"cluster": "0"}, 3),
        ({"cluster": "-1", "modality": "CT"}, 6),
    ],
)
def test_the_url_filters(open_page: Open, run: Path, said: dict[str, str], count: int):
    app = open_page("cases", run, **said)
    assert not app.exception
    assert (f"**{count}** of 12 replies" if count else "No reply matches") in text(app)


def test_a_row_opens_its_case_among_those_chosen(open_page: Open, run: Path):
    app = open_page("cases", run, fails="post_hoc")
    app.session_state["table"] = {"selection": {"rows": [1], "columns": [], "cells": []}}
    app.run()
    assert app.query_params["case"] == "case-6" and app.query_params["fails"] == "post_hoc"
    assert "case-6  ·  2 of 3" in text(app)


def test_cells_show_text_as_it_stands(open_page: Open, run: Path):
    said = open_page("cases", run).dataframe[0].value["words"].iloc[0]
    assert "<script>" in said and "$x^2$" in said and "\u202e" not in said and "U+202E" in said


# ------------------------------------------------------------------------------------------ case


def test_text_of_a_model_shows_as_text(open_page: Open, run: Path):
    shown = text(open_page("case", run, case="case-0"))
    assert "&lt;script&gt;" in shown and "<script" not in shown
    assert "\u202e" not in shown and "U+202E" in shown
    assert "&lt;b&gt;0&lt;/b&gt;" in shown
    # Markdown and LaTeX are never given to a Markdown element
    assert all("$x^2$" not in e.value for e in open_page("case", run, case="case-0").markdown)


def test_next_and_previous_walk_through_those_chosen(open_page: Open, run: Path):
    app = open_page("case", run, case="case-2", fails="post_hoc")
    back, on = (next(b for b in app.button if b.label == label) for label in ("Previous", "Next"))
    assert back.disabled and not on.disabled
    on.click().run()
    assert app.query_params["case"] == "case-6"


def test_a_case_shows_verdict_evidence_and_every_view(open_page: Open, run: Path):
    shown = text(open_page("case", run, case="case-2"))
    assert "✗ fails</span> 0.90" in shown and "? cannot tell" in shown and "no probe can see it" in shown
    assert re.search(r"a blank image.*<b><bdi[^>]*>B right</bdi></b> 0.70.*≠ changed", shown)


def test_a_missing_map_says_why(open_page: Open, run: Path):
    assert "No map of sentence 2: there is nothing to attribute." in text(open_page("case", run, case="case-2"))


def test_missing_images_say_so_and_hide_nothing_else(open_page: Open, bare: Path):
    app = open_page("case", bare, case="case-1")
    assert not app.exception and "1.png" in text(app) and "What was found out" in text(app)


def test_an_unknown_case_says_so(open_page: Open, run: Path):
    assert "no case of that name" in text(open_page("case", run, case="<script>"))


# ---------------------------------------------------------------------------------- other pages


def test_a_threshold_is_told_with_its_cost(open_page: Open, run: Path):
    app = open_page("calibration", run, probe="early_answering")
    # at .5 the curve has FPR .5 and TPR .75; 3 of 12 replies score .9, the others .1
    assert [metric.value for metric in app.metric] == ["75%", "50%", "25%"]
    app.slider[0].set_value(0.9).run()
    assert app.metric[2].value == "0%"


def test_two_runs_are_compared_and_flips_open(open_page: Open, run: Path, tmp_path: Path):
    other = tmp_path / "other"
    shutil.copytree(run, other)
    changed = [Verdict(f"case-{i}", "post_hoc", 0.9, "", ("early_answering",), flagged=i < 2) for i in range(12)]
    RunFolder(other).table(Verdict, changed)
    app = open_page("compare", run, other, on="post_hoc")
    assert not app.exception
    # 0 and 1 fail now; 2, 6 and 10 do not any more
    assert "**5** of 12 replies flipped" in text(app)
    app.session_state["flips"] = {"selection": {"rows": [4], "columns": [], "cells": []}}
    app.run()
    assert app.query_params["case"] == "case-10"


def test_one_run_cannot_be_compared(open_page: Open, run: Path):
    assert "faithlens dashboard RUN RUN" in text(open_page("compare", run))


# ---------------------------------------------------------------------------------------- states


@pytest.mark.parametrize("name", ["overview", "cases", "case"])
def test_an_unfinished_run_says_how_far_it_is(name: str, open_page: Open, run: Path, tmp_path: Path):
    begun = tmp_path / "begun"
    shutil.copytree(run, begun)
    (begun / "manifest.json").unlink()
    app = open_page(name, begun)
    assert not app.exception and "not finished: 3 windows" in text(app)


def test_a_folder_without_a_run_says_so(open_page: Open, tmp_path: Path):
    app = open_page("overview", tmp_path)
    assert not app.exception and "cannot be opened" in text(app) and "no manifest.json" in text(app)


def test_a_run_without_replies_says_so(open_page: Open, tmp_path: Path):
    assert "holds no replies" in text(open_page("overview", made.write(tmp_path / "empty", cases=0)))


def test_no_calibration_no_clusters_no_maps(open_page: Open, bare: Path):
    assert "no verdict on any reply" in text(open_page("overview", bare))
    assert "faithlens calibrate" in text(open_page("calibration", bare))
    assert "faithlens clusters" in text(open_page("clusters", bare))
    assert open_run(bare).rows(Verdict)
