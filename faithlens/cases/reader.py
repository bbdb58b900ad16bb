"""What a reader is: a name, the columns by which its format is known, and one function from record to draft."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from faithlens.cases.containers import Container
from faithlens.cases.drafts import Draft
from faithlens.cases.fields import Record, RowError, text
from faithlens.errors import CasesError

_SAMPLE_ROWS = 50


def _anything(_: Record) -> bool:
    return True


@dataclass(frozen=True)
class Reader:
    """One format. A module in `faithlens.cases.readers` that has one as `READER` is found there."""

    name: str
    about: str
    """One line for the list of formats."""
    needs: tuple[frozenset[str], ...]
    """Sets of columns, any one of which is enough; where several readers would do, the largest set decides."""
    draft: Callable[[Record], Draft]
    """What one record says. Raises RowError."""
    specimen: Record
    """A record of this format that makes a valid case."""
    ids: tuple[str, ...] = ()
    """Columns that may hold the id, the first that does."""
    like: Callable[[Record], bool] = _anything
    """A further look at the values, where columns alone do not tell."""
    any_capitals: bool = False
    """Column names are compared in lower case, and handed to `draft` so."""

    def identify(self, record: object) -> str | None:
        """The row's own id, where it has one. Raises RowError."""
        return text(self._fields(record), *self.ids)

    def read(self, record: object) -> Draft:
        """What the row says. Raises RowError."""
        return self.draft(self._fields(record))

    def _fields(self, record: object) -> Record:
        if isinstance(record, RowError):
            raise record
        if not isinstance(record, Mapping):
            raise RowError(f"is of type {type(record).__name__}; expected a record with named fields")
        return {name.lower(): value for name, value in record.items()} if self.any_capitals else record


@cache
def discovered() -> Mapping[str, Reader]:
    """Every reader by name."""
    from faithlens.cases import readers

    found = pkgutil.iter_modules(readers.__path__)
    modules = (importlib.import_module(f"{readers.__name__}.{module.name}") for module in found)
    return {module.READER.name: module.READER for module in modules}


def sample(container: Container) -> Record:
    """The columns of the first rows, each with the first value that is not empty."""
    seen: dict[str, object] = {}
    for (_, record), _ in zip(container.rows(), range(_SAMPLE_ROWS), strict=False):
        if isinstance(record, Mapping):
            for name, value in record.items():
                if seen.get(name) is None:
                    seen[name] = value
    return seen


def recognise(seen: Record) -> list[Reader]:
    """The readers that fit these columns best; more than one only if they fit equally well."""
    fits = {reader.name: _fit(reader, seen) for reader in discovered().values()}
    best = max(fits.values())
    return [discovered()[name] for name, fit in fits.items() if fit == best] if best else []


def _fit(reader: Reader, seen: Record) -> int:
    columns = {name.lower() for name in seen} if reader.any_capitals else set(seen)
    matched = [len(needed) for needed in reader.needs if needed <= columns]
    return max(matched) if matched and reader.like(seen) else 0


def choose(container: Container, format: str | None) -> Reader:
    """The reader of that name, or the one that the file's columns call for."""
    known = "\n".join(f"  {reader.name}: {reader.about}" for reader in discovered().values())
    if format is not None:
        if format not in discovered():
            raise CasesError(
                f"format {format!r} is not known; give one of these, or none and let the file tell:\n{known}"
            )
        return discovered()[format]
    seen = sample(container)
    if not seen:
        raise CasesError(f"{container.path}: no row is a record with named fields; expected one case a row:\n{known}")
    found = recognise(seen)
    if len(found) == 1:
        return found[0]
    columns = ", ".join(list(seen)[:30])
    problem = "are of no known format" if not found else "fit " + " and ".join(reader.name for reader in found)
    raise CasesError(f"{container.path}: the columns {columns} {problem}; rename them, or name the format:\n{known}")
