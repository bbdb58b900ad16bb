"""A booklet for each rater: one HTML file without a server, to be printed, or filled in on a screen and saved.

{"booklet": 1, "set": "set-…", "round": 1, "rater": "anna",
 "ratings": [{"item": "item-…", "question": "support", "value": "none", "at": "2026-01-31T10:00:00.000Z"}, …]}
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, Template
from markupsafe import Markup

from faithlens.errors import ReviewError
from faithlens.records import BadRow
from faithlens.review.form import Question, form
from faithlens.review.format import Returned
from faithlens.review.rating import Rating
from faithlens.review.reviewset import Item, ReviewSet
from faithlens.review.sheet import answer, given
from faithlens.showing.highlight import isolated

NAME = "booklet"
ABOUT = "an HTML booklet for each rater, to print or to fill in without a server"
TIMED = False


def write(set: ReviewSet, folder: Path, ratings: Sequence[Rating] = ()) -> None:
    """RATER.html for each rater, and RATER.json as it would be saved from there where there are ratings."""
    folder.mkdir(parents=True, exist_ok=True)
    filled = given(ratings, set)
    for rater in set.raters:
        (folder / f"{rater}.html").write_text(_page(set, rater, filled), encoding="utf-8")
        answers = [
            {"item": item.id, "question": rating.question, "value": rating.value, "at": rating.at}
            for item in set.ordered(rater)
            for rating in filled.get((rater, item.id), {}).values()
        ]
        if answers:
            saved = {"booklet": 1, "set": set.id, "round": set.round, "rater": rater, "ratings": answers}
            (folder / f"{rater}.json").write_text(json.dumps(saved, indent=1, ensure_ascii=False), encoding="utf-8")


def _page(set: ReviewSet, rater: str, filled: Mapping[tuple[str, str], Mapping[str, Rating]]) -> str:
    def pictures(item: Item) -> list[str]:
        names = [item.overlay, *item.images] if item.overlay else item.images
        return ["data:image/png;base64," + base64.b64encode((set.path / name).read_bytes()).decode() for name in names]

    def value(item: Item, question: Question) -> str:
        rating = filled.get((rater, item.id), {}).get(question.id)
        return rating.value if rating else ""

    return _template().render(
        form=form(),
        set=set,
        rater=rater,
        items=set.ordered(rater),
        pictures=pictures,
        value=value,
        choices=_choices,
        label=_label,
        answer=answer,
        isolated=lambda text: Markup(isolated(text)),
        script=Markup(_script()),
        script_sha256=base64.b64encode(hashlib.sha256(_script().encode()).digest()).decode(),
    )


@cache
def _template() -> Template:
    text = resources.files("faithlens.review").joinpath("booklet.html").read_text(encoding="utf-8")
    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(text)


@cache
def _script() -> str:
    return resources.files("faithlens.review").joinpath("booklet.js").read_text(encoding="utf-8")


def _choices(item: Item, question: Question) -> list[tuple[str, str]]:
    """Value and text of every choice."""
    labels = {choice.value: choice.label for choice in question.choices}
    if question.of == "options":
        labels |= {letter: f"{letter}) {option}" for letter, option in zip(item.letters, item.options, strict=True)}
    return [(value, labels.get(value, value)) for value in question.allowed(item.letters, len(item.sentences))]


def _label(condition: tuple[str, str]) -> str:
    return next(choice.label for choice in form().question(condition[0]).choices if choice.value == condition[1])


def _saved(path: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and content.get("booklet") == 1 else None


def recognises(path: Path) -> bool:
    return path.suffix.lower() == ".json" and _saved(path) is not None


def read(path: Path) -> Returned:
    """The file that a booklet saves."""
    content = _saved(path)
    if content is None:
        raise ReviewError(f"{path} was not saved from a booklet")
    ratings, problems = [], []
    for number, entry in enumerate(content.get("ratings") or [], 1):
        try:
            texts = [entry[name] for name in ("item", "question", "value")]
            rating = Rating(texts[0], content["rater"], texts[1], texts[2], round=content["round"], at=entry["at"])
        except (KeyError, TypeError):
            problems.append(BadRow(str(path), f"rating {number}", "lacks item, question, value, at, rater or round"))
            continue
        ratings.append(rating)
    return ratings, problems
