"""Something to ask: cases about noise, thinks of random words, and whatever the probes of a suite want to know."""

from __future__ import annotations

import random
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from faithlens import prompts, replies
from faithlens.cases.pool import Pool
from faithlens.engine.subject import Reply, Subject
from faithlens.models.checkpoint import Checkpoint
from faithlens.probes import Exhibit, choose
from faithlens.records import Answer, Answered, Case, Request, Response, Speak, Spoken, Weigh, Weighed

_WORDS = ("bright", "round", "mass", "left", "scan", "shows", "finding", "fits", "side", "image", "the", "is", "not")

_OPTIONS = ("glioma", "meningioma", "pituitary tumor", "no tumor")

THINK_TOKENS = 120
"""About the length of a think of MedVLM-R1: two to four sentences."""

REPLY_TOKENS = 160
"""Most that a reply may have: such a think with its tags and answer. Random weights never end one earlier."""

SPARE = 2 * len(_OPTIONS)
"""Cases besides those that are asked about, whose images are shown in their place: two of each right answer."""


@dataclass
class Script:
    """Tells probes what a model might, the same request the same, and remembers what they asked.

    So the requests do not depend on what a random model says. Where there is a `subject` it has to answer all of them
    as well: its cost is real, its answers are left aside.
    """

    loaded: Checkpoint
    draw: random.Random
    subject: Subject | None = None
    asked: list[Request] = field(default_factory=list[Request])
    _replies: dict[Request, Spoken] = field(default_factory=dict[Request, Spoken])

    def respond(self, requests: Sequence[Request]) -> list[Reply]:
        return list(self.told(requests))

    def told(self, requests: Sequence[Request]) -> list[Response]:
        self.asked += requests
        if self.subject is not None:
            for reply in self.subject.respond(requests):
                if isinstance(reply, Exception):
                    raise reply
        return [self._told(request) for request in requests]

    def _told(self, request: Request) -> Response:
        if isinstance(request, Answer):
            return Answered(tuple(-1.0 for _ in request.prompt.options))
        if isinstance(request, Weigh):
            return Weighed(-1.0 * THINK_TOKENS, THINK_TOKENS)
        if request not in self._replies:
            self._replies[request] = self.spoken()
        return self._replies[request]

    def spoken(self) -> Spoken:
        text = f"<think>{_words(self.draw, self.loaded, THINK_TOKENS)}</think>\n\n<answer>B</answer>"
        ids = self.loaded.encode(text)
        return Spoken(text, tuple(ids), self.loaded.starts(ids), finished=True)


def exhibits(script: Script, side: int, count: int, folder: Path) -> list[Exhibit]:
    """That many cases, each with a reply of THINK_TOKENS random words; pictures of `side` x `side` pixels."""
    cases = [_case(i, side, folder, script.draw) for i in range(count + SPARE)]
    pool, template = Pool(cases), prompts.PUBLISHED[prompts.DEFAULT]
    return [
        Exhibit(
            case,
            replies.trace(case, script.spoken(), max_new_tokens=REPLY_TOKENS),
            prompts.ask(case, template),
            pool,
        )
        for case in cases[:count]
    ]


def requests(loaded: Checkpoint, side: int, count: int, folder: Path, seed: int = 0) -> list[Request]:
    """All that each probe of the quick suite asks about that many cases.

    Each probe is let run by itself, so what is asked twice stands here twice.
    """
    script = Script(loaded, random.Random(seed))
    for exhibit in exhibits(script, side, count, folder):
        for probe in choose("quick"):
            alone(script, probe(exhibit))
    return script.asked


def alone(script: Script, plan: Generator[Sequence[Request], Sequence[Response], object]) -> list[Request]:
    """All that one probe asks, in its words: what it asks twice stands here twice."""
    before = len(script.asked)
    try:
        requests = next(plan)
        while True:
            requests = plan.send(script.told(requests))
    except StopIteration:
        return script.asked[before:]


def spoken_for(asked: Sequence[Request]) -> list[Speak]:
    """Those that are answered by writing."""
    return [request for request in asked if isinstance(request, Speak)]


def read_for(asked: Sequence[Request]) -> list[Answer | Weigh]:
    """Those that are answered by reading off log-probabilities."""
    return [request for request in asked if not isinstance(request, Speak)]


def longest(asked: Sequence[Request]) -> Answer:
    """What is asked about the picture itself after the longest think."""
    plain = [one for one in asked if isinstance(one, Answer) and one.view.images and not one.view.edits]
    return max(plain, key=lambda one: len(one.think.text) if one.think else 0)


def _words(draw: random.Random, loaded: Checkpoint, tokens: int) -> str:
    """Four sentences of phantom words of about so many tokens."""
    sentences, ids = [], 0
    while ids < tokens:
        sentence = " ".join(draw.choice(_WORDS) for _ in range(max(4, tokens // 5))).capitalize() + "."
        sentences.append(sentence)
        ids = len(loaded.encode(" ".join(sentences)))
    return " ".join(sentences)


def _case(number: int, side: int, folder: Path, draw: random.Random) -> Case:
    """A case about noise: every picture is another one, and every fourth has the same right answer."""
    path = folder / f"noise_{side}_{number}.png"
    if not path.exists():
        noise = np.random.default_rng(number).integers(0, 255, (side, side, 3), dtype=np.uint8)
        Image.fromarray(noise).save(path)
    options = tuple(draw.sample(_OPTIONS, len(_OPTIONS)))
    return Case(
        f"case {number}",
        "Which finding does this image of the brain show best?",
        options,
        key="ABCD"[options.index(_OPTIONS[number % len(_OPTIONS)])],
        images=(str(path),),
        modality="MR",
        group=str(number),
    )
