"""The words of faithlens as frozen values: case, view, prompt, request, trace, finding, verdict."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, get_args

if TYPE_CHECKING:
    from PIL import Image

LETTERS = "ABCDEFGHIJ"
"""Option letters; the published evaluation files letter at most ten options."""

Box: TypeAlias = tuple[float, float, float, float]
"""(left, top, right, bottom) in pixels of the stored image."""

Axis = Literal[
    "contradictory",
    "unsupported",
    "post_hoc",
    "empty",
    "image_blind",
    "ungrounded",
    "hidden_cue",
    "unstable",
    "malformed",
]
AXES: tuple[Axis, ...] = get_args(Axis)

ParseStatus = Literal[
    "ok",
    "no_think",
    "empty_think",
    "no_answer",
    "out_of_options",
    "multiple_answers",
    "truncated",
    "answer_before_think",
    "free_text",
]
PARSE_STATUSES: tuple[ParseStatus, ...] = get_args(ParseStatus)


# ---------------------------------------------------------------------------- what is asked about


@dataclass(frozen=True)
class Case:
    """One question about one image (or several), as its source gives it."""

    id: str
    question: str
    options: tuple[str, ...] = ()
    """Option texts without letters; empty for an open-ended question."""
    key: str | None = None
    """Letter of the right option, where the source knows it."""
    answer: str | None = None
    """Text of the right answer as the source writes it."""
    images: tuple[str, ...] = ()
    """Absolute paths."""
    modality: str | None = None
    anatomy: str | None = None
    question_type: str | None = None
    boxes_xyxy_px: tuple[Box, ...] = ()
    """Regions of interest on the first image."""
    group: str | None = None
    """Patient, or whatever unit makes cases dependent on each other."""
    source: str = ""
    origin: str = ""
    """Where the case was read: file and row."""

    @property
    def letters(self) -> str:
        return LETTERS[: len(self.options)]


class ImageEdit(Protocol):
    """A pure, hashable edit of one image: same input, same output."""

    def __call__(self, image: Image.Image) -> Image.Image: ...


@dataclass(frozen=True)
class View:
    """The image as shown in a request. `View()` shows none."""

    images: tuple[str, ...] = ()
    edits: tuple[ImageEdit, ...] = ()
    """Applied in order, to every image."""


# ---------------------------------------------------------------------------------- what is asked


@dataclass(frozen=True)
class Span:
    """Text of a reply, with the token ids that the model itself wrote for it.

    `ids` may cover only the beginning of `text` (a token can straddle the end of a span); the rest is
    tokenised together with what follows. Without ids the whole text is tokenised.
    """

    text: str = ""
    ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Frame:
    """What stands around a think: before it, between it and the answer, and before an answer without one."""

    opening: Span
    closing: Span
    direct: Span


@dataclass(frozen=True)
class Template:
    """A published prompt, byte for byte, with the reply format that it asks for."""

    name: str
    user: str
    """`{Question}` stands for the question and its lettered options."""
    frame: Frame
    system: str | None = None
    """None leaves the system turn to the checkpoint's chat template."""


@dataclass(frozen=True)
class Prompt:
    """One question in one template; options in the order in which they are lettered."""

    template: Template
    question: str
    options: tuple[str, ...] = ()

    @property
    def letters(self) -> str:
        return LETTERS[: len(self.options)]

    @property
    def problem(self) -> str:
        """Question and options as MedVLM-R1's evaluation file writes them."""
        lettered = (f"{letter}) {option}" for letter, option in zip(self.letters, self.options, strict=True))
        return "\n".join([self.question, *lettered])

    @property
    def user(self) -> str:
        return self.template.user.replace("{Question}", self.problem)


@dataclass(frozen=True)
class Answer:
    """Ask for the log-probability of each option letter after a given think."""

    view: View
    prompt: Prompt
    think: Span | None = None
    """None: no think at all, the reply opens with the answer. `Span()`: an empty think."""
    frame: Frame | None = None
    """None: the template's own."""


@dataclass(frozen=True)
class Speak:
    """Ask for a reply, or for the rest of a reply that begins as given."""

    view: View
    prompt: Prompt
    begin: Span = Span()
    max_new_tokens: int = 512
    temperature: float = 0.0
    """0 is greedy."""
    seed: int = 0
    """The text depends on this seed alone, never on what else is asked. Greedy replies ignore it."""


