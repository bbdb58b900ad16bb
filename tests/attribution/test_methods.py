"""Every method says what is known by hand, and none draws a picture of nothing."""

from __future__ import annotations

import numpy as np
import pytest

from faithlens.attribution.maps import attribute
from faithlens.attribution.method import Drawn, Method, choose, discover
from faithlens.attribution.tiles import coarse, gathered, spread
from faithlens.errors import SettingsError
from tests.attribution import known

TILES = np.arange(12.0).reshape(known.GRID)


def drawn(label: str) -> Drawn:
    (method,) = choose([label])
    return method.draw(known.scene())


@pytest.mark.parametrize("name", ["feature_ablation", "shapley_sampling", "kernel_shap"])
def test_hiding_tiles_of_a_sum_gives_each_its_own_share(name: str):
    # the target is a sum over tiles, so what a tile adds is its weight, whichever others are shown
    assert drawn(name).values == pytest.approx(TILES, abs=1e-3)


@pytest.mark.parametrize("name", ["shapley_sampling", "kernel_shap"])
def test_shapley_values_sum_to_the_change(name: str):
    assert drawn(name).delta < 1e-5


def test_occlusion_is_the_mean_loss_of_the_windows_over_a_tile():
    # 2 x 2 windows of the 3 x 4 grid, by their upper left corner: 0+1+4+5 = 10, 14, 18 in the first row of windows,
    # 26, 30, 34 in the second. The first tile lies in one window, its right neighbour in two, tile 5 in four.
    values = drawn("occlusion").values
    assert values[0, 0] == pytest.approx(10)
    assert values[0, 1] == pytest.approx((10 + 14) / 2)
    assert values[1, 1] == pytest.approx((10 + 14 + 26 + 30) / 4)
    assert values[2, 3] == pytest.approx(34)


def test_gradients_of_a_sum_are_its_weights():
    scene = known.scene()
    tokens, weights = scene.tokens.values, scene.tokens.weights  # type: ignore[attr-defined]
    product = (tokens * weights).sum(-1).reshape(known.GRID).numpy()
    assert drawn("input_x_gradient").values == pytest.approx(product, abs=1e-5)
    from_mean = ((tokens - tokens.mean(0)) * weights).sum(-1).reshape(known.GRID).numpy()
    assert drawn("integrated_gradients").values == pytest.approx(from_mean, abs=1e-5)
    # the stub's blurred image has half of every token, so the way to it is the other half
    from_blur = drawn("integrated_gradients:blur")
    assert from_blur.values == pytest.approx(product / 2, abs=1e-5)
    assert from_blur.delta < 1e-5
    # expected gradients: a mixture of both ways, by how often each baseline was drawn
    mixed = drawn("gradient_shap").values
    share = float(np.median((mixed - product / 2) / (from_mean - product / 2)))
    assert 0 < share < 1
    assert mixed == pytest.approx(share * from_mean + (1 - share) * product / 2, abs=1e-4)


def test_steps_rise_until_the_map_is_complete():
    (method,) = choose(["integrated_gradients"])
    scene = known.scene()
    curved = scene.tokens.score
    # f = exp(3 · sum) bends so much along the way that 2 steps do not do
    object.__setattr__(scene.tokens, "score", lambda tokens, readout: (curved(tokens, readout)).exp())
    few = type(method)(steps=2, most=2).draw(scene)
    enough = type(method)(steps=2, most=512).draw(scene)
    assert few.delta > 0.01 >= enough.delta
    assert enough.evaluations > few.evaluations


def test_tiles_are_asked_about_in_one_batch():
    scene = known.scene()
    batches: list[int] = []
    respond = scene.subject.respond
    object.__setattr__(scene.subject, "respond", lambda requests: batches.append(len(requests)) or respond(requests))
    choose(["feature_ablation"])[0].draw(scene)
    assert max(batches) == 12


@pytest.mark.parametrize("name", ["shapley_sampling", "kernel_shap", "gradient_shap"])
def test_equal_seeds_give_equal_maps_and_leave_the_global_generators_alone(name: str):
    np.random.seed(5)
    expected = np.random.random()
    np.random.seed(5)
    first, second = drawn(name).values, drawn(name).values
    assert np.array_equal(first, second)
    assert np.random.random() == expected


# --------------------------------------------------------------------------------- no map at all


def test_an_image_that_changes_nothing_has_no_map():
    found = attribute(known.given(effect=0.0005), choose(["feature_ablation"])[0])
    assert found.values == ()
    assert "0.0005 nats" in found.reason


def test_a_map_of_zeros_is_a_reason():
    found = attribute(known.given(np.zeros(known.GRID)), choose(["feature_ablation"])[0])
    assert found.values == ()
    assert "zero everywhere" in found.reason


def test_an_incomplete_map_is_a_reason():
    class Loose(type(choose(["integrated_gradients"])[0])):  # type: ignore[misc]
        def draw(self, scene):
            return Drawn(np.ones(known.GRID), 7, 0.4)

    found = attribute(known.given(), Loose())
    assert found.values == ()
    assert "40%" in found.reason and found.delta == 0.4


def test_a_map_says_whose_it_is():
    found = attribute(known.given(), choose(["feature_ablation:blur"])[0], "case 1", rollout=2)
    assert (found.case_id, found.rollout, found.method, found.target) == (
        "case 1",
        2,
        "feature_ablation:blur",
        "answer",
    )
    assert (found.rows, found.cols) == known.GRID and len(found.values) == 12


# ------------------------------------------------------------------------------------- by name


@pytest.mark.parametrize("method", discover().values())
def test_every_method_has_a_name_a_paper_and_a_way_to_be_chosen(method: type[Method]):
    assert method.paper and method.fills[0] == "mean"
    assert choose([method.name]) == (method(),)


@pytest.mark.parametrize("label", ["saliency", "occlusion:black", "token_activation:blur"])
def test_unknown_methods_are_refused_by_name(label: str):
    with pytest.raises(SettingsError, match=label.partition(":")[0]):
        choose([label])


# --------------------------------------------------------------------------------------- tiles


def test_sums_are_kept_between_tiles_and_tokens():
    values = np.arange(6.0).reshape(2, 3)
    fine = spread(values, (5, 7))
    assert fine.shape == (5, 7) and fine.sum() == pytest.approx(values.sum())
    assert gathered(fine, (2, 3)) == pytest.approx(values)


def test_tiles_are_the_tokens_where_those_are_few():
    assert coarse((4, 4), 16) == (4, 4)
    assert coarse((16, 16), 36) == (6, 6)
    rows, cols = coarse((8, 32), 64)
    assert rows * cols <= 64 and cols > rows
