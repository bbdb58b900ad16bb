"""Where the think and the answers of a reply lie, whatever its tags have been through."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

from faithlens.prompts import PUBLISHED

Span = tuple[int, int]

_TAG = re.compile(
    r"(?:<|&lt;|＜)\s{0,4}(/?)\s{0,4}(?:(think|thinking|thought|analysis|reasoning)|(answer))\s{0,4}(?:>|&gt;|＞)"
    r"|(<unused94>(?:[ \t]{0,4}thought\b)?)|(<unused95>)",
    re.IGNORECASE,
)
_INNER = re.compile(r"</?\s{0,4}[A-Za-z_]{2,20}\s{0,4}/?>")
_BROKEN = re.compile(r"(?:<|&lt;)\s{0,4}/?\s{0,4}([A-Za-z]{0,9})\s{0,4}\Z", re.IGNORECASE)
_MENTION = re.compile(
    r"<(think|answer)>\s{0,4}(?:\.\.\.|…)?\s{0,4}</\1>(?=\s{0,4}tags?\b| and (?:the|final) (?:answer|choice))",
    re.IGNORECASE,
)
_TURN = re.compile(r"<\|im_start\|>assistant\s|<start_of_turn>model\s|\n(?:assistant|ASSISTANT|Assistant):?[ \t]*\n")
_REQUESTS = (
    *(template.user.split("{Question}")[-1] for template in PUBLISHED.values()),
    "Your task: provide the correct single-letter choice (A, B, C, D,...).",
    "Answer with the option's letter from the given choices directly.",
    'put the letter in one "\\boxed{}".',
    "Please select the correct answer from the options above.",
)
_ECHO = re.compile("|".join(r"\s+".join(map(re.escape, text.split())) for text in _REQUESTS if text.strip()))
"""What published prompts end with; the reply proper begins after it where a harness left the prompt in front."""


@dataclass(frozen=True)
class Tag:
    kind: Literal["think", "answer"]
    closes: bool
    start: int
    end: int


@dataclass(frozen=True)
class Block:
    """The content of one answer tag."""

    start: int
    end: int
    closed: bool
    opens: int
    """Offset of its opening tag."""


@dataclass(frozen=True)
class Layout:
    begin: int
    """Where the reply proper begins, behind an echoed prompt."""
    end: int
    """Where it ends, before a tag that was broken off."""
    think: Span | None
    think_closed: bool
    think_opens: int
    """Offset at which the markup of the think begins."""
    after_think: int
    """Offset at which its markup ends."""
    answers: tuple[Block, ...]
    breaks_off: bool
    """The reply ends in the middle of a tag."""


def lay_out(reply: str) -> Layout:
    """Think and answers of a reply by their tags alone; untagged parts are left to the caller."""
    echoes = [match.span() for match in _ECHO.finditer(reply)]
    starts = [start for start, _ in echoes]
    mentions = (match.span() for match in _MENTION.finditer(reply))
    quoted = sorted([*echoes, *(mention for mention in mentions if not _within(mention[0], echoes, starts))])
    tags = _tags(reply, quoted)
    begin = _behind_echo(reply, echoes, tags[0].start if tags else len(reply))
    end, breaks_off = _before_broken_tag(reply, begin)
    blocks = _answer_blocks(tags, begin, end)
    think = _think(reply, tags, begin, end)
    if think is None:
        return Layout(begin, end, None, False, begin, begin, tuple(blocks), breaks_off)
    # a draft inside the think is no answer, unless it is what the think ends with and none follows
    outside = [block for block in blocks if not think.opens <= block.opens < think.after]
    if outside or not blocks:
        return think.laid_out(begin, end, tuple(outside), breaks_off)
    last = blocks[-1]
    if not reply[_past_closing(tags, last) : think.end].strip():
        shown = Think(think.opens, think.start, last.opens, think.after, True)
        return shown.laid_out(begin, end, (last,), breaks_off)
    if think.opens == think.start:
        # nothing opened this think: an answer, then a stray closing tag
        return Layout(begin, end, None, False, begin, begin, tuple(blocks), breaks_off)
    return think.laid_out(begin, end, (), breaks_off)


@dataclass(frozen=True)
class Think:
    opens: int
    start: int
    end: int
    after: int
    closed: bool

    def laid_out(self, begin: int, end: int, answers: tuple[Block, ...], breaks_off: bool) -> Layout:
        start = min(self.start, self.end)
        if self.opens == self.start and self.start == self.end:
            return Layout(begin, end, None, False, begin, begin, answers, breaks_off)
        return Layout(begin, end, (start, self.end), self.closed, self.opens, self.after, answers, breaks_off)


def _behind_echo(reply: str, echoes: list[Span], first_tag: int) -> int:
    """Where an echoed prompt ends. Instructions that the think itself recites are no echo."""
    turns = (match.span() for match in _TURN.finditer(reply, 0, first_tag))
    return max((end for start, end in (*echoes, *turns) if start < first_tag), default=0)


def _within(offset: int, spans: list[Span], starts: list[int]) -> bool:
    """Whether an offset lies in one of the spans, which are sorted and apart."""
    before = bisect_right(starts, offset) - 1
    return before >= 0 and offset < spans[before][1]


def _tags(reply: str, quoted: list[Span]) -> list[Tag]:
    """The tags of a reply, without those that instructions quote."""
    starts = [start for start, _ in quoted]
    found: list[Tag] = []
    for match in _TAG.finditer(reply):
        if _within(match.start(), quoted, starts):
            continue
        found.append(Tag("answer" if match[3] else "think", bool(match[1] or match[5]), *match.span()))
    return found


def _before_broken_tag(reply: str, begin: int) -> tuple[int, bool]:
    broken = _BROKEN.search(reply, max(begin, len(reply) - 24))
    names = ("think", "thinking", "thought", "answer")
    if broken and any(name.startswith(broken[1].lower()) for name in names):
        return broken.start(), True
    return len(reply), False


def _answer_blocks(tags: list[Tag], begin: int, end: int) -> list[Block]:
    blocks: list[Block] = []
    for i, tag in enumerate(tags):
        before, after = tags[i - 1] if i else None, tags[i + 1] if i + 1 < len(tags) else None
        if tag.kind != "answer":
            continue
        if not tag.closes:
            blocks.append(Block(tag.end, after.start if after else max(end, tag.end), after is not None, tag.start))
        elif before is None or (before.kind == "think" and before.closes):
            # its opening tag is missing
            start = before.end if before else begin
            blocks.append(Block(start, tag.start, True, start))
    return blocks


def _past_closing(tags: list[Tag], block: Block) -> int:
    closing = next((tag for tag in tags if tag.start == block.end), None)
    return closing.end if closing and closing.kind == "answer" else block.end


def _think(reply: str, tags: list[Tag], begin: int, end: int) -> Think | None:
    """The think by its tags; several blocks with no answer between them count as one."""
    first = next((i for i, tag in enumerate(tags) if tag.kind == "think"), None)
    if first is None:
        return None
    missing_opening = tags[first].closes
    opens, start = (begin, begin) if missing_opening else (tags[first].start, tags[first].end)
    if missing_opening and not _INNER.sub("", reply[begin : tags[first].start]).strip():
        return None
    next_think_closes = _next_think_closes(tags)
    closed_at: Tag | None = None
    inside = True
    for i in range(first if missing_opening else first + 1, len(tags)):
        tag = tags[i]
        if tag.kind == "think":
            closed_at, inside = (tag, False) if tag.closes else (closed_at, True)
        elif not tag.closes and not inside:
            break
        elif not tag.closes and not next_think_closes[i]:
            # its closing tag is missing, or was written as another opening one
            before = tags[i - 1]
            swapped = before.kind == "think" and before.start >= start and not reply[before.end : tag.start].strip()
            return Think(opens, start, before.start if swapped else tag.start, tag.start, True)
    if inside or closed_at is None:
        return Think(opens, start, max(start, end), len(reply), False)
    return Think(opens, start, closed_at.start, closed_at.end, True)


def _next_think_closes(tags: list[Tag]) -> list[bool]:
    """For each tag whether the next think tag after it is a closing one."""
    closes: list[bool] = []
    following = False
    for tag in reversed(tags):
        closes.append(following)
        if tag.kind == "think":
            following = tag.closes
    return closes[::-1]


def without_tags(text: str) -> str:
    """The text with every tag blanked out, at unchanged offsets."""
    return _INNER.sub(lambda tag: " " * len(tag[0]), _TAG.sub(lambda tag: " " * len(tag[0]), text))