@dataclass(frozen=True)
class Weigh:
    """Ask for the log-likelihood of a given reply, or of its part after `begin`."""

    view: View
    prompt: Prompt
    reply: Span
    begin: Span = Span()


Request: TypeAlias = Answer | Speak | Weigh


@dataclass(frozen=True)
class Attribute:
    """Ask for a map: how much each tile of the image speaks for what a request reads.

    A subject is never asked this itself, but about the image without each tile. So every subject has maps, and those of
    an organism are what its rewrite says.
    """

    of: Answer | Weigh
    option: int = 0
    """Index of the option whose log-probability is explained, where `of` is an `Answer`."""
    rows: int = 4
    cols: int = 4


@dataclass(frozen=True)
class Answered:
    """Log-probabilities of the options, in the order of the request's prompt."""

    logprobs_nats: tuple[float, ...]
    """Over the whole vocabulary, so they do not sum to one."""

    @property
    def probs(self) -> tuple[float, ...]:
        """Probabilities among the options: a softmax over `logprobs_nats`."""
        top = max(self.logprobs_nats)
        weights = [math.exp(value - top) for value in self.logprobs_nats]
        return tuple(weight / sum(weights) for weight in weights)

    @property
    def choice(self) -> int:
        """Index of the likeliest option; the first of equals."""
        return self.logprobs_nats.index(max(self.logprobs_nats))


@dataclass(frozen=True)
class Spoken:
    """A reply as the model wrote it, without the given beginning and without special tokens."""

    text: str
    ids: tuple[int, ...]
    starts: tuple[int, ...]
    """Offset in `text` at which each token begins."""
    finished: bool
    """False: cut off at `max_new_tokens`."""


@dataclass(frozen=True)
class Weighed:
    """Log-likelihood of a text, summed over its tokens."""

    logprob_nats: float
    tokens: int


Response: TypeAlias = Answered | Spoken | Weighed


@dataclass(frozen=True)
class Attributed:
    """A map of one scalar over tiles of the image."""

    rows: int
    cols: int
    values: tuple[float, ...]
    """Row by row: nats that the scalar loses without that tile; positive speaks for it."""
    effect_nats: float
    """What the scalar loses without the whole image."""

    @property
    def grid(self) -> tuple[int, int]:
        return self.rows, self.cols


# ------------------------------------------------------------------------------ what is found out


@dataclass(frozen=True)
class Trace:
    """One reply of the model to one case, and what the parser reads in it."""

    case_id: str
    reply: str
    status: ParseStatus
    choice: str | None = None
    """Letter of the option that was answered; None where no careful reader could tell."""
    think_span: tuple[int, int] | None = None
    """Offsets of the think in `reply`, without its tags."""
    answer_span: tuple[int, int] | None = None
    """Offsets of the answer's content in `reply`, without its tags."""
    reply_ids: tuple[int, ...] = ()
    """Token ids as generated; empty for replies that another harness collected."""
    reply_starts: tuple[int, ...] = ()
    """Offset in `reply` at which each token begins."""
    finished: bool = True
    """False: cut off at `max_new_tokens`."""
    max_new_tokens: int | None = None
    temperature: float | None = None
    seed: int | None = None
    rollout: int = 0
    """Counts the replies to one case from 0; an audit of its own asks for one."""

    @property
    def think(self) -> str | None:
        return None if self.think_span is None else self.reply[slice(*self.think_span)]

    @property
    def answer(self) -> str | None:
        return None if self.answer_span is None else self.reply[slice(*self.answer_span)]

    def cut(self, start: int, end: int) -> Span:
        """Text `reply[start:end]` with those of its ids that lie wholly inside, from its first character on."""
        if not self.reply_starts:
            return Span(self.reply[start:end])
        ends = (*self.reply_starts[1:], len(self.reply))
        inside = [i for i, (a, b) in enumerate(zip(self.reply_starts, ends, strict=True)) if a >= start and b <= end]
        if not inside or self.reply_starts[inside[0]] != start:
            return Span(self.reply[start:end])
        return Span(self.reply[start:end], tuple(self.reply_ids[i] for i in inside))


Role = Literal["supports", "denies", "conclusion", "suggests", "hedge", "claim", "cue"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True)
class Mark:
    """Characters `start` up to `end` of a reply, and what they do there."""

    start: int
    end: int
    role: Role
    option: int | None = None
    """Index of the option that they do it for, if it is one."""


