"""The report says what the run holds, in every state, and shows text as text."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from faithlens.records import AXES
from faithlens.report import page
from faithlens.report.contents import Contents
from faithlens.report.examples import chosen
from faithlens.report.published import published
from faithlens.review.agree import agree
from faithlens.review.form import form
from faithlens.review.returned import Source, checked
from faithlens.review.written import FOLDER, write
from faithlens.showing.words import AXIS_MEANING
from tests.report.conftest import EVIL, Build
from tests.review import reviewed

Shown = Callable[..., str]


class Reader(HTMLParser):
    """Elements with their attributes, and the text as a browser shows it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text, self._quiet = "", 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._quiet += tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._quiet -= tag == "style"

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self.text += data

    @property
    def words(self) -> str:
        return " ".join(self.text.split())


def test_a_calibrated_run(shown: Shown):
    html = Reader(shown(passed=True))
    assert "MedVLM-R1" in html.words and "/home/somebody" not in html.words
    # 10 of 30 replies are post hoc and 10 are blind to the image
    assert "67% of 30 replies fail on at least one axis" in html.words
    assert "Post hoc, 10 of 29." in html.words and "Blind to the image, 33%." in html.words
    assert "finds 80% of planted failures at 1 false alarm in 20 sound replies (AUROC 0.93, 0.88–0.98)" in html.words
    assert "four_quadrants cannot see image_blind on this checkpoint" in html.words
    assert all(AXIS_MEANING[axis] in html.words for axis in AXES)
    assert "78.22 %" in html.words and "arXiv 2502.19634" in html.words
    assert "dangerous" in html.words and "1,234 requests" in html.words
    assert "12 cases to read" in html.words and "passes its exams on this checkpoint" in html.words
    assert sum(tag == "svg" for tag, _ in html.elements) == 5


def test_ratings_of_clinicians_are_told_once_they_are_there(build: Build, tmp_path: Path):
    run, rated = build(), reviewed.run(tmp_path / "rated")
    assert "Clinicians' review" not in page(run)
    made, key = reviewed.review_set(rated, tmp_path / "set")
    returned = checked([Source("a.csv", tuple(reviewed.rate(made, reviewed.truths(key))))], made, form())
    write(agree(rated, returned, made, key, form()), returned.bad, run.path / FOLDER)
    html = Reader(page(run))
    assert "Clinicians' review" in html.words and ("a", {"href": "#agreement"}) in html.elements


def test_the_page_needs_nothing_and_runs_nothing(shown: Shown):
    html = shown(passed=False)
    parsed = Reader(html)
    assert not {"script", "link", "iframe", "object", "form"} & {tag for tag, _ in parsed.elements}
    for tag, attributes in parsed.elements:
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        for name in ("src", "href", "xlink:href"):
            assert (attributes.get(name) or "#").startswith(("#", "data:image/")), (tag, attributes)
    policy = next(attributes["content"] for tag, attributes in parsed.elements if attributes.get("http-equiv"))
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    ids = [attributes["id"] for _, attributes in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_text_of_models_and_files_is_shown_as_text(shown: Shown):
    html = shown(passed=True)
    told = EVIL.replace("\u202e", "U+202E").replace("\u202c", "U+202C")
    parsed = Reader(html)
    # question, option and think of each of twelve cases, and evidence
    assert parsed.text.count(told) > 3 * 12
    assert "\u202e" not in html and "<script" not in html and "49" not in html.partition("{{ 7*7 }}")[2][:9]
    evil = [number for number, (tag, _) in enumerate(parsed.elements) if tag == "bdi"]
    assert all(parsed.elements[number][1] == {"dir": "auto"} for number in evil) and evil


def test_marks_of_the_think_are_shown(shown: Shown):
    html = shown(passed=True)
    assert '<mark class="supports" title="speaks for an option: B">' in html
    assert '<mark class="supports hedge" title="speaks for an option: B; expresses doubt">' in html


def test_a_map_is_never_shown_without_its_mark(shown: Shown):
    failed = Reader(shown(passed=False))
    assert "✗ fails deletion on this checkpoint: do not read anything into it" in failed.words
    unexamined = Reader(shown(passed=True, examined=False))
    assert "no method was examined on this checkpoint" in unexamined.words
    assert not any(attributes.get("alt") == "attribution map over the image" for _, attributes in unexamined.elements)


def test_a_run_without_calibration(shown: Shown):
    html = Reader(shown(calibrated=False))
    assert "No calibrated verdicts." in html.words and "follow cut-offs that were published" in html.words
    assert "flagged by the published cut-off of early answering" in html.words
    assert "There are no calibrated verdicts to split" in html.words


def test_replies_that_were_collected_elsewhere(shown: Shown):
    html = Reader(shown(calibrated=False, asked=False))
    assert "Only text was read." in html.words
    assert "Early answering was not asked in this run" in html.words
    assert "Nothing was asked of the model." in html.words
    assert "four quadrants were not asked" in html.words


def test_missing_images_are_said(build: Build):
    run = build(passed=True)
    shutil.rmtree(run.path / "phantoms")
    html = Reader(page(run))
    assert "the image is not where it was when it was audited" in html.words
    assert "The map cannot be laid over its image" in html.words
    assert not any(tag == "img" for tag, _ in html.elements)


def test_the_same_run_gives_the_same_page(build: Build, shown: Shown):
    assert page(build(passed=True)) == shown(passed=True)


def test_examples_begin_with_clusters_and_failures_and_show_a_sound_one(build: Build):
    found = chosen(Contents(build()))
    assert len(found) == 12 == len({reply for reply, _ in found})
    reasons = [why for _, why in found]
    assert reasons[0].startswith(("in the middle of cluster", "among the surest"))
    assert "no failure was seen" in reasons[:6]


def test_published_figures_are_found_by_name():
    assert published("JZPeterPan/MedVLM-R1") is published("/some/where/MedVLM-R1/")
    assert published("somebody/else") is None


def test_the_command_writes_the_page_without_torch(build: Build, tmp_path: Path):
    run = build()
    code = (
        "import sys; sys.argv = ['faithlens', 'report', *sys.argv[1:]]\n"
        "from faithlens.cli import main\n"
        "try:\n    main()\nfinally:\n    assert not {'torch', 'transformers'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(run.path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()) == run.path / "report.html"
    assert re.match(r"<!doctype html>", (run.path / "report.html").read_text(encoding="utf-8"))


@pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_opens_it_in_silence(shown: Shown, tmp_path: Path, scheme: str):
    sync_api = pytest.importorskip("playwright.sync_api")
    file = tmp_path / "report.html"
    file.write_text(shown(passed=True), encoding="utf-8")
    with sync_api.sync_playwright() as play:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=options)
        view, heard = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme), list[str]()
        view.on("console", lambda message: heard.append(message.text))
        view.on("dialog", lambda dialog: heard.append(dialog.message))
        view.on("request", lambda request: heard.append(request.url) if request.url.startswith("http") else None)
        view.goto(file.as_uri())
        assert heard == []
        assert view.evaluate("document.documentElement.scrollWidth <= innerWidth")
        dark = view.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
        assert dark == (scheme == "dark")
        assert all(view.evaluate("[...document.images].map(image => image.naturalWidth > 0)"))
        browser.close()
