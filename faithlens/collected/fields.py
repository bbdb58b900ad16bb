"""The fields of a harness's row as the parts of a case."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import cast

from faithlens.collected.records import CollectedReply, Row, RowError
from faithlens.records import LETTERS, Case
from faithlens.replies import parse

_IMAGE = re.compile(r"[^\n]{1,1000}\.(?:png|jpe?g|bmp|webp|tiff?|gif|dcm)", re.IGNORECASE)
_LETTERED = re.compile(r"(?:^|(?<=[\s,;]))\(?([A-J])[).:]\s?")
_HEADINGS = re.compile(r"^\s*Question:\s*|(?:Options|Answer Choices):\s*$")
_TAGS = re.compile(r"</?answer>", re.IGNORECASE)
_IMAGE_FIELDS = ("image", "images", "image_path", "img_name", "image_name", "img_path", "Figure_path")
_ID_FIELDS = ("case_id", "question_id", "qid", "id", "index", "item_id")


def text(value: object) -> str:
    """A cell as text; numbers that a spreadsheet made floats are whole again."""
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def required_text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise RowError(f"{name} is missing" if value is None else f"{name} is no text but {type(value).__name__}")
    return value


def first(fields: Mapping[str, object], names: Iterable[str]) -> str:
    """Text of the first of these fields that is not empty."""
    return next((found for name in names if (found := text(fields.get(name)).strip())), "")


def options_of(fields: Mapping[str, object]) -> tuple[str, ...]:
    """Option texts without letters, from `options`, `choices`, or a column for each letter."""
    for name in ("options", "choices"):
        listed = as_options(fields.get(name))
        if listed:
            return listed
    for pattern in ("option_{}", "{}", "Choice {}"):
        row = [text(fields.get(pattern.format(letter))).strip() for letter in LETTERS]
        count = row.index("") if "" in row else len(row)
        if count:
            return tuple(_unlettered(row[:count]))
    return ()


def as_options(value: object) -> tuple[str, ...]:
    """Options given as a list, as a mapping from letters, or as either of them in JSON or Python notation."""
    if isinstance(value, str):
        for loads in (json.loads, ast.literal_eval):
            try:
                value = loads(value)
                break
            except (ValueError, SyntaxError, RecursionError, MemoryError):
                continue
    if isinstance(value, Mapping):
        mapping = cast(Mapping[object, object], value)
        value = [mapping[letter] for letter in LETTERS if mapping.get(letter) is not None]
    if isinstance(value, str) or not isinstance(value, Sequence):
        return ()
    return tuple(_unlettered([text(item).strip() for item in cast(Sequence[object], value)]))


def _unlettered(listed: list[str]) -> list[str]:
    matches = [re.match(r"\(?([A-J])[).:]\s*(?=\S)", item) for item in listed]
    if all(match and match[1] == letter for match, letter in zip(matches, LETTERS, strict=False)):
        return [item[match.end() :] for item, match in zip(listed, matches, strict=True) if match]
    return listed


def split_problem(problem: str) -> tuple[str, tuple[str, ...]]:
    r"""Question and options of a text that has both: `Which organ?\nA) Lungs\nB) Liver`, also on one line."""
    marks: list[re.Match[str]] = []
    for match in _LETTERED.finditer(problem):
        if len(marks) < len(LETTERS) and match[1] == LETTERS[len(marks)]:
            marks.append(match)
    question = problem[: marks[0].start()] if len(marks) > 1 else problem
    question = (
        re.sub(r"^\s*Question:\s*|\s*(?:Options|Answer Choices):\s*$", "", question).replace("<image>", "").strip()
    )
    if len(marks) < 2:
        return question, ()
    ends = [*(mark.start() for mark in marks[1:]), len(problem)]
    parts = [problem[mark.end() : end] for mark, end in zip(marks, ends, strict=True)]
    parts[-1] = parts[-1].strip().split("\n")[0]
    return question, tuple(part.strip().rstrip(",;").strip() for part in parts)


def key_of(value: str, options: tuple[str, ...]) -> str | None:
    """The key's letter, given as a letter, as an option's text, or within answer tags."""
    content = _TAGS.sub("", value).strip()
    if not options:
        return content if content in tuple(LETTERS) else None
    return parse(f"<answer>{content}</answer>", options).choice


def image_names(fields: Mapping[str, object]) -> tuple[str, ...]:
    for name in _IMAGE_FIELDS:
        value = fields.get(name)
        listed = cast(list[object], value) if isinstance(value, list) else [value]
        names = [_file_name(item) for item in listed if isinstance(item, str) and len(item) < 2000]
        if any(names):
            return tuple(names)
    return ()


def _file_name(path: str) -> str:
    return PurePosixPath(path.strip().replace("\\", "/")).name


def is_image_path(value: str) -> bool:
    return _IMAGE.fullmatch(value.strip()) is not None


def collected(
    row: Row,
    fields: Mapping[str, object],
    reply: str,
    *,
    case_id: str = "",
    key: str = "",
    rollout: int = 0,
    finished: bool = True,
) -> CollectedReply:
    """A reply with the case that these fields describe."""
    given = case_id or first(fields, _ID_FIELDS)
    options = options_of(fields)
    question = first(fields, ("question", "Question"))
    if not options or not question:
        split, listed = split_problem(first(fields, ("problem", "prompt", "question", "Question")))
        question, options = (split, listed) if not options else (question or split, options)
    answer = _TAGS.sub("", first(fields, ("answer", "gt_answer", "Answer"))).strip()
    letter = key_of(key or first(fields, ("key", "solution", "answer_label", "label")) or answer, options)
    case = Case(
        id=given or f"{row.file}:{row.name}",
        question=question,
        options=options,
        key=letter,
        answer=options[LETTERS.index(letter)] if letter and options else answer or None,
        modality=first(fields, ("modality", "modality_type", "subset")) or None,
        anatomy=first(fields, ("anatomy", "body_system", "location", "image_organ")) or None,
        question_type=first(fields, ("question_type", "l2-category", "category")) or None,
        source=first(fields, ("source", "dataset", "dataset_name")),
        origin=f"{row.file}:{row.name}",
    )
    return CollectedReply(case, reply, rollout, finished, image_names(fields), bool(given))
