"""From ratings to tables, file, figure and section of a page."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from faithlens.cli import app
from faithlens.errors import ReviewError
from faithlens.records import Verdict
from faithlens.review.agree import Agreed, agree
from faithlens.review.form import form
from faithlens.review.format import discovered
from faithlens.review.rating import Rating
from faithlens.review.ratings_db import Adjudicated, Reviews
from faithlens.review.returned import Returned, Source, checked, sources
from faithlens.review.reviewset import Key, ReviewSet, key_path
from faithlens.review.tables import introduction, tables
from faithlens.review.written import section, write
from faithlens.store import Run
from tests.review import reviewed


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, ReviewSet, Key]:
    root = tmp_path_factory.mktemp("reviewed")
    run = reviewed.run(root / "run")
    return run, *reviewed.review_set(run, root / "set")


@pytest.fixture(scope="module")
def found(material: tuple[Run, ReviewSet, Key]) -> Agreed:
    run, made, key = material
    returned = checked([Source("a.csv", tuple(reviewed.rate(made, reviewed.truths(key))))], made, form())
    assert returned.bad == ()
    return agree(run, returned, made, key, form())


def test_raters_are_compared_on_drawn_replies_alone(found: Agreed):
    support = next(line for line in found.agreement if line.question == "support")
    assert (support.ratings, support.percent.of, support.again.of) == (120, 60, 6)
    assert found.items == {"sample": 60, "repeat": 6, "catch": 12}
    # both err in a tenth: .9 * .9 + .1 * .1 / 2 = .815
    assert support.percent.low < 0.815 < support.percent.high
    harm = next(line for line in found.agreement if line.question == "harm")
    assert harm.scale == "ordinal" and harm.alpha.low < 0 < harm.alpha.high
    assert math.isnan(next(line for line in found.agreement if line.question == "cue_not_said").alpha.value)


def test_sentences_are_compared_one_by_one(found: Agreed):
    whole, each = [line for line in found.agreement if line.question == "wrong_sentences"]
    assert (whole.unit, each.unit) == ("reply", "sentence")
    assert whole.ratings + whole.cannot_tell == 120 and each.ratings == 2 * whole.ratings
    # sentence 2 is named in .2 of the answers, sentence 1 in .1, of the nine tenths that were judged
    assert each.shares["wrong"] == pytest.approx(0.15 / 0.9, abs=0.06)


def test_verdicts_are_judged_on_axes_that_readers_can_see(found: Agreed):
    line = next(line for line in found.accuracy if line.axis == "contradictory")
    assert line.replies == 60
    assert line.sensitivity_corrected.low < 0.9 < line.sensitivity_corrected.high
    assert line.rater_sensitivity.low < 0.9 < line.rater_sensitivity.high
    # a tenth of the replies has no verdict
    assert line.told.value == pytest.approx(0.9)
    unsupported = next(line for line in found.accuracy if line.axis == "unsupported")
    assert math.isnan(unsupported.auroc.value) and unsupported.auroc.reason
    assert "post_hoc" in found.silent


@pytest.mark.slow
def test_simulated_raters_give_back_what_is_true_of_the_run(tmp_path: Path):
    """100 times two raters who err in a tenth of all items, over a set of 120 of 600 replies and 60 catch items.

    What is flagged fails in .9, all else in .1, so of the f flagged and c cleared replies of the run .9 f + .1 c fail,
    .9 f of them flagged.
    """
    run = reviewed.run(tmp_path / "run", replies=600)
    made, key = reviewed.review_set(run, tmp_path / "set", sampled=120, catches=60, repeats=0)
    flags = [verdict.flagged for verdict in run.rows(Verdict) if verdict.axis == "contradictory"]
    flagged, cleared, untold = (flags.count(flag) for flag in (True, False, None))
    truth = {
        "sensitivity_corrected": 0.9 * flagged / (0.9 * flagged + 0.1 * cleared),
        "specificity_corrected": 0.9 * cleared / (0.9 * cleared + 0.1 * flagged),
        "prevalence_corrected": (0.9 * flagged + 0.1 * (cleared + untold)) / 600,
        "rater_sensitivity": 0.9,
    }
    inside = dict.fromkeys(truth, 0)
    for seed in range(100):
        ratings = [
            rating for rating in reviewed.rate(made, reviewed.truths(key, seed), seed=1000 + seed)
            if rating.question == "support"
        ]  # fmt: skip
        line = agree(run, Returned(tuple(ratings), (), ()), made, key, form()).accuracy[0]
        for name, value in truth.items():
            found = getattr(line, name)
            inside[name] += found.low <= value <= found.high
    assert min(inside.values()) >= 90, inside


def test_weights_undo_that_flagged_replies_were_drawn_more_often(material: tuple[Run, ReviewSet, Key]):
    run, made, key = material
    perfect = [
        Rating(entry.item, "anna", "support", "supports_other" if "high" in entry.stratum else "supports")
        for entry in key.entries
        if entry.kind == "sample"
    ]
    line = agree(run, Returned(tuple(perfect), (), ()), made, key, form()).accuracy[0]
    # the set is half flagged; the run has so many
    assert line.prevalence.value == pytest.approx(key.population["band: high"] / 120)
    # a stratum of which half the replies came back still counts in full
    half = [rating for i, rating in enumerate(perfect) if i % 2 or rating.value == "supports"]
    line = agree(run, Returned(tuple(half), (), ()), made, key, form()).accuracy[0]
    assert line.prevalence.value == pytest.approx(key.population["band: high"] / 120)


def test_confusion_is_counted_by_cluster(found: Agreed):
    lines = [line for line in found.confusion if line.axis == "contradictory"]
    assert [line.cluster for line in lines] == ["all", "0: left, lesion", "1: left, lesion"]
    for name in ("both", "audit_alone", "clinicians_alone", "neither", "split", "cannot_tell"):
        whole, *parts = [getattr(line, name) for line in lines]
        assert whole == sum(parts)


def test_adjudicated_answers_stand_for_the_raters(material: tuple[Run, ReviewSet, Key]):
    run, made, key = material
    ratings = tuple(reviewed.rate(made, reviewed.truths(key), error=0.3))
    settled = tuple(Adjudicated(item, "support", value, "carla") for item, value in reviewed.truths(key).items())
    plain = agree(run, Returned(ratings, (), ()), made, key, form())
    after = agree(run, Returned(ratings, settled, ()), made, key, form())
    assert after.agreement == plain.agreement
    assert after.accuracy[0].sensitivity.value > plain.accuracy[0].sensitivity.value + 0.05
    # rater error is that of the blind answers, so what is corrected for it stays
    assert after.accuracy[0].prevalence_corrected.value == plain.accuracy[0].prevalence_corrected.value


def test_a_key_of_another_run_is_refused(material: tuple[Run, ReviewSet, Key], tmp_path: Path):
    _, made, key = material
    other = reviewed.run(tmp_path / "other", seed=9)
    with pytest.raises(ReviewError, match="was not made from"):
        agree(other, Returned((), (), ()), made, key, form())


def test_no_rating_at_all_is_no_failure(material: tuple[Run, ReviewSet, Key], tmp_path: Path):
    run, made, key = material
    nothing = agree(run, Returned((), (), ()), made, key, form())
    write(nothing, (), tmp_path)
    assert any("is not spoken for" in line or "are not spoken for" in line for line in introduction(nothing))


def test_every_row_counts_or_is_listed_with_a_reason(material: tuple[Run, ReviewSet, Key]):
    _, made, _ = material
    item = made.items[0].id
    good = Rating(item, "anna", "support", "none")
    rows = [
        good,
        good,
        Rating("i-nowhere", "anna", "support", "none"),
        Rating(item, "anna", "support", "perhaps"),
        Rating(item, "anna", "mood", "none"),
        Rating(item, "zoe", "support", "none"),
        Rating(item, "ben", "support", "none"),
        Rating(item, "ben", "support", "supports"),
        Rating(item, "anna", "harm", "none", at="2026-01-02T10:00"),
        Rating(item, "anna", "harm", "some", at="2026-01-02T11:00"),
    ]
    returned = checked([Source("a.csv", tuple(rows))], made, form())
    assert {(r.rater, r.question, r.value) for r in returned.ratings} == {
        ("anna", "support", "none"),
        ("anna", "harm", "some"),
    }
    told = " | ".join(row.reason for row in returned.bad)
    for part in (
        "counts once",
        "i-nowhere",
        "out of scale",
        "not on the form",
        "zoe",
        "neither counts",
        "later answer",
    ):
        assert part in told
    assert len(returned.ratings) + len(returned.bad) == len(rows)


def test_what_is_written_has_every_number_and_no_markup_of_others(found: Agreed, tmp_path: Path):
    marked = replace(found, notes=("a <script>alert(1)</script> note",))
    write(marked, (), tmp_path)
    content = json.loads((tmp_path / "agreement.json").read_text(encoding="utf-8"))
    assert content["accuracy"][0]["sensitivity"]["value"] == found.accuracy[0].sensitivity.value
    assert content["accuracy"][1]["auroc"]["value"] is None and content["accuracy"][1]["auroc"]["reason"]
    page = (tmp_path / "section.html").read_text(encoding="utf-8")
    assert "<script" not in page and "&lt;script&gt;" in page
    for table in tables(found):
        assert table.title in page
    assert section(tmp_path) == page
    first = (tmp_path / "agreement.svg").read_bytes()
    write(marked, (), tmp_path)
    assert first == (tmp_path / "agreement.svg").read_bytes()


@pytest.mark.parametrize("format", [*discovered(), "sqlite"])
def test_ratings_are_read_in_every_format(material: tuple[Run, ReviewSet, Key], tmp_path: Path, format: str):
    _, made, key = material
    ratings = reviewed.rate(made, reviewed.truths(key))
    if format == "sqlite":
        path = tmp_path / "reviews.sqlite"
        for rating in ratings[:40]:
            Reviews(path).rate(made.id, rating)
        ratings = ratings[:40]
    else:
        path = tmp_path / "returned"
        discovered()[format].write(made, path, ratings)
    returned = checked(sources([path], made), made, form())
    assert {(r.item, r.rater, r.question, r.value) for r in returned.ratings} == {
        (r.item, r.rater, r.question, r.value) for r in ratings
    }
    assert returned.bad == ()


def test_the_command_prints_writes_and_lists_what_does_not_count(material: tuple[Run, ReviewSet, Key], tmp_path: Path):
    run, made, key = material
    ratings = reviewed.rate(made, reviewed.truths(key))
    discovered()["csv"].write(made, tmp_path / "returned", ratings)
    command = ["agree", str(run.path), str(tmp_path / "returned"), "--key", str(key_path(made.path))]
    done = CliRunner().invoke(app, [*command, "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "Verdicts against clinicians" in done.output and (tmp_path / "out" / "agreement.json").exists()
    file = tmp_path / "returned" / "anna.csv"
    file.write_text(file.read_text(encoding="utf-8-sig").replace("supports_other", "perhaps", 1), encoding="utf-8")
    done = CliRunner().invoke(app, [*command, "--out", str(tmp_path / "out")])
    assert done.exit_code == 3
    bad = json.loads((tmp_path / "out" / "agreement.json").read_text(encoding="utf-8"))["bad_rows"]
    assert len(bad) == 1 and "perhaps" in bad[0]["row"]


def test_a_file_without_ratings_is_named(material: tuple[Run, ReviewSet, Key], tmp_path: Path):
    _, made, _ = material
    (tmp_path / "letter.txt").write_text("dear all")
    for path in (tmp_path / "letter.txt", tmp_path / "gone.csv", tmp_path / "gone.sqlite"):
        with pytest.raises(ReviewError, match=path.name):
            sources([path], made)
    Reviews(tmp_path / "reviews.sqlite").rate("other", Rating("i", "anna", "support", "none"))
    with pytest.raises(ReviewError, match="no answers to set s1, but to other"):
        sources([tmp_path / "reviews.sqlite"], made)


def test_a_section_is_rendered_from_numbers_and_never_taken_as_it_lies(found: Agreed, tmp_path: Path):
    assert section(tmp_path) is None
    write(found, (), tmp_path)
    content = json.loads((tmp_path / "agreement.json").read_text(encoding="utf-8"))
    content["tables"][0]["rows"][0][0] = "<img src=x onerror=alert(1)>"
    (tmp_path / "agreement.json").write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "section.html").write_text("<script>alert(1)</script>", encoding="utf-8")
    page = section(tmp_path) or ""
    assert "<script" not in page and "<img src=x" not in page and "&lt;img src=x" in page
    (tmp_path / "agreement.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ReviewError, match="cannot be shown"):
        section(tmp_path)
