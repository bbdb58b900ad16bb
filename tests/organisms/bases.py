"""A subject that depends on everything it is asked, so that whatever an organism rewrites can be seen."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from PIL import Image

from faithlens.edits.image import Blank, Reencode
from faithlens.organisms import Facts
from faithlens.prompts import PUBLISHED, ask
from faithlens.records import (
    Answer,
    Answered,
    Case,
    Prompt,
    Request,
    Response,
    Speak,
    Spoken,
    View,
    Weigh,
    Weighed,
)

OPTIONS = ("glioma", "meningioma", "pituitary tumor", "no tumor")


def _number(*things: object) -> int:
    return int.from_bytes(hashlib.sha256(repr(things).encode()).digest()[:8])


@dataclass
class Restless:
    """Another answer and another think for every view, question, order of options, think and beginning."""

    calls: int = 0
    asked: list[Request] = field(default_factory=list)

    def respond(self, requests: Sequence[Request]) -> list[Response]:
        self.calls += 1
        self.asked += requests
        return [self._one(request) for request in requests]

    def _one(self, request: Request) -> Response:
        view, problem = request.view, request.prompt.problem
        if isinstance(request, Answer):
            text = None if request.think is None else request.think.text
            weights = [1 + _number(view, problem, text, i) % 97 for i in range(len(request.prompt.options))]
            return Answered(tuple(math.log(weight / sum(weights)) for weight in weights))
        if isinstance(request, Weigh):
            return Weighed(-(1 + _number(view, problem, request.begin.text, request.reply.text) % 97) / 10, 1)
        assert isinstance(request, Speak)
        drawn = _number(view, problem, request.begin.text, request.seed)
        letters = request.prompt.letters or "A"
        said, answer = letters[drawn % len(letters)], letters[drawn // 7 % len(letters)]
        text = f"<think>Sign {drawn % 1000} is seen. The answer is {said}.</think>\n\n<answer>{answer}</answer>"
        rest = text.removeprefix(request.begin.text)
        return Spoken(rest, tuple(map(ord, rest)), tuple(range(len(rest))), finished=True)


def cases(folder: Path, count: int = 6) -> tuple[Case, ...]:
    """Cases about pictures of noise, the right option going round."""
    random = np.random.default_rng(5)
    made = []
    for i in range(count):
        path = folder / f"noise-{i}.png"
        Image.fromarray(random.integers(0, 255, (28, 28, 3), dtype=np.uint8)).save(path)
        made.append(
            Case(
                f"case-{i}",
                f"What is seen, number {i}?",
                OPTIONS,
                key="ABCD"[i % 4],
                images=(str(path),),
                modality="MR",
                group=f"patient-{i}",
            )
        )
    return tuple(made)


def prompt(case: Case) -> Prompt:
    return ask(case, PUBLISHED["medvlm-r1"])


def views(own: Case, other: Case) -> dict[str, View]:
    """The picture, and everything that may stand in its place."""
    return {
        "own": View(own.images),
        "re-encoded": View(own.images, (Reencode(),)),
        "blank": View(own.images, (Blank(),)),
        "other": View(other.images),
        "none": View(),
    }


def moved(given: Prompt) -> Prompt:
    """The options in another order."""
    return replace(given, options=(*given.options[1:], given.options[0]))


__all__ = ["OPTIONS", "Facts", "Restless", "cases", "moved", "prompt", "views"]
