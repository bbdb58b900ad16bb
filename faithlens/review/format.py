"""What a format is: sets out in the form of one tool, ratings back from it. One module each in `formats`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol, TypeAlias, cast

from faithlens.errors import ReviewError
from faithlens.records import BadRow
from faithlens.review.rating import Rating
from faithlens.review.reviewset import ReviewSet

Returned: TypeAlias = tuple[list[Rating], list[BadRow]]
"""Ratings, and what could not be read as one."""


class Format(Protocol):
    NAME: str
    ABOUT: str
    """One line for the list of formats."""
    TIMED: bool
    """Whether the tool keeps how long a rater took."""

    def write(self, set: ReviewSet, folder: Path, ratings: Sequence[Rating] = ()) -> None:
        """Files for every rater of the set. `ratings` that were given before are filled in."""
        ...

    def recognises(self, path: Path) -> bool:
        """Whether a file looks like what this tool gives back."""
        ...

    def read(self, path: Path) -> Returned:
        """The ratings in a file. Raises ReviewError where it cannot be read at all."""
        ...


@cache
def discovered() -> Mapping[str, Format]:
    """Every format by name."""
    from faithlens.review import formats

    names = sorted(module.name for module in pkgutil.iter_modules(formats.__path__))
    modules = [cast(Format, importlib.import_module(f"{formats.__name__}.{name}")) for name in names]
    return {module.NAME: module for module in modules}


def chosen(names: Iterable[str]) -> list[Format]:
    """The formats of these names. Raises ReviewError naming the known ones."""
    known = discovered()
    for name in names:
        if name not in known:
            raise ReviewError(f"no format is called {name!r}; known: {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(names)]


def read_ratings(path: Path, format: str | None = None) -> Returned:
    """The ratings in a file, or in all files of a folder that a known format recognises.

    Raises ReviewError for a file in no known format, and for a folder without any.
    """
    known = chosen([format]) if format else list(discovered().values())
    if path.is_dir():
        parts = [
            one.read(file)
            for file in sorted(path.rglob("*"))
            for one in known
            if file.is_file() and one.recognises(file)
        ]
        if not parts:
            raise ReviewError(f"{path} has no file of ratings in any of {', '.join(discovered())}")
        return [rating for found, _ in parts for rating in found], [bad for _, problems in parts for bad in problems]
    for one in known:
        if format or one.recognises(path):
            return one.read(path)
    raise ReviewError(f"{path} is in none of the known formats of ratings ({', '.join(discovered())})")
