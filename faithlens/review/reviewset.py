"""A review set on disk: what raters see in one folder, what they must not see in a sealed file beside it.

SET/items.json          items, raters, an order for each of them, and the hash of the key
SET/images/….png        pixels alone, without metadata, named by opaque ids
SET.key.json            item -> case, why it was drawn, its weight, the audit's verdicts; and the hash of the set
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, Literal, TypeVar, get_args

from faithlens.errors import ReviewError
from faithlens.records import LETTERS, Box

FORMAT = 1

Kind = Literal["sample", "repeat", "overlay", "catch"]
"""overlay: a sampled reply once more, with a map or regions of interest drawn over its image."""
KINDS: tuple[Kind, ...] = get_args(Kind)

_R = TypeVar("_R")


# ---------------------------------------------------------------------------- what raters may see


@dataclass(frozen=True)
class Span:
    """Characters `start` up to `end` of one sentence of an item, and what the audit read there."""

    sentence: int
    """From 0."""
    start: int
    end: int
    label: str


@dataclass(frozen=True)
class Item:
    """One reply as a rater sees it."""

    id: str
    question: str
    options: tuple[str, ...]
    sentences: tuple[str, ...]
    """The think, sentence by sentence; empty where the reply has none."""
    answer: str | None
    """Letter of the option that was answered; None where no careful reader could tell."""
    answer_text: str
    """The answer as it was written."""
    images: tuple[str, ...] = ()
    """PNG files, relative to the set's folder."""
    overlay: str | None = None
    """The first image with the map of what moved the answer drawn over it, in the arm that shows it."""
    boxes_xyxy_px: tuple[Box, ...] = ()
    """Regions of interest on the first image, in the arm that shows them."""
    spans: tuple[Span, ...] = ()
    """What the audit read in the sentences; in round 2 only."""
    told: tuple[str, ...] = ()
    """What the audit found, one sentence each; in round 2 only."""

    @property
    def letters(self) -> str:
        return LETTERS[: len(self.options)]


@dataclass(frozen=True)
class ReviewSet:
    """What raters get. `path` is the folder; image names are relative to it."""

    id: str
    path: Path
    form_sha256: str
    seed: int
    raters: tuple[str, ...]
    orders: Mapping[str, tuple[str, ...]]
    """By rater: every item's id, in the order in which this rater sees them."""
    items: tuple[Item, ...]
    key_sha256: str = ""
    round: int = 1
    """2: the same items, with what the audit found."""

    @cached_property
    def items_by_id(self) -> Mapping[str, Item]:
        return {item.id: item for item in self.items}

    def ordered(self, rater: str) -> tuple[Item, ...]:
        """The items in this rater's own order. Raises ReviewError for an unknown rater."""
        if rater not in self.orders:
            raise ReviewError(f"rater {rater!r} is not in set {self.id}; its raters are {', '.join(self.raters)}")
        return tuple(self.items_by_id[item] for item in self.orders[rater])

    @property
    def sha256(self) -> str:
        """Of everything in items.json but the key's hash, which the key could not know."""
        content = {name: value for name, value in self._content().items() if name != "key_sha256"}
        return _digest(json.dumps(content, sort_keys=True, ensure_ascii=False))

    def _content(self) -> dict[str, Any]:
        named = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("path", "items")}
        return {"format": FORMAT, **named, "items": [asdict(item) for item in self.items]}

    def write(self) -> None:
        _write(self.path / "items.json", self._content())


# ----------------------------------------------------------------------- what raters must not see


