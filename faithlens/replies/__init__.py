r"""Raw reply -> think, answer, choice, parse status.

A reply in the form that MedVLM-R1 was trained to write::

    <think>
        The scan shows an irregular cartilage surface ...
    </think>

    <answer>A</answer>

Everything else happens too. Where several oddities meet, the first of these that holds is the status:

1. `truncated`            no complete answer, and the reply is unfinished or breaks off: inside its think, or at
                          or inside its answer. A letter or a whole option that is visible behind `<answer>` is
                          complete, unless the reply is known to be unfinished.
2. `multiple_answers`     different options are answered, or a letter and an option text that disagree
3. `out_of_options`       a letter beyond the options, or a text that is none of them
4. `no_answer`            nothing is answered: no answer, an empty one, or a refusal
5. `answer_before_think`  every answer stands before the think
6. `empty_think`          the think holds no word
7. `free_text`            no tagged think; untagged prose that gives an answer
8. `no_think`             no think at all; the answer alone, tagged or bare
9. `ok`

What is read where: answer tags before anything untagged; behind the think before in front of it; what the reply itself
marks as its answer (`### The final answer is:`, `\boxed{}`, a JSON field) before what its prose says. An answer tag
inside the think is a draft, unless the think ends with it and no other follows. A later answer tag never corrects
an earlier one, but prose may correct itself ("A. No, wait: B"). Chiron-o1's steps in front of its final-answer heading
are a think. An open-ended question has no choice; whatever answers it is `ok` by the same rules.
"""

from __future__ import annotations

from dataclasses import dataclass

from faithlens.records import Case, ParseStatus, Spoken, Trace
from faithlens.replies.choices import is_bare, read
from faithlens.replies.layout import Block, Layout, Span, lay_out, without_tags
from faithlens.replies.mentions import NOTHING, Reading
from faithlens.replies.statements import Statement, concise, insisted, marked, merged, stated
from faithlens.replies.wording import Options

__all__ = ["Parsed", "parse", "trace"]


@dataclass(frozen=True)
class Parsed:
    """What a careful reader takes from one reply."""

    status: ParseStatus
    choice: str | None = None
    """Letter of the option that was answered; None where no careful reader could tell."""
    think_span: tuple[int, int] | None = None
    """Offsets of the think in the given reply, without its outer tags."""
    answer_span: tuple[int, int] | None = None
    """Offsets of the answer's content in the given reply, without its tags."""


def parse(reply: str, options: tuple[str, ...], finished: bool = True) -> Parsed:
    """Think, answer, choice and status of any reply; never raises. `finished=False`: cut off by a token limit."""
    known = Options(options)
    layout = lay_out(reply)
    found = _tagged(reply, layout, known, finished) if layout.answers else None
    if found is None:
        # answer tags that say nothing: only what stands outside of them is left to read
        outside = reply
        for block in layout.answers[-8:]:
            outside = outside[: block.start] + " " * (block.end - block.start) + outside[block.end :]
        found = _untagged(outside, layout, known, finished)
    return _judge(found, reply, known)


def trace(
    case: Case,
    reply: str | Spoken,
    *,
    max_new_tokens: int | None = None,
    temperature: float | None = None,
    seed: int | None = None,
    rollout: int = 0,
) -> Trace:
    """The reply to a case as a trace, parsed: as a subject spoke it, or as text that is all there is."""
    spoken = Spoken(reply, (), (), finished=True) if isinstance(reply, str) else reply
    parsed = parse(spoken.text, case.options, spoken.finished)
    return Trace(
        case.id,
        spoken.text,
        parsed.status,
        parsed.choice,
        parsed.think_span,
        parsed.answer_span,
        spoken.ids,
        spoken.starts,
        spoken.finished,
        max_new_tokens,
        temperature,
        seed,
        rollout,
    )


# ------------------------------------------------------------------------------ from reply to answer


@dataclass(frozen=True)
class _Found:
    """An answer, and what stands around it."""

    reading: Reading
    answer: Span | None
    think: Span | None
    broken_off: bool = False
    """No complete answer, and more was to come."""
    first: bool = False
    """The answer stands before the think."""
    prose: bool = False
    """It is part of untagged prose."""


