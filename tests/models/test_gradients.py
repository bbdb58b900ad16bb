"""Image tokens as a differentiable input: the engine's own numbers, in raster order, with all that they carry."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from faithlens import models
from faithlens.attribution.maps import Set, attribute
from faithlens.attribution.method import choose, discover
from faithlens.attribution.scene import Scene
from faithlens.attribution.targets import Target, readout
from faithlens.edits.image import Blank, HideTiles
from faithlens.engine.packed import packed_subject
from faithlens.errors import ImageError
from faithlens.models.checkpoint import Checkpoint
from faithlens.models.gradients import ImageTokens
from faithlens.models.randomised import randomised
from faithlens.prompts import PUBLISHED
from faithlens.records import Answer, Prompt, Span, View, Weigh
from tests import tiny

NATS = 1e-4
PROMPT = Prompt(PUBLISHED["medvlm-r1"], "Which modality is shown?", ("MRI", "CT", "X-ray"))
THINK = Span("A nodule is seen.")


@pytest.fixture(scope="module")
def loaded(checkpoints: dict[str, Path]) -> dict[str, Checkpoint]:
    return {family: models.load(str(folder)) for family, folder in checkpoints.items()}


def targets(view: View) -> list[Target]:
    answer = Answer(view, PROMPT, THINK)
    return [
        Target("answer", answer, 1),
        Target("margin", answer, 1, against=2),
        Target("sentence:0", Weigh(view, PROMPT, THINK, Span("<think>\n"))),
    ]


@pytest.mark.parametrize("family", tiny.FAMILIES)
def test_scores_are_those_of_the_engine_alone_and_in_a_batch(
    family: str, loaded: dict[str, Checkpoint], pictures: tuple[str, ...]
):
    checkpoint = loaded[family]
    subject = packed_subject(checkpoint)
    for path in pictures:
        view = View((path,))
        blank = View((path,), (Blank(),))
        tokens = ImageTokens(checkpoint, view)
        # for Qwen3-VL the blank picture's DeepStack features come along: without them its scores would not be met
        both = torch.stack([tokens.values, tokens.encoded(blank)])
        for target in targets(view):
            expected = Scene(target, subject, tokens).ask([view, blank])
            read = readout(target, checkpoint)
            assert tokens.score(both, read).tolist() == pytest.approx(expected.tolist(), abs=NATS)
            assert tokens.score(both[1:], read).tolist() == pytest.approx(expected[1:].tolist(), abs=NATS)


def test_deepstack_lies_beside_the_embeddings(loaded: dict[str, Checkpoint], pictures: tuple[str, ...]):
    widths = {family: ImageTokens(c, View(pictures[:1])).values.shape for family, c in loaded.items()}
    # 16 tokens of 64 numbers, and for Qwen3-VL twice 64 more for its two DeepStack layers
    assert widths == {"qwen2_vl": (16, 64), "qwen2_5_vl": (16, 64), "qwen3_vl": (16, 192)}
    tokens = ImageTokens(loaded["qwen3_vl"], View(pictures[:1]))
    read = readout(targets(tokens.view)[0], loaded["qwen3_vl"])
    values = tokens.values[None].clone().requires_grad_()
    (gradient,) = torch.autograd.grad(tokens.score(values, read)[0], values)
    assert (gradient[..., 64:].abs().amax(dim=(0, 1)) > 0).all()


@pytest.mark.parametrize("family", tiny.FAMILIES)
def test_tokens_lie_in_raster_order(family: str, loaded: dict[str, Checkpoint], pictures: tuple[str, ...]):
    # 224 px make 8 x 8 tokens (7 x 7 of 32 px), several windows of Qwen2.5-VL; hiding one changes itself most
    tokens = ImageTokens(loaded[family], View(pictures[2:3]))
    rows, cols = tokens.grid
    for tile in (1, cols + 2, 5 * cols + 3, rows * cols - 2):
        hidden = tokens.encoded(View(tokens.view.images, (HideTiles(rows, cols, (tile,)),)))
        assert int((hidden - tokens.values).norm(dim=-1).argmax()) == tile


@pytest.mark.parametrize("family", tiny.FAMILIES)
@pytest.mark.parametrize("name", [name for name, method in discover().items() if not method.asks])
def test_methods_inside_the_model_draw_on_every_family(
    name: str, family: str, loaded: dict[str, Checkpoint], pictures: tuple[str, ...]
):
    checkpoint = loaded[family]
    view = View(pictures[1:2])
    tokens = ImageTokens(checkpoint, view)
    before = checkpoint.model.config.get_text_config()._attn_implementation
    for target in targets(view)[1:]:
        given = Set(Scene(target, packed_subject(checkpoint), tokens), 1.0, 0.0)
        (method,) = choose([name])
        found = attribute(given, method)
        assert found.values, found.reason
        assert len(found.values) == tokens.grid[0] * tokens.grid[1] == found.rows * found.cols
        assert method.signed or min(found.values) >= 0
        if name == "integrated_gradients":
            assert found.delta <= 0.01
    assert checkpoint.model.config.get_text_config()._attn_implementation == before
    assert all(parameter.grad is None for parameter in checkpoint.model.parameters())


def test_relevancy_of_one_layer_is_its_weighted_attention(loaded: dict[str, Checkpoint], pictures: tuple[str, ...]):
    # R = I + A after one layer, so off the diagonal the row of the target is A itself: with several layers it is not
    checkpoint = loaded["qwen2_vl"]
    view = View(pictures[:1])
    tokens = ImageTokens(checkpoint, view)
    target = targets(view)[0]
    read = readout(target, checkpoint)
    layers = tokens.attention(read)
    assert len(layers) == 4
    attention, gradient = layers[0]
    size = len(read.ids)
    assert attention.shape == gradient.shape == (4, size, size)
    assert attention.sum(-1) == pytest.approx(1, abs=1e-5)
    assert float(attention[:, 0, 1:].abs().max()) == 0  # nobody looks ahead
    single = type(
        "One", (), {"attention": lambda self, read: layers[:1], "places": tokens.places, "grid": tokens.grid}
    )()
    scene = Scene(target, packed_subject(checkpoint), tokens)
    object.__setattr__(scene, "readout", read)
    object.__setattr__(scene, "grid", tokens.grid)
    object.__setattr__(scene, "tokens", single)
    found = choose(["attention_relevancy"])[0].draw(scene).values.ravel()
    expected = (attention * gradient).clamp(min=0).mean(0)[read.terms[0].after, tokens.places(read)]
    assert found == pytest.approx(expected.numpy(), abs=1e-7)


def test_a_backward_pass_holds_as_many_sequences_as_memory_does(
    loaded: dict[str, Checkpoint], pictures: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
):
    checkpoint = loaded["qwen2_vl"]
    tokens = ImageTokens(checkpoint, View(pictures[:1]))
    read = readout(targets(tokens.view)[0], checkpoint)
    # 4 layers of 64 numbers at each position, 17 times, in 4 bytes
    row = len(read.ids) * 4 * 64 * 17 * 4
    for room, held in ((10 * row, 10), (10 * row - 1, 9), (row // 2, 1)):
        monkeypatch.setattr("faithlens.models.gradients.CPU_BYTES", room)
        assert tokens.batch(read) == held
    scores: list[int] = []
    score = ImageTokens.score
    monkeypatch.setattr(ImageTokens, "score", lambda self, t, r: scores.append(len(t)) or score(self, t, r))
    monkeypatch.setattr("faithlens.models.gradients.CPU_BYTES", 5 * row)
    scene = Scene(targets(tokens.view)[0], packed_subject(checkpoint), tokens)
    few = choose(["integrated_gradients"])[0].draw(scene)
    assert max(scores) == 5
    monkeypatch.setattr("faithlens.models.gradients.CPU_BYTES", 40 * row)
    assert choose(["integrated_gradients"])[0].draw(scene).values == pytest.approx(few.values, abs=1e-5)
    assert max(scores) > 5


def test_a_map_is_of_one_image(loaded: dict[str, Checkpoint], pictures: tuple[str, ...]):
    with pytest.raises(ImageError, match="2 are shown"):
        _ = ImageTokens(loaded["qwen2_vl"], View(pictures[:2])).grid


@pytest.mark.parametrize("part", ["language", "vision"])
def test_scrambled_weights_come_back(part: str, loaded: dict[str, Checkpoint], pictures: tuple[str, ...]):
    checkpoint = loaded["qwen3_vl"]
    before = {name: tensor.clone() for name, tensor in checkpoint.model.state_dict().items()}
    view = View(pictures[:1])
    tokens = ImageTokens(checkpoint, view)
    read = readout(targets(view)[0], checkpoint)
    real = float(tokens.score(tokens.values[None], read)[0])
    with randomised(checkpoint, part, 1.0):  # type: ignore[arg-type]
        changed = {
            name for name, tensor in checkpoint.model.state_dict().items() if not torch.equal(tensor, before[name])
        }
        scrambled = float(tokens.score(tokens.encoded(view)[None], read)[0])
        assert {".visual." in name for name in changed} == {part == "vision"}
    assert abs(scrambled - real) > 1e-3
    assert all(torch.equal(tensor, before[name]) for name, tensor in checkpoint.model.state_dict().items())
    some: set[str] = set()
    with randomised(checkpoint, part, 1 / 3):  # type: ignore[arg-type]
        some = {name for name, tensor in checkpoint.model.state_dict().items() if not torch.equal(tensor, before[name])}
    assert some < changed
    assert np.isfinite(scrambled)
