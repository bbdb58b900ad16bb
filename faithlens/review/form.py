"""The questions that raters answer, as `annotations/form.toml` has them."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from faithlens.errors import ReviewError
from faithlens.shipped import folder

Scale = Literal["choice", "multi", "text"]
Of = Literal["options", "sentences"]

JOINT = ";"
"""Between the values of one answer to a "multi" question."""


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    judged: bool = True
    """False: the rater cannot tell; missing where agreement is measured."""
    alone: bool = False
    """In a "multi" question, excludes every other value."""


@dataclass(frozen=True)
class Question:
    id: str
    text: str
    """As raters read it."""
    scale: Scale
    definition: str
    positive: str
    """An example of a case in which the answer is the remarkable one."""
    negative: str
    """An example that looks like it and is not."""
    grounds: str = ""
    """Why this is asked."""
    choices: tuple[Choice, ...] = ()
    """After the item's own, if `of` says that there are such."""
    of: Of | None = None
    """The item's option letters or its sentence numbers (from "1") are choices too."""
    only_if: tuple[str, str] | None = None
    """Asked only where the question of this id was answered with this value."""
    ordered: bool = False
    """The judged choices are in rising order."""

    def allowed(self, letters: str, sentences: int) -> tuple[str, ...]:
        """Every value for an item with these option letters and so many sentences; none for free text."""
        own = {None: (), "options": tuple(letters), "sentences": tuple(str(n + 1) for n in range(sentences))}
        return (*own[self.of], *(choice.value for choice in self.choices))

    def judged(self, value: str) -> bool:
        """False where the value says that the rater cannot tell."""
        return all(choice.judged for choice in self.choices if choice.value == value)


@dataclass(frozen=True)
class Form:
    title: str
    version: int
    instructions: str
    questions: tuple[Question, ...]
    sha256: str
    """Of the file's bytes."""

    def question(self, id: str) -> Question:
        """Raises KeyError for an unknown id."""
        return {question.id: question for question in self.questions}[id]

    def asked(self, values: Mapping[str, str]) -> tuple[Question, ...]:
        """The questions that apply, given the answers so far (value by question id)."""
        return tuple(q for q in self.questions if q.only_if is None or values.get(q.only_if[0]) == q.only_if[1])


@cache
def form() -> Form:
    """The form that this installation ships."""
    return read_form(folder("annotations") / "form.toml")


def read_form(path: Path) -> Form:
    """A form from its file. Raises ReviewError naming the question that is wrong."""
    try:
        data = path.read_bytes()
        content = tomllib.loads(data.decode("utf-8"))
        questions = tuple(_question(entry) for entry in content["questions"])
        form = Form(content["title"], content["version"], content["instructions"], questions, _sha256(data))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReviewError(f"{path} is no form: {error}") from error
    _check(form, path)
    return form


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _question(entry: Mapping[str, Any]) -> Question:
    try:
        only_if = entry.get("only_if")
        return Question(
            **{
                **entry,
                "choices": tuple(Choice(**choice) for choice in entry.get("choices", ())),
                "only_if": (only_if["question"], only_if["value"]) if only_if else None,
            }
        )
    except (TypeError, KeyError) as error:
        raise ValueError(f"question {entry.get('id')!r}: {error}") from error


def _check(form: Form, path: Path) -> None:
    earlier: dict[str, Question] = {}
    for question in form.questions:
        problem = _wrong(question, earlier)
        if problem:
            raise ReviewError(f"{path}, question {question.id!r}: {problem}")
        earlier[question.id] = question


def _wrong(question: Question, earlier: Mapping[str, Question]) -> str:
    values: Sequence[str] = [choice.value for choice in question.choices]
    if not question.id.isidentifier() or not question.id.islower():
        return "an id is a lower-case word, letters, digits and _"
    if question.id in earlier:
        return "there is another of this id"
    if question.scale not in get_args(Scale):
        return f"scale {question.scale!r} is not known; use one of {', '.join(get_args(Scale))}"
    if question.of not in (None, *get_args(Of)):
        return f"of = {question.of!r} is not known; use one of {', '.join(get_args(Of))}"
    if (question.scale == "text") == bool(values):
        return "a text question has no choices, and any other has some"
    if len(set(values)) < len(values) or any(not value.isidentifier() for value in values):
        return "values are words of letters, digits and _, no two alike"
    if question.only_if is not None:
        asked = earlier.get(question.only_if[0])
        if asked is None or question.only_if[1] not in [choice.value for choice in asked.choices]:
            return "only_if names no value of an earlier question"
    return ""
