"""Our maps beside Captum's own way with images: equal through a wrapper, and what its default way does here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from captum.attr import FeatureAblation, ImageMaskInput, LLMAttribution
from PIL import Image

from faithlens import models
from faithlens.attribution.method import choose
from faithlens.attribution.scene import Scene
from faithlens.attribution.targets import Target
from faithlens.edits.image import Blank
from faithlens.engine.packed import packed_subject
from faithlens.models.checkpoint import Checkpoint
from faithlens.models.gradients import ImageTokens
from faithlens.prompts import PUBLISHED
from faithlens.records import Prompt, Span, View, Weigh

PROMPT = Prompt(PUBLISHED["medvlm-r1"], "Which modality is shown?", ("MRI", "CT"))
REPLY = "A nodule is seen."


class Whole(torch.nn.Module):
    """A Qwen-VL model as `LLMAttribution` has to be given it: text that it appends is marked as text."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.inner = model
        self.device = model.device

    def forward(self, input_ids: torch.Tensor, mm_token_type_ids: torch.Tensor, **inputs: Any) -> Any:
        kinds = torch.zeros_like(input_ids)
        kinds[:, : mm_token_type_ids.shape[1]] = mm_token_type_ids
        self.inner.model.rope_deltas = None
        return self.inner(input_ids=input_ids, mm_token_type_ids=kinds, **inputs)


@pytest.fixture(scope="module")
def checkpoint(checkpoints: dict[str, Path]) -> Checkpoint:
    return models.load(str(checkpoints["qwen2_vl"]))


@pytest.fixture(scope="module")
def asked(
    checkpoint: Checkpoint, pictures: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """A picture of 4 x 4 tokens, one feature each, as Captum wants it."""
    view = View(pictures[:1])
    ids = checkpoint.prompt_ids(PROMPT, view)

    def processed(image: Image.Image) -> dict[str, torch.Tensor]:
        path = tmp_path_factory.mktemp("masked") / "image.png"
        image.save(path)
        return checkpoint.inputs([(ids, View((str(path),)))])

    with Image.open(pictures[0]) as opened:
        image = opened.convert("RGB")
    colour = Blank()(image).getpixel((0, 0))
    mask = torch.arange(16).reshape(4, 4).repeat_interleave(28, 0).repeat_interleave(28, 1)
    inputs = ImageMaskInput(image, mask=mask, baseline=colour, processor_fn=processed)  # type: ignore[arg-type]
    return {"inp": inputs, "target": torch.tensor(checkpoint.encode(REPLY))}


def test_feature_ablation_is_captums_own(checkpoint: Checkpoint, pictures: tuple[str, ...], asked: dict[str, Any]):
    wrapped = Whole(checkpoint.model)
    theirs = LLMAttribution(FeatureAblation(wrapped), checkpoint.tokenizer, attr_target="log_prob").attribute(  # type: ignore[arg-type]
        **asked, forward_in_tokens=False
    )
    view = View(pictures[:1])
    target = Target("sentence:0", Weigh(view, PROMPT, Span(REPLY)))
    scene = Scene(target, packed_subject(checkpoint), ImageTokens(checkpoint, view))
    ours = choose(["feature_ablation"])[0].draw(scene).values
    assert ours.ravel().tolist() == pytest.approx(theirs.seq_attr.tolist(), abs=1e-4)
    assert abs(ours).max() > 1e-3


def test_captums_default_way_sees_no_image_here(checkpoint: Checkpoint, asked: dict[str, Any]):
    # token by token with its cache, the image is dropped after the first call without a word, so no feature matters;
    # when this fails, Captum or transformers has mended it, and the wrapper above may no longer be needed
    found = LLMAttribution(FeatureAblation(checkpoint.model), checkpoint.tokenizer, attr_target="log_prob").attribute(  # type: ignore[arg-type]
        **asked
    )
    assert found.seq_attr.tolist() == [0.0] * 16
