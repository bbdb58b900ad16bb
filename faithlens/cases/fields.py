"""Typed looks into one record: what is there as text, list, letter or box, or why the row is bad."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import TypeAlias

from faithlens.records import LETTERS, Box

Record: TypeAlias = Mapping[str, object]


class RowError(Exception):
    """One row cannot be a case. Never leaves `faithlens.cases`: it becomes a BadRow."""


def text(record: Record, *names: str) -> str | None:
    """The first of these fields that is not empty, stripped; numbers as they print."""
    for name in names:
        found = as_text(record.get(name), name)
        if found is not None:
            return found
    return None


def required(record: Record, *names: str) -> str:
    found = text(record, *names)
    if found is None:
        raise RowError(f"{' or '.join(names)} is missing or empty")
    return found


def texts(value: object, name: str) -> tuple[str, ...]:
    """A list of texts, or a single text as a list of one; nothing as an empty one."""
    if not isinstance(value, list | tuple):
        single = as_text(value, name)
        return () if single is None else (single,)
    found = [as_text(item, name) for item in value]
    if None in found:
        raise RowError(f"{name} has an empty entry")
    return tuple(item for item in found if item is not None)


def lettered(value: Mapping[str, object], name: str) -> tuple[str, ...]:
    """Texts of `{"A": …, "B": …}`, whatever the order of its keys; no letter may be left out."""
    letters = "".join(sorted(value))
    if letters != LETTERS[: len(letters)] or len(letters) != len(value):
        raise RowError(f"{name} has the keys {', '.join(map(repr, value))}; expected A, B, C … without a gap")
    return texts([value[letter] for letter in letters], name)


def option_columns(record: Record, prefix: str) -> tuple[str, ...]:
    """Texts of the columns `option_A`, `option_B` …; the last ones may be empty, none between."""
    found = [text(record, prefix + letter, prefix + letter.lower()) for letter in LETTERS]
    filled = [item for item in found if item is not None]
    if filled != found[: len(filled)]:
        gap = LETTERS[found.index(None)]
        raise RowError(f"{prefix}{gap} is empty, but a later option is not; options must be filled from A on")
    return tuple(filled)


def letter(written: str) -> str | None:
    """The letter of `B`, `b`, `(B)`, `B.`, `B)` or `B:`; None for anything else."""
    match = re.fullmatch(r"\(?\s*([A-Za-z])\s*[).:]?", written.strip())
    return match[1].upper() if match else None


def loose(written: str) -> str:
    """How OmniMedVQA's answers and options are compared: `x_ray.` is `X_ray`."""
    return written.strip().lower().rstrip(".")


def boxes(value: object, name: str) -> tuple[Box, ...]:
    """Boxes (left, top, right, bottom) in px, from a list of lists or its JSON text."""
    if isinstance(value, str):
        value = _json(value, name)
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise RowError(f"{name} is {value!r}; expected a list of [left, top, right, bottom]")
    flat = bool(value) and all(isinstance(number, int | float) for number in value)
    return tuple(_box(box, name) for box in ([value] if flat else value))


def _box(value: object, name: str) -> Box:
    wrong = RowError(f"{name} has {value!r}; expected [left, top, right, bottom] in pixels")
    if not isinstance(value, list | tuple) or len(value) != 4:
        raise wrong
    numbers = [float(number) for number in value if isinstance(number, int | float) and not isinstance(number, bool)]
    if len(numbers) != 4 or not all(math.isfinite(number) for number in numbers):
        raise wrong
    left, top, right, bottom = numbers
    if left < 0 or top < 0 or right <= left or bottom <= top:
        raise wrong
    return left, top, right, bottom


def _json(written: str, name: str) -> object:
    if not written.strip():
        return None
    try:
        return json.loads(written)
    except (ValueError, RecursionError) as error:
        raise RowError(f"{name} is not JSON: {written[:60]!r}") from error


def as_text(value: object, name: str) -> str | None:
    """One value as stripped text; None for nothing, NaN or blank."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise RowError(f"{name} is of type {type(value).__name__}: {str(value)[:60]!r}; expected text")
    written = str(value).strip()
    if not written.isascii() and any("\ud800" <= char <= "\udfff" for char in written):
        raise RowError(f"{name} holds half a character (a lone surrogate); repair the text's encoding")
    return written or None
