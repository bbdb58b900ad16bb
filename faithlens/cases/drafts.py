"""From what a row says to a case that an audit can ask about, or the reason why not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from faithlens.cases.fields import Record, RowError, as_text, letter, loose, text
from faithlens.cases.modalities import modality
from faithlens.records import LETTERS, Box, Case


@dataclass(frozen=True)
class Embedded:
    """An image that stands in the row itself."""

    data: bytes


@dataclass(frozen=True)
class Draft:
    """A row in the words of a case, unchecked."""

    question: str
    options: tuple[str, ...] = ()
    key: str | None = None
    """A letter in any of the usual spellings."""
    answer: str | None = None
    """The text of the answer; where there is no key, its letter will do."""
    images: tuple[str | Embedded, ...] = ()
    modality: str | None = None
    anatomy: str | None = None
    question_type: str | None = None
    boxes_xyxy_px: tuple[Box, ...] = ()
    group: str | None = None
    source: str | None = None


# <|im_end|>, <|image_pad|> and their like: the tokenizer would read them as turns and pictures of the prompt
_SPECIAL = re.compile(r"<[|｜][^<>|｜\s]{1,64}[|｜]>")


def checked(draft: Draft) -> Case:
    """The case, still without id, images, source and origin. Raises RowError."""
    _refuse_special(draft)
    _check_options(draft.options)
    key, answer = settle(draft.options, draft.key, draft.answer)
    return Case(
        id="",
        question=draft.question,
        options=draft.options,
        key=key,
        answer=answer,
        modality=modality(draft.modality),
        anatomy=draft.anatomy,
        question_type=draft.question_type,
        boxes_xyxy_px=draft.boxes_xyxy_px,
        group=draft.group,
    )


def _refuse_special(draft: Draft) -> None:
    for name, written in (("question", draft.question), ("answer", draft.answer or ""), *_named(draft.options)):
        found = _SPECIAL.search(written)
        if found:
            raise RowError(f"{name} has the special token {found[0]}, which would break the prompt; take it out")


def _named(options: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(f"option {number}", option) for number, option in enumerate(options, start=1)]


def _check_options(options: tuple[str, ...]) -> None:
    if len(options) > len(LETTERS):
        raise RowError(f"has {len(options)} options; at most {len(LETTERS)} can be lettered")
    if len(options) == 1:
        raise RowError(f"has a single option {options[0]!r}; expected two or more, or none for an open-ended question")
    twice = [option for option in options if options.count(option) > 1]
    if twice:
        raise RowError(f"has the option {twice[0]!r} twice")


def settle(options: tuple[str, ...], key: str | None, answer: str | None) -> tuple[str | None, str | None]:
    """Letter and text of the right answer, from either or both. Raises RowError where they do not go together.

    The text stays as the source writes it; where there is only a letter, it is the option's.
    """
    if not options:
        if key is not None:
            raise RowError(f"has the key {key!r} but no options; give options, or an answer text alone")
        return None, answer
    by_key = None if key is None else _by_letter(options, key)
    if answer is None:
        return (None, None) if by_key is None else (LETTERS[by_key], options[by_key])
    by_text = _by_text(options, answer)
    by_letter = _letter_index(options, answer)
    if by_text is None and by_letter is None:
        raise RowError(f"answer {answer!r} is none of the options {', '.join(map(repr, options))}")
    if by_text is None:
        answer = options[by_letter or 0]
    elif by_key is None and by_letter not in (None, by_text):
        raise RowError(f"answer {answer!r} is a letter and also the text of option {LETTERS[by_text]}; give a key too")
    index = by_letter if by_text is None else by_text
    if by_key is not None and by_key != index:
        raise RowError(f"key {LETTERS[by_key]} is {options[by_key]!r}, but the answer is {answer!r}")
    return LETTERS[index or 0], answer


def _letter_index(options: tuple[str, ...], written: str) -> int | None:
    found = letter(written)
    return LETTERS.index(found) if found is not None and found in LETTERS[: len(options)] else None


def _by_letter(options: tuple[str, ...], key: str) -> int:
    found = _letter_index(options, key)
    if found is None:
        raise RowError(f"key {key!r} is not among the letters A-{LETTERS[len(options) - 1]} of its options")
    return found


def _by_text(options: tuple[str, ...], answer: str) -> int | None:
    if answer in options:
        return options.index(answer)
    matches = [index for index, option in enumerate(options) if loose(option) == loose(answer)]
    if len(matches) > 1:
        raise RowError(f"answer {answer!r} fits the options {', '.join(repr(options[index]) for index in matches)}")
    return matches[0] if matches else None


def closed(draft: Draft) -> Draft:
    """A question that is answered by yes or no, as the choice between the two; any other as it is."""
    if draft.answer is None or loose(draft.answer) not in ("yes", "no"):
        return draft
    return replace(draft, options=("Yes", "No"), key="A" if loose(draft.answer) == "yes" else "B")


def pictures(record: Record, name: str) -> tuple[str | Embedded, ...]:
    """Images of a field: one or a list of file names, or of the Hub's `{"bytes": …, "path": …}`."""
    value = record.get(name)
    items = value if isinstance(value, list | tuple) else [value]
    found = [_picture(item, name) for item in items]
    present = tuple(item for item in found if item is not None)
    if present and len(present) < len(found):
        raise RowError(f"{name} has an empty entry among its {len(found)} images")
    return present


def _picture(item: object, name: str) -> str | Embedded | None:
    if isinstance(item, bytes):
        return Embedded(item)
    if isinstance(item, Mapping):
        data = item.get("bytes")
        return Embedded(data) if isinstance(data, bytes) else text(item, "path", "image_path")
    return as_text(item, name)