@dataclass(frozen=True)
class Arm:
    """One arm of a probe as a reader may see it: what was shown, and how the options stood."""

    label: str
    """What was changed, in plain words."""
    images: tuple[str, ...]
    """Absolute paths; none where no image was shown."""
    edits: tuple[str, ...]
    """Applied to each image in order, as `faithlens.edits.stored` writes and reads them."""
    probs: tuple[float, ...]
    """Of the case's own options, in the case's own order."""
    kept: float = 1.0
    """Share of the think that was kept, in [0, 1]."""


@dataclass(frozen=True)
class Finding:
    """One probe's result for one trace."""

    case_id: str
    probe: str
    axis: Axis
    score: float
    """In [0, 1], 1 = most unfaithful; NaN where the probe does not apply, with a reason."""
    reason: str = ""
    """Why there is no score; empty where there is one."""
    flagged: bool | None = None
    """What the published cut-off says; None where there is none or no score."""
    evidence: str = ""
    """One sentence for a reader. It may quote the model: escape it wherever it is shown."""
    metrics: Mapping[str, float] = field(default_factory=dict[str, float])
    version: int = 1
    rollout: int = 0
    marks: tuple[Mark, ...] = ()
    """The words of the reply that decide."""
    arms: tuple[Arm, ...] = ()
    """What was asked, where a reader gains by seeing it."""


@dataclass(frozen=True)
class Verdict:
    """Per case and axis: a calibrated probability, or why there is none."""

    case_id: str
    axis: Axis
    probability: float
    """NaN: cannot tell."""
    reason: str = ""
    probes: tuple[str, ...] = ()
    """Names of the probes that the verdict rests on."""
    rollout: int = 0
    flagged: bool | None = None
    """Whether the probability passes a threshold that at most 5 % of sound calibration replies pass, and .5."""


@dataclass(frozen=True)
class AttributionMap:
    """How much each merged image token moves a target, as one method sees it."""

    case_id: str
    method: str
    target: str
    """"answer" (log-probability of the chosen option), "margin" (to the runner-up), "sentence:3", "claim:0"."""
    rows: int
    cols: int
    values: tuple[float, ...]
    """Row by row, in the method's own unit; positive speaks for the target. Empty where there is no map."""
    reason: str = ""
    """Why there is no map; empty where there is one."""
    start: int | None = None
    """Offsets in the reply of the text that the target stands for, where it is text."""
    end: int | None = None
    delta: float = math.nan
    """What the map leaves unexplained of the target's change, as a share of it; NaN where the method promises none."""
    evaluations: int = 0
    rollout: int = 0


@dataclass(frozen=True)
class MapExam:
    """What one exam found of one attribution method on this checkpoint."""

    method: str
    exam: str
    cases: int
    value: float
    """NaN where the exam could not be held, with a reason."""
    low: float = math.nan
    high: float = math.nan
    """95 % interval."""
    passed: bool | None = None
    """None: it informs, but decides nothing."""
    reason: str = ""


@dataclass(frozen=True)
class Enrichment:
    """How much oftener a stratum is met in a cluster than outside it."""

    stratum: str
    """As in "modality: CT"."""
    odds_ratio: float
    """With half a reply added to each cell, so that it is finite."""
    q: float
    """Fisher's exact p after Benjamini-Hochberg over all strata and clusters."""
    inside: float
    """Share of the cluster's replies that are of the stratum, in [0, 1]."""
    outside: float
    """The same of all other replies."""


@dataclass(frozen=True)
class ClusterCard:
    """What one cluster of replies has in common."""

    cluster: int
    size: int
    axis: Axis | None
    """The failure that sets it apart; None where none does."""
    terms: tuple[str, ...]
    """Telling terms of the thinks, the most telling first."""
    enriched: tuple[Enrichment, ...]
    exemplars: tuple[str, ...]
    """Case ids, one a case, nearest the medoid first."""
    stability: float
    """Mean over bootstraps of the best Jaccard overlap with a cluster found there, in [0, 1]; NaN without any."""


@dataclass(frozen=True)
class Member:
    """Where one failing reply stands among the clusters."""

    case_id: str
    cluster: int
    """-1: in none."""
    x: float
    y: float
    """A place in two dimensions, for drawing only."""
    rollout: int = 0


@dataclass(frozen=True)
class BadRow:
    """A row of the user's files that the audit leaves out."""

    file: str
    row: str
    reason: str


@dataclass(frozen=True)
class ImageFile:
    """One image that an audit showed."""

    path: str
    sha256: str
    """Of the file's bytes."""
