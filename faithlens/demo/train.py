"""Train the known patient from nothing: `python -m faithlens.demo.train --out DIR`.

Resumes from DIR/training.pt where there is one. Equal settings give equal lessons; weights agree up to the
arithmetic of the machine. Two CPU cores take about three quarters of an hour.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy
from transformers import Qwen2Tokenizer, Qwen2VLForConditionalGeneration

from faithlens.demo import network, seeing, vocabulary
from faithlens.demo.batches import Batch, Row, batch, row, strata_of
from faithlens.demo.lessons import EARLY, LATE, lessons

SEED = 1
"""Training draws its phantoms from this seed; measuring and the demo cases have their own."""

WHOLE, LETTERS = 5.0, 0.25
"""Weights of the two losses. A reply has two or three tokens that the image decides among fifty that it does not, and
some letters are random on purpose: with the letters weighted as much as the replies, that noise drowns the image."""

STATE, LOG = "training.pt", "training.jsonl"


@dataclass(frozen=True)
class Plan:
    """How long, how fast, and with how many lessons a step."""

    seeing_steps: int = 300
    """Steps of the vision tower alone, before the lessons."""
    steps: int = 1900
    """Steps of lessons."""
    naming_steps: int = 160
    """The first of them, in which images are only described."""
    naming_lessons: int = 64
    lessons: int = 24
    described: float = 0.15
    """Share of descriptions afterwards."""
    late_from: int = 1500
    """Step from which the strata have their late weights, and the rate is `late_rate`."""
    late_rate: float = 3e-3
    rate: float = 1.2e-3
    warmup: int = 150
    bucket: int = 8
    """Batches whose lessons are drawn together and sorted by length."""

    def rate_at(self, step: int) -> float:
        """Learning rate: warm-up, then a half cosine to a fiftieth."""
        done = min(1.0, step / self.steps)
        rate = self.rate if step < self.late_from else self.late_rate
        return rate * min(1.0, (step + 1) / self.warmup) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))

    def rows(self, tokenizer: Qwen2Tokenizer, bucket: int) -> list[list[Row]]:
        """The batches of one bucket, each of lessons of about the same length, in random order."""
        naming = bucket * self.bucket < self.naming_steps
        size = self.naming_lessons if naming else self.lessons
        count = size * self.bucket
        weights = EARLY if bucket * self.bucket < self.late_from else LATE
        # numbered far apart, so that no lesson is met twice whatever the sizes
        drawn = lessons(SEED, bucket * 1000, count, 1.0 if naming else self.described, weights)
        made = sorted((row(tokenizer, one) for one in drawn), key=lambda one: len(one.ids))
        batches = [made[i : i + size] for i in range(0, count, size)]
        order = torch.randperm(len(batches), generator=torch.Generator().manual_seed(bucket)).tolist()
        return [batches[i] for i in order]


def logits_of(model: Qwen2VLForConditionalGeneration, given: Batch) -> torch.Tensor:
    """(targets, vocabulary): what the model expects at each target."""
    hidden = model.model(
        input_ids=given.ids,
        position_ids=given.positions,
        attention_mask=given.mask,
        pixel_values=given.pixel_values,
        image_grid_thw=given.grid,
        use_cache=False,
    ).last_hidden_state
    return model.lm_head(hidden[given.rows, given.sources])


def loss_of(logits: torch.Tensor, given: Batch) -> torch.Tensor:
    """Mean over the tokens of whole replies, plus the mean over the letters of every reply."""
    each = cross_entropy(logits.float(), given.targets, reduction="none")
    loss = each[given.whole].mean()
    return WHOLE * loss + LETTERS * each[given.letter].mean() if given.letter.any() else WHOLE * loss


class Tally:
    """Letters right and asked since the last line of the log, by stratum and kind of think."""

    def __init__(self) -> None:
        self.hits: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        self.losses: list[float] = []

    def add(self, logits: torch.Tensor, given: Batch, rows: Sequence[Row], loss: float) -> None:
        right = (logits.argmax(-1) == given.targets).tolist()
        columns = zip(strata_of(rows), right, given.letter.tolist(), given.whole.tolist(), strict=True)
        for stratum, hit, letter, whole in columns:
            if letter or stratum == "description":
                seen = self.hits[f"{stratum} {'own' if whole else 'other'} think"]
                seen[0] += hit
                seen[1] += 1
        self.losses.append(loss)

    def line(self, step: int, seconds: float) -> str:
        shares = {name: round(hit / n, 3) for name, (hit, n) in sorted(self.hits.items())}
        loss = sum(self.losses) / len(self.losses)
        return json.dumps({"step": step, "loss": round(loss, 4), "seconds": round(seconds), "letters": shares})


def _see(model: Qwen2VLForConditionalGeneration, plan: Plan, out: Path) -> None:
    """Train the vision tower, with a line of the log every 50 steps."""
    for step, (loss, right) in enumerate(seeing.learn_to_see(model, SEED, plan.seeing_steps), start=1):
        if step % 50 == 0:
            _log(
                out, json.dumps({"seeing step": step, "loss": round(loss, 4), "cells with a finding": round(right, 3)})
            )


def _log(out: Path, line: str) -> None:
    print(line, flush=True)
    with (out / LOG).open("a", encoding="utf-8") as log:
        log.write(line + "\n")


def train(out: Path, plan: Plan, *, resume: bool) -> None:
    """Train, log, and save a checkpoint into `out` every 500 steps and at the end."""
    torch.set_num_threads(2)
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = vocabulary.learn(lessons(SEED, 0, 3000, 0.1))
    model = network.build(tokenizer, SEED).train()
    decayed = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": 0.02}, {"params": plain, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=plan.rate, betas=(0.9, 0.98))
    start, before, began = 0, 0.0, time.monotonic()
    if resume and (out / STATE).exists():
        state = torch.load(out / STATE, weights_only=True)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        start, before = state["step"], state["seconds"]
    else:
        _see(model, plan, out)
    fill = vocabulary.token_id(tokenizer, vocabulary.END_OF_TEXT)
    began, tally = began - before, Tally()
    queue: list[list[Row]] = []
    for step in range(start, plan.steps):
        if not queue or step % plan.bucket == 0:
            queue = plan.rows(tokenizer, step // plan.bucket)[step % plan.bucket :]
        rows = queue.pop(0)
        given = batch(rows, fill)
        for group in optimiser.param_groups:
            group["lr"] = plan.rate_at(step)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = logits_of(model, given)
        loss = loss_of(logits, given)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        tally.add(logits, given, rows, loss.item())
        done = step + 1
        if done % 50 == 0 or done == plan.steps:
            _log(out, tally.line(done, time.monotonic() - began))
            tally = Tally()
        if done % 500 == 0 or done == plan.steps:
            seconds = time.monotonic() - began
            state = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": done, "seconds": seconds}
            torch.save(state, out / STATE)
            network.save(model, tokenizer, out / "checkpoint")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint, the log and the state")
    parser.add_argument("--steps", type=int, default=Plan.steps)
    parser.add_argument("--fresh", action="store_true", help="begin anew even where a state exists")
    settings = parser.parse_args()
    train(settings.out, Plan(steps=settings.steps), resume=not settings.fresh)


if __name__ == "__main__":
    main()
