"""What maps cost: hiding all image tokens through the engine and through Captum, and integrated gradients by size.

    OMP_NUM_THREADS=1 python analyses/attribution/cost.py

CPU seconds of this process, so that other work on the machine counts less; the least of three. The bundled checkpoint
is asked about noise of more pixels than it was trained on: what it says there means nothing, what it costs does.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from captum.attr import FeatureAblation, ImageMaskInput, LLMAttribution
from PIL import Image

from faithlens import demo, models
from faithlens.attribution.method import choose
from faithlens.attribution.methods.integrated_gradients import IntegratedGradients
from faithlens.attribution.scene import Scene
from faithlens.attribution.targets import Target
from faithlens.edits.image import Blank
from faithlens.engine.packed import packed_subject
from faithlens.models.checkpoint import Checkpoint
from faithlens.models.gradients import ImageTokens
from faithlens.prompts import PUBLISHED
from faithlens.records import Prompt, Span, View, Weigh

REPLY = "The brain MRI shows an evenly bright round area on the left side."
MOST_PX = 16 * 32 * 28 * 28
PROMPT = Prompt(PUBLISHED["medvlm-r1"], "Which finding does this brain MRI show?", ("infarct", "ring lesion"))


class Whole(torch.nn.Module):
    """The model as `LLMAttribution` has to be given it: text that it appends is marked as text."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.inner, self.device = model, model.device

    def forward(self, input_ids: torch.Tensor, mm_token_type_ids: torch.Tensor, **inputs: Any) -> Any:
        kinds = torch.zeros_like(input_ids)
        kinds[:, : mm_token_type_ids.shape[1]] = mm_token_type_ids
        self.inner.model.rope_deltas = None
        return self.inner(input_ids=input_ids, mm_token_type_ids=kinds, **inputs)


def main() -> None:
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        beside_captum(Path(folder))
        by_size(Path(folder))


def beside_captum(folder: Path) -> None:
    checkpoint = models.load(str(demo.CHECKPOINT), max_pixels=MOST_PX)
    for rows, cols in ((4, 4), (8, 8)):
        scene = _scene(checkpoint, folder, rows, cols)
        ours, seconds = _timed(lambda scene=scene: choose(["feature_ablation"])[0].draw(scene).values.ravel())
        theirs, longer = _timed(
            lambda scene=scene, rows=rows, cols=cols: _captum(checkpoint, scene.view, folder, rows, cols)
        )
        gap = float(np.abs(ours - theirs).max())
        print(
            f"hiding {rows * cols} tokens: engine {seconds:.2f} s, Captum {longer:.2f} s, "
            f"ratio {longer / seconds:.2f}, gap {gap:.1e} nats"
        )


def by_size(folder: Path) -> None:
    checkpoint = models.load(str(demo.CHECKPOINT), max_pixels=MOST_PX)
    for rows, cols in ((8, 8), (16, 32)):
        scene = _scene(checkpoint, folder, rows, cols)
        method = IntegratedGradients("blur", steps=32, most=32)
        found, seconds = _timed(lambda method=method, scene=scene: method.draw(scene))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"integrated gradients, 32 steps, {rows * cols} image tokens, {len(scene.readout.ids)} in all: "
            f"{seconds:.2f} s, up to {scene.tokens.batch(scene.readout)} sequences at once, "
            f"process peak {peak:.0f} MiB, delta {found.delta:.1e}"
        )


def _scene(checkpoint: Checkpoint, folder: Path, rows: int, cols: int) -> Scene:
    path = folder / f"{rows}x{cols}.png"
    pixels = np.random.default_rng(0).integers(0, 255, (28 * rows, 28 * cols, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    view = View((str(path),))
    tokens = ImageTokens(checkpoint, view)
    if tokens.grid != (rows, cols):
        raise SystemExit(f"{path.name} became {tokens.grid} tokens")
    return Scene(Target("sentence:0", Weigh(view, PROMPT, Span(REPLY))), packed_subject(checkpoint), tokens)


def _captum(checkpoint: Checkpoint, view: View, folder: Path, rows: int, cols: int) -> np.ndarray:
    ids = checkpoint.prompt_ids(PROMPT, view)
    written = iter(range(10_000))

    def processed(image: Image.Image) -> dict[str, torch.Tensor]:
        path = folder / f"masked-{next(written)}.png"
        image.save(path)
        return checkpoint.inputs([(ids, View((str(path),)))])

    with Image.open(view.images[0]) as opened:
        image = opened.convert("RGB")
    colour = Blank()(image).getpixel((0, 0))
    mask = torch.arange(rows * cols).reshape(rows, cols).repeat_interleave(28, 0).repeat_interleave(28, 1)
    attribution = LLMAttribution(FeatureAblation(Whole(checkpoint.model)), checkpoint.tokenizer, attr_target="log_prob")  # type: ignore[arg-type]
    found = attribution.attribute(
        ImageMaskInput(image, mask=mask, baseline=colour, processor_fn=processed),  # type: ignore[arg-type]
        torch.tensor(checkpoint.encode(REPLY)),
        forward_in_tokens=False,
    )
    return found.seq_attr.numpy()


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What it returns, and the least CPU seconds of three."""
    times = []
    for _ in range(3):
        started = time.process_time()
        found = work()
        times.append(time.process_time() - started)
    return found, min(times)


if __name__ == "__main__":
    main()
