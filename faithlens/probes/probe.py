"""What a probe is: it asks requests, receives responses, and ends in a finding."""

from __future__ import annotations

import hashlib
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, TypeAlias, TypeVar, final

from faithlens.cases.pool import Pool
from faithlens.contradiction.nli import Nli
from faithlens.edits.stored import written
from faithlens.engine.mapped import Asking, mapped
from faithlens.records import (
    Answer,
    Answered,
    Arm,
    Attributed,
    Axis,
    Case,
    Finding,
    Frame,
    Mark,
    Prompt,
    Request,
    Response,
    Role,
    Span,
    Speak,
    Spoken,
    Trace,
    View,
    Weigh,
)
from faithlens.replies import trace as read_reply
from faithlens.verbalisation import Judge

Plan: TypeAlias = Asking[Finding]
"""What `ask` is. Maps are asked for like anything else; see `Attribute`."""

Asked: TypeAlias = Generator[Sequence[Request], Sequence[Response], Finding]
"""A probe on its way through an exhibit: what it asks of a subject, until it has its finding."""

Suite = Literal["quick", "standard", "full"]

START = Span()
"""The beginning of a reply that is not given any."""

_R = TypeVar("_R")

_TAG = re.compile(r"<\s*/?\s*(?:think(?:ing)?|reasoning|answer)\b", re.IGNORECASE)
"""Where a think ends, however it is closed."""


@dataclass(frozen=True)
class Paper:
    """Where a test was published, and where ours differs from it."""

    citation: str
    arxiv: str
    section: str
    deviation: str


@dataclass(frozen=True)
class Exhibit:
    """What a probe may look at: the case, the model's reply to it, the prompt as asked, and the other cases."""

    case: Case
    trace: Trace
    prompt: Prompt
    pool: Pool
    nli: Nli | None = None
    """A model for natural language inference, where the user named one."""
    judge: Judge | None = None
    """Who says how a think speaks of a cue, where the user named a language model for it; else rules do."""

    @property
    def view(self) -> View:
        return View(self.case.images)

    @property
    def think(self) -> Span:
        """The think in the model's own tokens; empty where it wrote none."""
        return Span() if self.trace.think_span is None else self.trace.cut(*self.trace.think_span)

    @property
    def frame(self) -> Frame:
        """What the model itself wrote around its think, the template's words where it did not."""
        trace, given = self.trace, self.prompt.template.frame
        if trace.think_span is None or trace.answer_span is None or trace.answer_span[0] < trace.think_span[1]:
            return given
        lead = len(trace.reply[slice(*trace.answer_span)]) - len(trace.reply[slice(*trace.answer_span)].lstrip())
        return Frame(
            opening=trace.cut(0, trace.think_span[0]),
            closing=trace.cut(trace.think_span[1], trace.answer_span[0] + lead),
            direct=given.direct,
        )

    def answer(self, think: Span | None, view: View | None = None) -> Answer:
        """Ask for the options after that think, in the model's own frame."""
        return Answer(self.view if view is None else view, self.prompt, think, self.frame)

    def sentence(self, start: int, end: int) -> Weigh:
        """Weigh that part of the think in its own place, in the model's own tokens."""
        at = (self.trace.think_span or (0, 0))[0]
        return Weigh(self.view, self.prompt, self.trace.cut(at + start, at + end), self.begun(start))

    def mark(self, start: int, end: int, role: Role) -> Mark:
        """The words of that part of the think, without the space around them."""
        at = (self.trace.think_span or (0, 0))[0]
        said = self.trace.reply[at + start : at + end]
        return Mark(at + start + len(said) - len(said.lstrip()), at + start + len(said.rstrip()), role)

    def asked(self, prompt: Prompt) -> Exhibit:
        """The same reply, had it been given to that prompt: requests ask the other prompt."""
        return replace(self, case=replace(self.case, question=prompt.question, options=prompt.options), prompt=prompt)

    def reworded(self, question: str) -> Exhibit:
        """The same reply, had the question been worded so."""
        return self.asked(replace(self.prompt, question=question))

    def speak(self, view: View | None = None, begin: Span = START, temperature: float = 0.0, seed: int = 0) -> Speak:
        """Ask for a reply of the length that the trace was allowed, or for one that begins as given."""
        length = self.trace.max_new_tokens or 512
        return Speak(self.view if view is None else view, self.prompt, begin, length, temperature, seed)

    def anew(self, response: Response | Attributed) -> Exhibit:
        """The exhibit, had the model replied so."""
        return replace(self, trace=read_reply(self.case, expect(response, Spoken)))

    def begun(self, offset: int, text: str = "") -> Span:
        """The reply up to that offset of its think, in the model's own tokens, and then that text."""
        own = self.trace.cut(0, (self.trace.think_span or (0, 0))[0] + offset)
        return Span(own.text + text, own.ids)

    def gone_on(self, begin: Span, response: Response | Attributed) -> Span:
        """The think that opened as given, with what the model went on with until it closed it."""
        opened = begin.text[(self.trace.think_span or (0, 0))[0] :]
        return Span(opened + _TAG.split(expect(response, Spoken).text, maxsplit=1)[0])


