"""Where a text without answer tags says what the answer is."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from faithlens.replies.choices import is_bare, read, refuses
from faithlens.replies.mentions import NOTHING, Reading, corrects, mentioned
from faithlens.replies.wording import READ_CHARS, Options, tidy, vocabulary, words

_MARKER = re.compile(
    r"#{1,6}[ \t*]{0,4}(?:the[ \t]+)?final[ \t]+answer(?:[ \t]+is)?[ \t*]{0,4}:?[ \t*]{0,4}", re.IGNORECASE
)
_HEADING = re.compile(r"\n[ \t]{0,4}#{1,6}[ \t]")
_BOX = re.compile(r"\\boxed\s{0,4}\{|\\fbox\s{0,4}\{")
_FIELD = re.compile(
    r"[\"'](?:final[_ ])?(?:answer|choice|option|prediction)(?:[_ ](?:letter|label|choice))?[\"']\s{0,8}:\s{0,8}"
    r"(?:\[\s{0,8})?(?:\"([^\"\n]{0,400})\"|'([^'\n]{0,400})'|([A-Za-z0-9]{1,20}))",
    re.IGNORECASE,
)
_TAIL = re.compile(r"[\s*_(\"'`\[]{0,6}((?:[A-Za-z][.):](?=[\s*]))?(?:[^\n.!?]|\.(?=\d)){0,300})")
_SAID = re.compile(
    r"(?:\b(?:answer|option|choice|prediction|diagnosis)\b(?:\s(?:to\sth(?:e|is)\squestion|here|option|choice))?"
    r"[\s*_\"'`]{0,4}(?:is\b|was\b|(?:would|should|must|will|has\sto)\sbe\b|[:=：]|->|→)\s?:?"
    r"|\bi(?:\s(?:would|will)|'d|'ll)?\s(?:choose|select|pick|go\swith|opt\sfor)\b"
    r"|(?:正确|最终)?答案(?:是|为|选)?[:：]?|故选[:：]?)",
    re.IGNORECASE,
)
_CONCLUDED = re.compile(r"\b(?:therefore|thus|hence|so|in\sconclusion|conclusion)\b[,:]?", re.IGNORECASE)
_CORRECT = re.compile(
    r"\b(?:is|are|seems|appears\sto\sbe|must\sbe)\s(?:therefore\s|thus\s|clearly\s)?(?:the\s|most\s)*"
    r"(?:correct|right|best|(?:most\s)?likely|(?:most\s)?appropriate)(?:\s(?:answer|option|choice|diagnosis))?\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"\b(?:if|whether|why|not|unless|could|might)\b(?:\s[^\s.]{1,20}){0,4}\s?$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?\n](?=\s|$)")
_ANSWER_CHARS = 800
"""How much text can be one answer under a heading."""
_LAST_CUES = 400
"""A model that repeats itself without end has said all it has to say in its last sentences."""
_VAGUE = vocabulary(
    "clear obvious based in on to from not unknown uncertain unclear given found visible simple likely supported"
    " consistent probably that as follows within one"
)
_SENTENCE = vocabulary("is are was were shows show seen has have please i you can see there this that")


@dataclass(frozen=True)
class Statement:
    """One place that says what the answer is: offsets of its content, and how it reads."""

    start: int
    end: int
    reading: Reading
    marked: bool = False
    """Boxed, headed or in a JSON field: the reply itself says that this is the answer."""
    bare: bool = False
    """Nothing else stands in the text: no reasoning."""
    headed: bool = False
    """It stands under a heading of its own."""
    opens: int = 0
    """Offset at which its markup begins."""

    @property
    def closed(self) -> bool:
        """Its own markup says where it ends."""
        return self.marked and not self.headed


def stated(text: str, options: Options) -> Statement | None:
    """How a text without answer tags answers; None where it does not."""
    found = marked(text, options)
    if found:
        return merged(found)
    start, end = _trimmed(text)
    whole = text[start:end]
    if not any(character.isalnum() for character in whole):
        return None
    if not options.texts:
        reading = read(whole, options)
        bare = len(words(tidy(whole))) <= 8 and "\n" not in whole
        return None if reading.says_nothing else Statement(start, end, reading, bare=bare, opens=start)
    if is_bare(whole, options):
        return Statement(start, end, read(whole, options), bare=True, opens=start)
    if options.yes_no and options.opening(tidy(whole))[0]:
        return Statement(start, end, read(whole, options), opens=start)
    said = _said(text, options)
    if said:
        return said
    last = _last_line(text, options) or _first_word(text, options)
    if last:
        return last
    named = mentioned(tidy(whole), options)
    if named and len(named.letters) == 1 and named.letters[0] in options.letters:
        return Statement(start, end, named, opens=start)
    content = [word.norm for word in words(tidy(whole))]
    phrase = len(content) <= 6 and _SENTENCE.isdisjoint(content)
    if named and named.letters and phrase:
        return Statement(start, end, named, bare=True, opens=start)
    if named is None and phrase and "\n" not in whole and not refuses(whole):
        return Statement(start, end, Reading(outside=True), bare=True, opens=start)
    return None


def insisted(text: str, options: Options) -> list[Statement]:
    """What a text says of the answer in so many words, beyond merely naming options."""
    found = marked(text, options)
    said = None if found else _said(text, options)
    return [said] if said else found


def concise(text: str, options: Options) -> Statement | None:
    """The answer of a text that is an answer and nothing else, or that gives it in so many words."""
    found = insisted(text, options)
    if found:
        return merged(found)
    start, end = _trimmed(text)
    if start == end or not options.texts or not is_bare(text[start:end], options):
        return None
    return Statement(start, end, read(text[start:end], options), bare=True, opens=start)


def marked(text: str, options: Options) -> list[Statement]:
    r"""Answers that the text itself marks: `### The final answer is:`, `\boxed{}`, a JSON field."""
    found: list[Statement] = []
    for match in list(_MARKER.finditer(text))[-_LAST_CUES // 20 :]:
        heading = _HEADING.search(text, match.end(), match.end() + _ANSWER_CHARS)
        start, end = _trimmed(text, match.end(), heading.start() if heading else match.end() + _ANSWER_CHARS)
        if start < end:
            inner = _boxes(text[start:end], options)
            reading = _merged_reading([s.reading for s in inner]) if inner else read(text[start:end], options)
            found.append(replace(_marked(text, match.start(), start, end, reading), headed=True))
    if found:
        return found
    found = _boxes(text, options)
    if found:
        return found
    for match in _FIELD.finditer(text):
        start, end = next(match.span(i) for i in (1, 2, 3) if match[i] is not None)
        found.append(_marked(text, match.start(), start, end, read(text[start:end], options)))
    return found


def merged(statements: list[Statement]) -> Statement:
    """The one statement that several make together: equal letters agree, different ones stay several."""
    last = next((s for s in reversed(statements) if not s.reading.says_nothing), statements[-1])
    reading = _merged_reading([s.reading for s in statements])
    return Statement(last.start, last.end, reading, last.marked, last.bare, last.headed, statements[0].opens)


def _merged_reading(readings: list[Reading]) -> Reading:
    letters = tuple(sorted({letter for reading in readings for letter in reading.letters}))
    return Reading(letters, outside=not letters and any(reading.outside for reading in readings))


def _marked(text: str, opens: int, start: int, end: int, reading: Reading) -> Statement:
    before, after = text[:opens].strip(" \n\t{[$*`"), text[end:].strip(" \n\t}])$*`.\"'")
    return Statement(start, end, reading, marked=True, bare=before in ("", "json") and not after, opens=opens)


def _boxes(text: str, options: Options) -> list[Statement]:
    found: list[Statement] = []
    at = 0
    while match := _BOX.search(text, at):
        depth, end = 1, match.end()
        limit = min(len(text), match.end() + READ_CHARS // 4)
        while end < limit and depth:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        close = end - 1 if depth == 0 else end
        found.append(_marked(text, match.start(), match.end(), close, read(text[match.end() : close], options)))
        at = end
    return found


def _trimmed(text: str, start: int = 0, end: int | None = None) -> tuple[int, int]:
    end = len(text) if end is None else min(end, len(text))
    whole = text[start:end]
    return start + len(whole) - len(whole.lstrip()), max(start, start + len(whole.rstrip()))


def _said(text: str, options: Options) -> Statement | None:
    """Sentences such as `the answer is B`, `B is correct`, `therefore B`; the last one where it corrects the others."""
    found = [s for s in (*_tails(text, options), *_correct(text, options)) if not s.reading.says_nothing]
    found.sort(key=lambda statement: (statement.start, statement.end))
    lettered = [s for s in found if s.reading.letters]
    if not lettered:
        return found[-1] if found else None
    kept = [lettered[-1]]
    for earlier in reversed(lettered[:-1]):
        if earlier.reading != kept[0].reading:
            between = text[earlier.start : kept[0].end]
            before = text[max(0, kept[0].opens - 12) : kept[0].opens].lower()
            if before.rstrip().endswith("final") or (len(between) <= READ_CHARS and corrects(between)):
                break
        kept.insert(0, earlier)
    return merged(kept)


def _tails(text: str, options: Options) -> list[Statement]:
    patterns = (_SAID, _CONCLUDED)
    cues = sorted((m.start(), m.end(), pattern is _SAID) for pattern in patterns for m in pattern.finditer(text))
    cues = cues[-_LAST_CUES:]
    found: list[Statement] = []
    for i, (opens, begins, said) in enumerate(cues):
        span = _tail(text, opens, begins, cues[i + 1][0] if i + 1 < len(cues) else len(text))
        if span is None:
            continue
        start, end = span
        if not said and not is_bare(text[start:end], options):
            continue
        reading = read(text[start:end], options)
        content = words(tidy(text[start:end]))
        if reading.outside and (len(content) > 5 or not content or content[0].norm in _VAGUE):
            reading = NOTHING
        found.append(Statement(start, end, reading, opens=opens))
    return found


def _tail(text: str, opens: int, begins: int, next_cue: int) -> tuple[int, int] | None:
    """What a cue such as `the answer is` says, up to the end of its sentence; None for a question or a condition."""
    match = _TAIL.match(text, begins)
    if match is None or _CONDITION.search(text, max(0, opens - 60), opens):
        return None
    start, end = _trimmed(text, match.start(1), max(match.start(1), min(match.end(1), next_cue)))
    return None if start == end or text[end : end + 1] == "?" else (start, end)


def _correct(text: str, options: Options) -> list[Statement]:
    found: list[Statement] = []
    for match in list(_CORRECT.finditer(text))[-_LAST_CUES:]:
        window = max(0, match.start() - 200)
        start = max([window, *(end.end() for end in _SENTENCE_END.finditer(text, window, match.start()))])
        start, end = _trimmed(text, start, match.start())
        reading = mentioned(tidy(text[start:end]), options) or NOTHING
        found.append(Statement(start, end, reading, opens=start))
    return found


def _last_line(text: str, options: Options) -> Statement | None:
    start, end = _trimmed(text)
    start = max(start, text.rfind("\n", start, end) + 1)
    start, end = _trimmed(text, start, end)
    if end - start > 400 or not is_bare(text[start:end], options):
        return None
    return Statement(start, end, read(text[start:end], options), opens=start)


def _first_word(text: str, options: Options) -> Statement | None:
    """`B) Lungs. The scan shows …`: the answer first, reasons after it."""
    start, end = _trimmed(text)
    stop = _SENTENCE_END.search(text, start + 4, end)
    end = stop.start() if stop else end
    opening = re.match(r"[*_\s]{0,4}\(?([A-Ja-j])(?:[).:]|\*\*|\s(?=because|since|as\b))", text[start:end])
    if not opening or end - start > 600 or not read(text[start:end], options).letters:
        return None
    return Statement(start, end, read(text[start:end], options), opens=start)
