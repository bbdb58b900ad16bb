"""An audit with maps: stored by window, resumed, examined, drawn."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from faithlens import demo, models, pipeline, prompts
from faithlens.attribution import exams
from faithlens.attribution.maps import attribute, scenes
from faithlens.attribution.method import choose
from faithlens.cases.pool import Pool
from faithlens.engine.packed import packed_subject
from faithlens.errors import RunError, SettingsError
from faithlens.gallery import hang, marks
from faithlens.probes import Exhibit
from faithlens.records import AttributionMap, Case, MapExam
from faithlens.store import Run, open_run

SETTINGS = {"probes": ("reply_format",), "calibrate": False, "limit": 4, "maps": ("input_x_gradient", "occlusion")}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exams, "Effort", lambda: SMALL)
        return pipeline.audit(out=tmp_path_factory.mktemp("run") / "maps", **SETTINGS)


SMALL = exams.Effort(cases=2, steps=2, orders=1, few=1)


def test_every_target_of_every_reply_has_a_map_or_a_reason(run: Run):
    found = run.rows(AttributionMap)
    assert {one.method for one in found} == {"input_x_gradient", "occlusion"}
    assert len({one.case_id for one in found}) == 4
    assert all(bool(one.values) != bool(one.reason) for one in found)
    assert all(len(one.values) in (0, one.rows * one.cols) for one in found)
    drawn = [one for one in found if one.values]
    assert {(one.rows, one.cols) for one in drawn} == {(4, 4)}
    traces = {trace.case_id: trace.reply for trace in run.case(found[0].case_id).traces}
    first = next(one for one in found if one.target == "sentence:0")
    assert traces[first.case_id][first.start : first.end].startswith("The brain MRI shows")


def test_integrated_gradients_of_the_bundled_checkpoint_sum_to_what_the_image_does(run: Run):
    """By a pass of the model that knows nothing of gradients: image less blurred image, within 1 %."""
    checkpoint = models.load(str(demo.CHECKPOINT))
    subject, template = packed_subject(checkpoint), prompts.template("medvlm-r1")
    (method,) = choose(["integrated_gradients:blur"])
    told = 0
    for case in run.rows(Case)[:2]:
        (trace,) = run.case(case.id).traces
        exhibit = Exhibit(case, trace, prompts.ask(case, template), Pool((case,)))
        given = max(scenes(exhibit, ("sentences",), subject, checkpoint), key=lambda one: abs(one.effect))
        found = attribute(given, method)
        blurred = given.scene.hiding(np.ones((1, 1), dtype=bool), (1, 1), "blur")[0]
        assert found.delta <= 0.01
        assert sum(found.values) == pytest.approx(given.value - blurred, rel=0.015)
        told += 1
    assert told == 2


def test_a_manifest_says_what_the_maps_cost(run: Run):
    told = run.manifest["maps"]
    found = run.rows(AttributionMap)
    assert told["drawn"] + told["without"] == len(found)
    assert told["evaluations"] == sum(one.evaluations for one in found) > 0
    assert told["exam_cpu_seconds"] > 0
    stages = run.manifest["cost_by_stage"]
    assert list(stages) == ["traces", "findings", "maps", "exams"]
    # the one probe of this audit reads text and asks nothing
    assert [cost["forwards"] > 0 for cost in stages.values()] == [True, False, True, True]
    for name in ("forwards", "tokens_run", "tokens_generated", "vision_encodes", "requests"):
        assert run.manifest["cost"][name] == sum(cost[name] for cost in stages.values()), name
    assert run.manifest["cost"]["peak_bytes"] == max(cost["peak_bytes"] for cost in stages.values()) > 0


def test_every_method_is_marked_and_few_cases_decide_nothing(run: Run):
    told = marks(run.rows(MapExam))
    assert set(told) == {"input_x_gradient", "occlusion"}
    assert all(text.startswith("fails") and "decide nothing" in text for text in told.values())


def test_an_interrupted_audit_draws_only_what_is_missing(run: Run, monkeypatch: pytest.MonkeyPatch):
    before, forwards = run.rows(AttributionMap), run.manifest["cost"]["forwards"]
    for lost in ("manifest.json", "map_exams.parquet"):
        (run.path / lost).unlink()
    monkeypatch.setattr(exams, "Effort", lambda: SMALL)
    monkeypatch.setattr("faithlens.attribution.stage.maps", None)  # no map may be drawn for the run again
    again = pipeline.audit(out=run.path, **SETTINGS)
    assert [one.values for one in again.rows(AttributionMap)] == [one.values for one in before]
    assert again.manifest["cost"]["forwards"] == forwards
    assert len(again.rows(MapExam)) > 0


def test_maps_are_hung_as_pictures_with_their_marks(run: Run, tmp_path: Path):
    hung = hang(run, tmp_path / "pictures", ("occlusion",))
    with (tmp_path / "pictures" / "maps.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert (
        hung.pictures == len(list((tmp_path / "pictures").glob("*.png"))) == sum(bool(row["picture"]) for row in rows)
    )
    assert hung.pictures > 0
    assert all(row["method"] == "occlusion" and row["on_this_checkpoint"].startswith("fails") for row in rows)
    assert all(row["picture"] or row["reason"] for row in rows)
    with pytest.raises(RunError, match="no such maps"):
        hang(run, tmp_path / "none", ("gradient_shap",))


def test_unknown_methods_and_targets_are_refused_before_anything_is_asked(tmp_path: Path):
    for wrong in ({"maps": ("saliency",)}, {"maps": ("occlusion",), "map_targets": ("whole",)}):
        with pytest.raises(SettingsError, match=r"saliency|whole"):
            pipeline.audit(out=tmp_path / "run", **wrong)
    assert not (tmp_path / "run").exists()


def test_a_run_without_maps_says_how_to_get_some(run: Run, tmp_path: Path):
    plain = pipeline.audit(out=tmp_path / "plain", **SETTINGS | {"maps": (), "limit": 1})
    assert plain.manifest["maps"] == {}
    with pytest.raises(RunError, match="--maps"):
        hang(open_run(plain.path), tmp_path / "pictures")
