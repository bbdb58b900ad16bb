"""Exams pass a map that knows the subject, and fail one of a subject that looks at nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from faithlens import models
from faithlens.attribution.exams import VERDICT, Candidate, Effort, Specimen, examine, verdict
from faithlens.attribution.exams.curves import curves, from_centre
from faithlens.attribution.exams.exam import row
from faithlens.attribution.exams.infidelity import infidelity
from faithlens.attribution.exams.localisation import localisation, measured, region
from faithlens.attribution.exams.randomisation import randomisation
from faithlens.attribution.maps import Set, maps
from faithlens.attribution.method import Drawn, Method, choose
from faithlens.attribution.scene import Scene
from faithlens.attribution.targets import Target
from faithlens.cases.pool import Pool
from faithlens.engine.packed import packed_subject
from faithlens.models.gradients import ImageTokens
from faithlens.organisms.blind import Blind
from faithlens.probes import Exhibit
from faithlens.prompts import ask
from faithlens.records import Answer, AttributionMap, Case, MapExam, Spoken, View
from faithlens.replies import trace
from tests.attribution import known
from tests.probes.scripted import REPLY, case

CORNER = np.eye(1, 12, 0).reshape(known.GRID)
"""Only the first tile counts."""


def specimen(values: np.ndarray, given: Set | None = None, number: int = 0, **case: Any) -> Specimen:
    found = AttributionMap(f"{number}", "occlusion", "answer", *values.shape, tuple(values.ravel()))
    return Specimen(Case(f"{number}", "?", group=f"g{number}", **case), given or known.given(CORNER, 1.0), found)


def candidate(*specimens: Specimen) -> Candidate:
    return Candidate(choose(["occlusion"])[0], None, specimens)  # type: ignore[arg-type]


def by_name(rows) -> dict[str, MapExam]:
    return {found.exam: found for found in rows}


def test_gains_of_a_map_that_knows_the_one_tile_that_counts():
    # 12 tiles in 8 steps: 0, 2, 3, 4, 6, 8, 9, 10, 12 of them. Hidden first, the corner leaves 1 of 9 points at 1; from
    # the centre outwards it is the ninth tile, so 6 points are at 1. The other way round 8 and 3 points are.
    found = by_name(curves(candidate(specimen(CORNER)), Effort()))
    assert list(from_centre(known.GRID)).index(0) == 8
    assert found["deletion_mean_over_centre"].value == pytest.approx((6 - 1) / 9)
    assert found["insertion_mean_over_centre"].value == pytest.approx((8 - 3) / 9)
    wrong = by_name(curves(candidate(specimen(-CORNER)), Effort()))
    assert wrong["deletion_mean_over_random"].value < 0


def test_a_subject_that_looks_at_nothing_fails_whatever_the_map():
    blind = known.given(np.zeros(known.GRID), 1.0)
    random = np.random.default_rng(0)
    rows = list(curves(candidate(*(specimen(random.random(known.GRID), blind, i) for i in range(10))), Effort()))
    assert all(found.value == 0 and found.passed is False for found in rows)
    assert verdict("occlusion", 10, rows).passed is False


def test_a_map_that_knows_passes_the_curves():
    rows = list(curves(candidate(*(specimen(CORNER, number=i) for i in range(10))), Effort()))
    assert all(found.passed for found in rows)


def test_each_set_of_tiles_is_asked_about_once():
    one = specimen(CORNER)
    list(curves(candidate(one), Effort()))
    asked = len(one.given.scene.subject.asked)  # type: ignore[attr-defined]
    list(curves(candidate(one), Effort()))
    assert len(one.given.scene.subject.asked) == asked  # type: ignore[attr-defined]


def test_infidelity_is_nothing_for_a_sum_and_much_for_another_map():
    weights = np.random.default_rng(0).normal(size=known.GRID)
    given = known.given(weights, 1.0)
    (exact,) = infidelity(candidate(specimen(weights, given)), Effort())
    (other,) = infidelity(candidate(specimen(np.random.default_rng(1).normal(size=known.GRID), given)), Effort())
    assert exact.value == pytest.approx(0, abs=1e-9)
    assert other.value > 0.3


def test_a_blind_organism_has_no_map_and_its_method_fails(checkpoints: dict[str, Path], pictures: tuple[str, ...]):
    checkpoint = models.load(str(checkpoints["qwen2_vl"]))
    shown = case(images=pictures[:1])
    exhibit = Exhibit(shown, trace(shown, Spoken(REPLY, (), (), True)), ask(shown, known.PROMPT.template), Pool(()))
    blind = Blind().over(packed_subject(checkpoint))
    (found,) = maps(exhibit, choose(["occlusion"]), ["answer"], blind, checkpoint)
    assert found.values == () and "blanking the image changes the target by 0" in found.reason
    assert verdict("occlusion", 0, []).passed is False


# ---------------------------------------------------------------------------------- localisation


def test_boxes_on_the_grid_by_hand():
    # 40 x 30 px in 3 rows of 4: cells of 10 px. The box fills the cell at (1, 1) and a fifth of the one on its right.
    there = region(((10.0, 10.0, 22.0, 20.0),), (40, 30), (3, 4))
    assert there.covered[1].tolist() == pytest.approx([0, 1, 0.2, 0])
    assert there.inside.sum() == 1 and there.inside[1, 1]
    # a small box on a corner of four cells: each holds a quarter of it
    assert region(((8.0, 8.0, 12.0, 12.0),), (40, 30), (3, 4)).inside.sum() == 4


def test_pointing_game_rma_and_rra_by_hand():
    there = region(((10.0, 10.0, 30.0, 20.0),), (40, 30), (3, 4))
    values = np.zeros((3, 4))
    values[1, 1], values[0, 0], values[2, 2] = 3, 1, -5
    # the largest lies inside; 3 of 4 of the positive mass do; of the two largest one does
    assert measured(values, there) == pytest.approx((1.0, 0.75, 0.5))
    # an even map: each place is as likely the largest, 2 of 12 cells
    assert measured(np.ones((3, 4)), there) == pytest.approx((2 / 12, 2 / 12, 2 / 12))


def test_cases_without_boxes_do_not_count(pictures: tuple[str, ...]):
    boxed = specimen(CORNER, number=1, images=pictures[:1], boxes_xyxy_px=((0.0, 0.0, 20.0, 20.0),))
    found = by_name(localisation(candidate(specimen(CORNER), boxed), Effort()))
    assert found["pointing_game"].cases == 1 and found["pointing_game"].value == 1
    assert found["pointing_game"].passed is None
    none = by_name(localisation(candidate(specimen(CORNER)), Effort()))
    assert math.isnan(none["rma"].value) and none["rma"].reason


# -------------------------------------------------------------------------------- randomisation


@dataclass(frozen=True)
class Centre(Method):
    """Looks at the middle, whatever the model."""

    name: ClassVar[str] = "centre"
    paper: ClassVar[str] = "none"

    def draw(self, scene: Scene) -> Drawn:
        rows, cols = scene.grid
        values = np.arange(rows * cols, dtype=float).reshape(rows, cols)
        return Drawn(values, 0)


def test_a_map_that_survives_scrambled_weights_fails(checkpoints: dict[str, Path], pictures: tuple[str, ...]):
    checkpoint = models.load(str(checkpoints["qwen2_vl"]))
    view = View(pictures[:1])
    scene = Scene(
        Target("answer", Answer(view, known.PROMPT)), packed_subject(checkpoint), ImageTokens(checkpoint, view)
    )
    values = Centre().draw(scene).values
    maps = tuple(specimen(values, Set(scene, 1.0, 0.0), i) for i in range(8))
    rows = by_name(randomisation(Candidate(Centre(), checkpoint, maps), Effort()))
    assert rows["randomisation_language_3_of_3"].value == pytest.approx(1)
    assert rows["randomisation_language_3_of_3"].passed is False
    assert rows["randomisation_vision_1_of_3"].passed is None
    real = choose(["input_x_gradient"])[0]
    values = real.draw(scene).values
    maps = tuple(specimen(values, Set(scene, 1.0, 0.0), i) for i in range(8))
    again = by_name(randomisation(Candidate(real, checkpoint, maps), Effort()))
    assert abs(again["randomisation_vision_3_of_3"].value) < 1


# --------------------------------------------------------------------------------------- verdict


def test_a_bound_has_to_be_cleared_by_the_whole_interval():
    groups = [str(i) for i in range(20)]
    assert row("m", "e", [0.5] * 20, groups, above=0).passed is True
    assert row("m", "e", [1.0, -0.9] * 10, groups, above=0).passed is False
    assert row("m", "e", [0.2] * 20, groups, below=0.5).passed is True
    assert row("m", "e", [0.2] * 20, groups).passed is None
    few = row("m", "e", [0.5] * 4, groups[:4], above=0)
    assert few.passed is None and "fewer than 8" in few.reason


def test_a_verdict_names_what_failed():
    good, bad = MapExam("m", "a", 9, 0.5, passed=True), MapExam("m", "b", 9, 0.5, passed=False)
    assert verdict("m", 9, [good]).passed is True
    told = verdict("m", 9, [good, bad, replace(bad, exam="c", passed=None)])
    assert (told.passed, told.value, told.reason, told.exam) == (False, 0.5, "failed: b", VERDICT)
    assert verdict("m", 0, []).reason == "no map could be drawn"


def test_a_method_without_maps_fails_and_says_so():
    (only,) = examine(candidate(), Effort())
    assert (only.exam, only.passed, only.reason) == (VERDICT, False, "no map could be drawn")
    assert math.isnan(only.value)
