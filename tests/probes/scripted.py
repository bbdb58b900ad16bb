"""Subjects whose every answer is written down: what a probe must find in them is known by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from faithlens.cases.pool import Pool
from faithlens.engine.ask import ask_all
from faithlens.probes import Exhibit, Probe
from faithlens.prompts import PUBLISHED, ask
from faithlens.records import (
    Answer,
    Answered,
    Case,
    Finding,
    Request,
    Response,
    Speak,
    Spoken,
    Trace,
    Weigh,
    Weighed,
)
from faithlens.replies import trace

OPTIONS = ("glioma", "meningioma", "pituitary tumor", "no tumor")
THINK = "\nThe scan shows a mass. It lies at the surface. The answer is B.\n"
REPLY = f"<think>{THINK}</think>\n\n<answer>B</answer>"


def case(name: str = "one", options: tuple[str, ...] = OPTIONS, **fields: object) -> Case:
    given = {"images": (f"/{name}.png",), "key": "B", "modality": "MR", "group": name, "question": "What is seen?"}
    return Case(name, options=options, **(given | fields))  # type: ignore[arg-type]


def exhibit(reply: str = REPLY, of: Case | None = None, others: Sequence[Case] = ()) -> Exhibit:
    """A reply as an exhibit; each character is a token, so that every cut is possible."""
    shown = of or case()
    spoken = Spoken(reply, tuple(map(ord, reply)), tuple(range(len(reply))), finished=True)
    read: Trace = trace(shown, spoken, max_new_tokens=64, temperature=0.0, seed=0)
    pool = Pool([shown, *others, case("two")])
    return Exhibit(shown, read, ask(shown, PUBLISHED["medvlm-r1"]), pool, entails_what_it_names)


def entails_what_it_names(text: str, statements: Sequence[str]) -> list[tuple[float, float]]:
    """An NLI model by hand: a statement is entailed where the text has its last word, else contradicted."""
    named = [statement.rstrip(".").split()[-1] in text for statement in statements]
    return [(0.75, 0.125) if is_named else (0.125, 0.75) for is_named in named]


def gallery() -> dict[str, Exhibit]:
    """One exhibit of each sort of question that a probe may need: each probe has to score at least one."""
    box = {"boxes_xyxy_px": ((8.0, 8.0, 20.0, 20.0),)}
    yes_no = case("presence", ("Yes", "No"), key="A", question="Is there a mass on the left side?", **box)
    side = case("side", ("left", "right"), key="A", question="On which side is the mass?", **box)
    sided = (
        "<think>The scan shows a mass. It lies on the left side. A) left fits. The answer is A.</think>\n\n"
        "<answer>A</answer>"
    )
    return {
        "kind": exhibit(of=case(**box)),
        "presence": exhibit(
            "<think>There is a mass on the left side. The answer is A.</think>\n\n<answer>A</answer>", yes_no
        ),
        "side": exhibit(sided, side),
        "side, no box": exhibit(sided, replace(side, boxes_xyxy_px=())),
    }


def probabilities(*values: float) -> Answered:
    """Option probabilities as an answer."""
    return Answered(tuple(math.log(value) if value else -1000.0 for value in values))


@dataclass
class Scripted:
    """Answers by one function, speaks by another, weighs by a third, and remembers what it was asked."""

    answers: Callable[[Answer], Answered]
    speaks: Callable[[Speak], str] = lambda request: REPLY
    weighs: Callable[[Weigh], float] = lambda request: -1.0
    asked: list[Request] = field(default_factory=list)

    def respond(self, requests: Sequence[Request]) -> list[Response]:
        self.asked += requests
        return [self._one(request) for request in requests]

    def _one(self, request: Request) -> Response:
        if isinstance(request, Speak):
            text = self.speaks(request)
            return Spoken(text, tuple(map(ord, text)), tuple(range(len(text))), finished=True)
        if isinstance(request, Weigh):
            return Weighed(self.weighs(request), max(1, len(request.reply.text)))
        return self.answers(request)


def find(probe: Probe, subject: Scripted, shown: Exhibit) -> Finding:
    (finding,) = ask_all(subject, [probe(shown)])
    assert isinstance(finding, Finding)
    return finding
