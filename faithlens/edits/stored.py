"""Image edits as text, so that a run can say what was shown and a reader can see it again."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, is_dataclass
from typing import Any

from faithlens.edits import image, marks
from faithlens.errors import RunError
from faithlens.records import ImageEdit

_KINDS: dict[str, type[Any]] = {
    name: kind
    for module in (image, marks)
    for name, kind in vars(module).items()
    if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module.__name__ and callable(kind)
}


def written(edit: ImageEdit) -> str:
    """An edit as JSON: its kind and its settings."""
    kind = type(edit).__name__
    if _KINDS.get(kind) is not type(edit):
        raise TypeError(f"{kind} is no image edit of faithlens.edits")
    return json.dumps({"edit": kind, **asdict(edit)})  # pyright: ignore[reportArgumentType]


def revived(text: str) -> ImageEdit:
    """The edit that was written so. Raises RunError for anything else."""
    try:
        settings = json.loads(text)
        kind = _KINDS[settings.pop("edit")]
        known = {field.name for field in fields(kind)}
        if not known >= settings.keys():
            raise ValueError(f"{kind.__name__} has no setting {', '.join(sorted(settings.keys() - known))}")
        return kind(**{name: _tuples(value) for name, value in settings.items()})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RunError(f"no image edit that this faithlens knows: {text[:80]!r} ({error})") from error


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
