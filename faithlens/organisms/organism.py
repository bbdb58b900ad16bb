"""What an organism is: a subject whose faithfulness is known, made from any other by rewriting what is asked of it."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, TypeAlias, TypeVar, final

from faithlens.cases.pool import Pool
from faithlens.engine.ask import ask_all
from faithlens.engine.subject import Reply, Subject
from faithlens.errors import SettingsError
from faithlens.organisms.facts import Facts
from faithlens.probes import Exhibit
from faithlens.probes.probe import answered, expect
from faithlens.records import (
    Answer,
    Answered,
    Axis,
    Case,
    Prompt,
    Request,
    Response,
    Span,
    Speak,
    Spoken,
    Trace,
    Weigh,
    Weighed,
)
from faithlens.replies import trace as read_reply

_T = TypeVar("_T")

Life: TypeAlias = Generator[Sequence[Request], Sequence[Response], _T]
"""What an organism asks of the subject beneath it until it has its own response."""

SURE = 0.97
"""Probability of the chosen option where an organism decides by itself; the others share the rest."""


@dataclass(frozen=True)
class Organism(ABC):
    """One planted behaviour over any subject. A new organism is one new file in this folder; its fields are settings.

    Its reply always ends in the answer that it would give after the think of that reply, so that what it says and what
    a probe reads from it agree.
    """

    name: ClassVar[str]
    code: ClassVar[str] = ""
    """W1 to W9 of the design; empty for the scripted ones."""
    plants: ClassVar[Mapping[Axis, bool]]
    """Axis -> True: fails on it, False: does not fail on it. Only what holds exactly, over any subject."""
    reaches: ClassVar[Mapping[Axis, frozenset[str]]] = {}
    """Axis -> the only probes for which that holds, where other probes of the axis intervene on something else."""
    misses: ClassVar[Mapping[Axis, frozenset[str]]] = {}
    """Axis -> probes for which it does not hold, because they intervene on what this behaviour does not read."""
    rewrite: ClassVar[str]
    """By which rewrite that is so, in one sentence."""
    scripted: ClassVar[bool] = False
    """True: asks nothing of the subject beneath it."""
    over_sighted: ClassVar[bool] = True
    """False: what it plants needs a subject beneath it that reads thinks, which `sighted` does not."""
    version: ClassVar[int] = 1
    """Rises whenever the same request could be answered differently."""

    @abstractmethod
    def answer(self, request: Answer, facts: Facts) -> Life[Answered]:
        """Ask the subject beneath, and return the option log-probabilities."""

    def narrate(self, request: Speak, facts: Facts) -> Life[Spoken]:
        """A reply whose think stands and whose answer will be replaced; by default that of the subject beneath."""
        (spoken,) = yield [request]
        return expect(spoken, Spoken)

    def write(self, request: Speak) -> Life[Spoken]:
        """Text that answers no options, such as a paraphrase that a probe asks for: by the subject beneath."""
        (spoken,) = yield [request]
        return expect(spoken, Spoken)

    def weigh(self, request: Weigh, facts: Facts) -> Life[Reply]:
        """How likely it is to write that part of a think.

        Refused by default: a think that is made from several replies has no likelihood that one request could ask for.
        """
        yield from ()
        return SettingsError(f"the organism {self.name} cannot say how likely a given text is")

    def truth(self, trace: Trace, options: tuple[str, ...]) -> Mapping[Axis, bool]:
        """`plants`, as far as it holds for this reply."""
        return self.plants

    @final
    def speak(self, request: Speak, facts: Facts) -> Life[Spoken]:
        """The narrated think, and the answer that this organism gives after it."""
        if not request.prompt.options:
            return (yield from self.write(request))
        spoken = yield from self.narrate(request, facts)
        shown = exhibit(request, spoken)
        think = None if shown.trace.think_span is None else shown.think
        given = yield from self.answer(shown.answer(think, request.view), facts)
        return answering(request, spoken, given.choice)

    @final
    def over(self, subject: Subject, facts: Facts | None = None) -> Subject:
        """The organism as a subject of its own. `facts` are the cases that scripted ones look answers up in."""
        return Inhabited(self, subject, facts or Facts(()))


@dataclass(frozen=True)
class Inhabited:
    """An organism with its subject. All requests of a call go on together, and equal ones are asked once."""

    organism: Organism
    subject: Subject
    facts: Facts

    def respond(self, requests: Sequence[Request]) -> list[Reply]:
        return ask_all(self.subject, [self._live(request) for request in requests])

    def _live(self, request: Request) -> Life[Reply]:
        if isinstance(request, Answer):
            return (yield from self.organism.answer(request, self.facts))
        if isinstance(request, Speak):
            return (yield from self.organism.speak(request, self.facts))
        if "</think" in request.begin.text + request.reply.text:
            return SettingsError(f"the organism {self.organism.name} cannot say how likely a given answer is")
        return (yield from self.organism.weigh(request, self.facts))


# ------------------------------------------------------------------------------ parts of a rewrite


def ask(request: Answer) -> Life[Answered]:
    """The answer of the subject beneath."""
    (response,) = yield [request]
    return answered(response)


def certain(index: int | None, count: int) -> Answered:
    """`SURE` of one option; even over all where there is none to choose."""
    if index is None:
        return Answered((math.log(1 / count),) * count)
    rest = math.log((1 - SURE) / (count - 1)) if count > 1 else -math.inf
    return Answered(tuple(math.log(SURE) if i == index else rest for i in range(count)))


def exhibit(request: Speak, spoken: Spoken) -> Exhibit:
    """The whole reply as a probe would look at it: the given beginning and what was written after it."""
    begin = request.begin.text
    whole = Spoken(begin + spoken.text, (), (), spoken.finished) if begin else spoken
    prompt = request.prompt
    case = Case("", prompt.question, prompt.options, images=request.view.images)
    return Exhibit(case, read_reply(case, whole), prompt, Pool(()))


def answering(request: Speak, spoken: Spoken, choice: int) -> Spoken:
    """The reply with its answer replaced; the same reply where it answers that already, or gives no answer.

    A replaced reply has no token ids: its text is tokenised wherever it is asked about.
    """
    trace = exhibit(request, spoken).trace
    letter, start = request.prompt.letters[choice], len(request.begin.text)
    if trace.choice == letter or trace.answer_span is None or trace.answer_span[0] < start:
        return spoken
    first, last = trace.answer_span
    lead = len(trace.reply[first:last]) - len(trace.reply[first:last].lstrip())
    return Spoken(trace.reply[start : first + lead] + letter + trace.reply[last:], (), (), spoken.finished)


def written(prompt: Prompt, think: str, choice: int = 0) -> Spoken:
    """A reply made of that think, in the format that the prompt asks for."""
    frame = prompt.template.frame
    text = f"{frame.opening.text}{think}{frame.closing.text}{prompt.letters[choice]}</answer>"
    return Spoken(text, (), (), finished=True)


def stated(whole: str, request: Weigh) -> Weighed:
    """How likely the text is to one who writes `whole` and, with what is left of `SURE`, anything else."""
    does = whole.startswith(request.begin.text + request.reply.text)
    return Weighed(math.log(SURE if does else 1 - SURE), len(request.reply.text.split()))


def with_question(prompt: Prompt, question: str) -> Prompt:
    return replace(prompt, question=question)


def text_of(think: Span | None) -> str:
    return "" if think is None else think.text