@dataclass(frozen=True)
class KeyEntry:
    """What stands behind one item."""

    item: str
    case_id: str
    rollout: int
    kind: Kind
    stratum: str
    """As in "axis: contradictory, band: high"."""
    weight: float
    """Replies of the run that a sampled item stands for: the inverse of its inclusion probability. NaN for every other
    kind, which stands for none."""
    verdicts: Mapping[str, float] = field(default_factory=dict[str, float])
    """Probability by failure axis; NaN: cannot tell. Empty for catch items."""
    flagged: Mapping[str, bool] = field(default_factory=dict[str, bool])
    """By failure axis, where there is a verdict."""
    key: str | None = None
    """Letter of the right option, where the case has one."""
    choice: str | None = None
    modality: str | None = None
    cluster: int | None = None
    group: str | None = None
    """Patient, or whatever unit makes cases dependent on each other."""
    repeat_of: str | None = None
    """Sampled item that shows the same reply."""
    expected: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of a catch item: the right value by question."""


@dataclass(frozen=True)
class Key:
    """The sealed half of a review set."""

    set: str
    set_sha256: tuple[str, ...]
    """Of each round's set, the first round first."""
    checkpoint: str
    run: str
    """What identifies the run: the hash of its plan."""
    entries: tuple[KeyEntry, ...]
    population: Mapping[str, int]
    """Replies of the run by stratum, drawn or not."""
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """How the set was drawn."""

    @cached_property
    def entries_by_item(self) -> Mapping[str, KeyEntry]:
        return {entry.item: entry for entry in self.entries}

    def text(self) -> str:
        """The file's content; its hash is what the set carries."""
        return json.dumps(_plain({"format": FORMAT, **asdict(self)}), indent=1, ensure_ascii=False) + "\n"

    @property
    def sha256(self) -> str:
        return _digest(self.text())


def key_path(set: Path) -> Path:
    """Where the key of the set in this folder lies."""
    return set.with_name(f"{set.name}.key.json")


def set_path(key: Path) -> Path:
    """Where the set of the key in this file lies. Raises ReviewError for a file that is named otherwise."""
    if not key.name.endswith(".key.json"):
        raise ReviewError(f"{key} is not named SET.key.json; give the key that faithlens export wrote beside its set")
    return key.with_name(key.name.removesuffix(".key.json"))


def open_set(path: str | Path) -> ReviewSet:
    """The set in a folder. Raises ReviewError if there is none, or of another format."""
    folder = Path(path)
    content = _read(folder / "items.json", "a review set")
    try:
        return ReviewSet(
            **{
                **_known(ReviewSet, content),
                "path": folder,
                "raters": tuple(content["raters"]),
                "orders": {rater: tuple(items) for rater, items in content["orders"].items()},
                "items": tuple(_item(entry) for entry in content["items"]),
            }
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ReviewError(f"{folder / 'items.json'} is damaged: {error!r}; export the set again") from error


def open_key(path: str | Path, of: ReviewSet | None = None) -> Key:
    """The key in a file, or beside the set in a folder. Raises ReviewError, also if it is another set's than `of`."""
    file = key_path(Path(path)) if Path(path).is_dir() else Path(path)
    content = _read(file, "a key")
    try:
        key = Key(
            **{
                **_known(Key, content),
                "set_sha256": tuple(content["set_sha256"]),
                "entries": tuple(_entry(entry) for entry in content["entries"]),
            }
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ReviewError(f"{file} is damaged: {error!r}") from error
    if of is not None and (key.sha256 != of.key_sha256 or of.sha256 not in key.set_sha256):
        raise ReviewError(
            f"{file} is not the key of the set in {of.path}, or one of the two was changed after export; "
            "their hashes differ"
        )
    return key


def _item(entry: Mapping[str, Any]) -> Item:
    lists = ("options", "sentences", "images", "told")
    for name in [*entry["images"], *filter(None, [entry["overlay"]])]:
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or "\\" in name:
            raise ValueError(f"image {name!r} leads out of the set")
    return Item(
        **{
            **_known(Item, entry),
            **{name: tuple(entry[name]) for name in lists},
            "boxes_xyxy_px": tuple((box[0], box[1], box[2], box[3]) for box in entry["boxes_xyxy_px"]),
            "spans": tuple(Span(**span) for span in entry["spans"]),
        }
    )


def _entry(entry: Mapping[str, Any]) -> KeyEntry:
    verdicts = {axis: math.nan if value is None else value for axis, value in entry["verdicts"].items()}
    weight = math.nan if entry["weight"] is None else entry["weight"]
    return KeyEntry(**{**_known(KeyEntry, entry), "verdicts": verdicts, "weight": weight})


def _known(record: type, content: Mapping[str, Any]) -> dict[str, Any]:
    return {f.name: content[f.name] for f in fields(record) if f.name in content}


def _plain(value: Any) -> Any:
    """JSON has no NaN: null."""
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _read(path: Path, what: str) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReviewError(f"{path} cannot be read as {what}: {error}; make one with faithlens export") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ReviewError(f"{path} is not {what} of format {FORMAT}")
    return content