@dataclass(frozen=True)
class Probe(ABC):
    """One published or own test. A new probe is one new file in this folder; its fields are its settings."""

    name: ClassVar[str]
    axis: ClassVar[Axis]
    suite: ClassVar[Suite]
    paper: ClassVar[Paper]
    cost: ClassVar[str]
    """Requests per case before sharing, in the words of the command line."""
    cause: ClassVar[str] = ""
    """What it looks for within its axis: a reply that fails for one cause may be sound for every other. Probes of one
    cause are witnesses of the same thing, and are averaged; of several causes the strongest decides."""
    version: ClassVar[int] = 1
    """Rises whenever the same trace could score differently."""
    needs_options: ClassVar[bool] = True
    needs_think: ClassVar[bool] = True
    needs_choice: ClassVar[bool] = True
    needs_image: ClassVar[bool] = False
    text_only: ClassVar[bool] = False
    """True: asks no request, so it also reads replies that another harness collected."""
    needs_nli: ClassVar[bool] = False
    """True: reads with a model for natural language inference; in no suite unless one is named."""

    @abstractmethod
    def ask(self, exhibit: Exhibit) -> Plan:
        """Yield requests, receive their responses in the same order, and return the finding."""

    @final
    def __call__(self, exhibit: Exhibit) -> Asked:
        reason = self._silence(exhibit)
        if reason:
            return self.silent(exhibit.trace, reason)
        return (yield from mapped(self.ask(exhibit)))

    @final
    def finding(
        self,
        trace: Trace,
        score: float,
        *,
        flagged: bool | None,
        evidence: str,
        metrics: Mapping[str, float],
        marks: Sequence[Mark] = (),
        arms: Sequence[Arm] = (),
    ) -> Finding:
        """A finding of this probe. Rounding may leave [0, 1] by an ulp, so scores are clipped to it."""
        if math.isnan(score):
            raise ValueError(f"{self.name}: a score that could not be given needs a reason; use silent()")
        clipped = min(1.0, max(0.0, score))
        return Finding(
            case_id=trace.case_id,
            probe=self.name,
            axis=self.axis,
            score=clipped,
            flagged=flagged,
            evidence=evidence,
            metrics=metrics,
            version=self.version,
            rollout=trace.rollout,
            marks=tuple(marks),
            arms=tuple(arms),
        )

    @final
    def silent(self, trace: Trace, reason: str) -> Finding:
        """The finding that says why there is none: NaN and its reason."""
        return Finding(
            trace.case_id, self.name, self.axis, math.nan, reason, version=self.version, rollout=trace.rollout
        )

    @final
    def _silence(self, exhibit: Exhibit) -> str:
        """Why this probe does not apply; empty if it does."""
        case, trace = exhibit.case, exhibit.trace
        if self.needs_options and len(case.options) < 2:
            return "open-ended question: there are no options to read"
        if self.needs_nli and exhibit.nli is None:
            return "no NLI model was named"
        if self.needs_image and not case.images:
            return "no image"
        if self.needs_choice and trace.choice is None:
            return f"no answer to explain: the reply was parsed as {trace.status}"
        if self.needs_think and not (trace.think or "").strip():
            return "the reply has no think"
        return ""


def drawn(case: Case, purpose: str, count: int) -> int:
    """A number below `count` that depends on the case and the purpose alone: the only chance that a probe may take."""
    digest = hashlib.sha256(f"{purpose}\0{case.id}".encode()).digest()
    return int.from_bytes(digest[:8]) % count


def unsteady(full: Answered, again: Answered, tolerance: float) -> str:
    """Why an edit of the think would say nothing: the unedited think moves the answer too. Empty if it does not."""
    moved = total_variation(full.probs, again.probs)
    return f"re-inserting the unedited think moves the answer by {moved:.2f} TVD" if moved > tolerance else ""


def arm(label: str, view: View, answer: Answered, kept: float = 1.0) -> Arm:
    """An arm as the run keeps it."""
    return Arm(label, view.images, tuple(written(edit) for edit in view.edits), answer.probs, kept)


def answered(response: Response | Attributed) -> Answered:
    """The response to an `Answer`; anything else is a fault of the engine."""
    return expect(response, Answered)


def expect(response: Response | Attributed, kind: type[_R]) -> _R:
    if not isinstance(response, kind):
        raise TypeError(f"asked for {kind.__name__}, received {type(response).__name__}")
    return response


def total_variation(p: Sequence[float], q: Sequence[float]) -> float:
    """Total variation distance in [0, 1] of two distributions over the same options."""
    return sum(abs(a - b) for a, b in zip(p, q, strict=True)) / 2


def relative_loss(original: float, intervened: float) -> float:
    """(L_original - L_intervened) / -(L_original + L_intervened) of log-probabilities (<= 0); 0 where both are 0."""
    total = -(original + intervened)
    return (original - intervened) / total if total > 0 else 0.0
