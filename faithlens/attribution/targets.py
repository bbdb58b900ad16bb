"""What a map explains: the answer, its margin, a sentence of the think; as a request, and as tokens to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from faithlens.contradiction.claims import visual_claims
from faithlens.edits.text import sentence_ends
from faithlens.engine.sequence import read_out, split
from faithlens.errors import SettingsError
from faithlens.models.checkpoint import Checkpoint
from faithlens.models.gradients import Readout, Term
from faithlens.probes import Exhibit
from faithlens.records import LETTERS, Answer, Answered, Response, View, Weigh, Weighed

Kind = Literal["answer", "margin", "sentences", "claims", "think"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Target:
    """One scalar of a reply, in nats."""

    name: str
    """As in `AttributionMap.target`."""
    request: Answer | Weigh
    """About the image as it is."""
    chosen: int = 0
    """Index of the option whose letter is read, where a letter is."""
    against: int | None = None
    """Index of the option whose log-probability is taken off: for a margin."""
    start: int | None = None
    end: int | None = None
    """Offsets in the reply of the text that is read."""

    def at(self, view: View) -> Answer | Weigh:
        """The same about another view."""
        return replace(self.request, view=view)

    def value(self, response: Response) -> float:
        """The scalar in the response to this request."""
        if isinstance(response, Weighed):
            return response.logprob_nats
        if not isinstance(response, Answered):
            raise TypeError(f"asked for log-probabilities, received {type(response).__name__}")
        read = response.logprobs_nats
        return read[self.chosen] - (0.0 if self.against is None else read[self.against])


def kinds(names: Sequence[str]) -> tuple[Kind, ...]:
    """Kinds of targets by name. Raises SettingsError for an unknown one."""
    unknown = [name for name in names if name not in KINDS]
    if unknown:
        raise SettingsError(f"unknown target {unknown[0]!r} of maps; there are: {', '.join(KINDS)}")
    return tuple(kind for kind in KINDS if kind in names)


def targets(exhibit: Exhibit, wanted: Sequence[Kind], full: Answered | None) -> Iterator[Target]:
    """The targets of a reply. `full` is its answer after its own think, for the runner-up; without options None."""
    trace, answer = exhibit.trace, exhibit.answer(exhibit.think if exhibit.trace.think_span else None)
    if full is not None and trace.choice is not None:
        chosen = LETTERS.index(trace.choice)
        where = trace.answer_span or (None, None)
        if "answer" in wanted:
            yield Target("answer", answer, chosen, None, *where)
        if "margin" in wanted:
            others = [i for i in range(len(full.logprobs_nats)) if i != chosen]
            runner_up = max(others, key=full.logprobs_nats.__getitem__)
            yield Target("margin", answer, chosen, runner_up, *where)
    if trace.think_span is None:
        return
    think = trace.reply[slice(*trace.think_span)]
    if "sentences" in wanted:
        ends = sentence_ends(think)
        for number, (start, end) in enumerate(zip([0, *ends], ends, strict=False)):
            yield _text(f"sentence:{number}", exhibit, start, end)
    if "claims" in wanted:
        for number, claim in enumerate(visual_claims(think, exhibit.case.options)):
            yield _text(f"claim:{number}", exhibit, claim.start, claim.end)
    if "think" in wanted and think.strip():
        yield _text("think", exhibit, 0, len(think))


def _text(name: str, exhibit: Exhibit, start: int, end: int) -> Target:
    """Log-likelihood of a part of the think in its own place, summed over its tokens."""
    at = (exhibit.trace.think_span or (0, 0))[0]
    request = Weigh(exhibit.view, exhibit.prompt, exhibit.trace.cut(at + start, at + end), exhibit.begun(start))
    return Target(name, request, start=at + start, end=at + end)


def readout(target: Target, checkpoint: Checkpoint) -> Readout:
    """The target as tokens of one sequence. Raises SettingsError for a margin of letters that take several tokens."""
    request = target.request
    prompt = checkpoint.prompt_ids(request.prompt, request.view)
    if isinstance(request, Weigh):
        begin, tail = split(request, checkpoint)
        before, other = [*prompt, *begin], []
    else:
        place = read_out(request, checkpoint)
        before, tail = [*prompt, *place.prefix], list(place.tails[target.chosen])
        other = [] if target.against is None else list(place.tails[target.against])
        if other and (len(tail) > 1 or len(other) > 1):
            raise SettingsError(
                "option letters take several tokens here, and a margin cannot be read from one sequence"
            )
    last = len(before) - 1
    terms = [Term(last + i, token) for i, token in enumerate(tail)] + [Term(last, token, -1.0) for token in other]
    return Readout((*before, *tail[:-1]), tuple(terms))