def _tagged(reply: str, layout: Layout, options: Options, finished: bool) -> _Found | None:
    """What the answer tags say; None where they say nothing and more text may."""
    readings = [(block, _content(reply, block, options)) for block in layout.answers]
    complete = [
        (block, reading)
        for block, reading in readings
        if not reading.says_nothing and (block.closed or (finished and _visible(reply, block, reading, options)))
    ]
    if not complete:
        block, reading = readings[-1]
        if not block.closed:
            return _Found(reading, (block.start, block.end), layout.think, broken_off=True)
        return None
    last, _ = complete[-1]
    statements = [Statement(block.start, block.end, reading) for block, reading in complete]
    if options.texts:
        statements.extend(insisted(reply[last.end : layout.end], options))
    first = layout.think is not None and all(block.opens < layout.think_opens for block, _ in complete)
    return _Found(merged(statements).reading, (last.start, last.end), layout.think, first=first)


def _content(reply: str, block: Block, options: Options) -> Reading:
    content = reply[block.start : block.end]
    inner = marked(content, options)
    return merged(inner).reading if inner else read(content, options)


def _visible(reply: str, block: Block, reading: Reading, options: Options) -> bool:
    """Whether an answer without closing tag is all there: its letter, or an option that nothing could continue."""
    content = reply[block.start : block.end]
    return bool(options.texts and reading.letters) and not (options.equal(content) and options.continues(content))


def _untagged(reply: str, layout: Layout, options: Options, finished: bool) -> _Found:
    """What the text outside of answer tags says: behind the think, else in front of it."""
    if layout.think is None:
        return _without_think(reply, layout, options, finished)
    empty = (layout.answers[-1].start, layout.answers[-1].end) if layout.answers else None
    behind = stated(without_tags(reply[layout.after_think : layout.end]), options)
    if layout.think_closed and behind:
        answer = _moved(behind, layout.after_think)
        return _Found(behind.reading, answer, layout.think, broken_off=not (finished or behind.closed))
    shown = None if layout.think_closed or not finished else _shown_in_think(reply, layout.think, options)
    if shown:
        return shown
    before = concise(reply[layout.begin : layout.think_opens], options)
    if before:
        return _Found(before.reading, _moved(before, layout.begin), layout.think, first=True)
    broken_off = not finished or not layout.think_closed or layout.breaks_off
    return _Found(NOTHING, empty, layout.think, broken_off)


def _shown_in_think(reply: str, think: Span, options: Options) -> _Found | None:
    """A think without closing tag whose last line gives the answer."""
    begin, end = think
    line = max(begin, reply.rstrip().rfind("\n", begin, end) + 1)
    shown = concise(reply[line:end], options)
    if not shown or not shown.reading.letters:
        return None
    if not is_bare(reply[line + shown.start : line + shown.end], options) or any(
        c.isalnum() for c in reply[line + shown.end : end]
    ):
        return None
    if not _has_words(reply, (begin, line + shown.opens)):
        return None
    return _Found(shown.reading, _moved(shown, line), (begin, line + shown.opens))


def _without_think(reply: str, layout: Layout, options: Options, finished: bool) -> _Found:
    empty = (layout.answers[-1].start, layout.answers[-1].end) if layout.answers else None
    found = stated(without_tags(reply[layout.begin : layout.end]), options)
    if found is None:
        return _Found(NOTHING, empty, None, broken_off=not finished or layout.breaks_off)
    broken_off = not (finished or found.closed)
    steps = (layout.begin, layout.begin + found.opens)
    answer = _moved(found, layout.begin)
    if found.headed and _has_words(reply, steps):
        return _Found(found.reading, answer, steps, broken_off)
    return _Found(found.reading, answer, None, broken_off, prose=not found.bare)


def _moved(statement: Statement, by: int) -> Span:
    return statement.start + by, statement.end + by


# ------------------------------------------------------------------------------ from answer to status


def _judge(found: _Found, reply: str, options: Options) -> Parsed:
    """The status by the precedence that the module states."""
    letters = found.reading.letters
    choice = letters[0] if len(letters) == 1 and letters[0] in options.letters else None
    status: ParseStatus
    if found.broken_off:
        status = "truncated"
    elif len(letters) > 1:
        status = "multiple_answers"
    elif found.reading.outside or (letters and choice is None and options.texts):
        status = "out_of_options"
    elif not letters:
        status = "no_answer"
    else:
        status = _about_think(found, reply)
    return Parsed(status, choice, found.think, found.answer)


def _about_think(found: _Found, reply: str) -> ParseStatus:
    if found.think is None:
        return "free_text" if found.prose else "no_think"
    if found.first:
        return "answer_before_think"
    return "ok" if _has_words(reply, found.think) else "empty_think"


def _has_words(reply: str, span: Span) -> bool:
    """Whether a span holds any letter or digit besides tags."""
    return any(character.isalnum() for character in without_tags(reply[slice(*span)]))
