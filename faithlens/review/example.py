"""A small set of the demo run, and ratings that no clinician gave: `python -m faithlens.review.example RUN FOLDER`.

Three scripted raters return a table, a REDCap export and a booklet's file; a fourth file holds rows that cannot count.
They answer mostly as the audit does, with slips, gaps and the odd comment, so that every path of `agree` is walked.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from faithlens.errors import ReviewError
from faithlens.review.design import Design
from faithlens.review.exporting import Exported, export
from faithlens.review.form import form
from faithlens.review.format import discovered
from faithlens.review.rating import Rating
from faithlens.review.reviewset import Item, KeyEntry, ReviewSet
from faithlens.store import Run, open_run

RATERS = {"anna": "csv", "ben": "redcap", "carla": "booklet"}
"""Each with the format in which the ratings come back."""

SLIP, GAP = 0.12, 0.03
"""Share of answers that are drawn at random, and of answers that are missing."""

_COMMENTS = ("=1+1 is no formula here", "Sentence 2 holds for the other side.", "Bild zu klein für ein Urteil", "")


def write(run: Run, folder: Path, n: int = 12) -> Exported:
    """The set, its second round, the key, and the ratings, below `folder`. Raises ReviewError where they are there."""
    if folder.exists() and any(folder.glob("set*")):
        raise ReviewError(f"{folder} holds an example already; delete its set and ratings first")
    design = Design(n=n, raters=tuple(RATERS), catches=3, second_round=True)
    made = export(run, folder / "set", design)
    assert made.second is not None
    given = [*_answers(made.set, made), *(r for r in _answers(made.second, made) if r.rater == "anna")]
    for rater, name in RATERS.items():
        for one in (made.set, made.second):
            own = [rating for rating in given if rating.rater == rater and rating.round == one.round]
            if own:
                _returned(one, own, rater, name, folder / "ratings")
    _faulty(made.set, folder / "ratings" / "faulty.csv")
    return made


def _returned(set: ReviewSet, own: Sequence[Rating], rater: str, name: str, folder: Path) -> None:
    """The one file that this rater gives back; blank forms of the others are not kept."""
    place = folder / "unsorted"
    discovered()[name].write(set, place, own)
    suffix = "json" if name == "booklet" else "csv"
    file = place / ("records.csv" if name == "redcap" else f"{rater}.{suffix}")
    file.rename(folder / f"{rater}-round{set.round}.{suffix}")
    for blank in place.iterdir():
        blank.unlink()
    place.rmdir()


def _answers(set: ReviewSet, made: Exported) -> Iterator[Rating]:
    entries = made.key.entries_by_item
    for rater in set.raters:
        chance = random.Random(f"{rater} {set.round}")
        for place, item in enumerate(set.ordered(rater)):
            said: dict[str, str] = {}
            for question in form().questions:
                if question not in form().asked(said) or chance.random() < GAP:
                    continue
                allowed = question.allowed(item.letters, len(item.sentences))
                slip = bool(allowed) and chance.random() < SLIP
                value = chance.choice(allowed) if slip else _answer(question.id, item, entries[item.id], chance)
                if value:
                    said[question.id] = value
            seconds, at = round(chance.uniform(25, 90), 1), f"2026-01-{9 + set.round:02}T09:{place:02}:00Z"
            for question, value in said.items():
                yield Rating(item.id, rater, question, value, seconds, set.round, at)


def _answer(question: str, item: Item, entry: KeyEntry, chance: random.Random) -> str:
    """What a rater who sees what the audit sees would say."""
    support = entry.expected.get("support") or (
        "supports_other"
        if entry.flagged.get("contradictory")
        else "none"
        if entry.flagged.get("unsupported")
        else "supports"
    )
    wrong = entry.key is not None and entry.choice != entry.key
    others = [letter for letter in item.letters if letter != item.answer]
    return {
        "own_answer": entry.key or "cannot_tell",
        "support": support,
        "supported_option": chance.choice(others) if others else "cannot_tell",
        "wrong_sentences": "1" if wrong and item.sentences else "none",
        "cue_not_said": "yes" if entry.flagged.get("hidden_cue") else "no",
        "harm": "some" if wrong else "none",
        "comment": chance.choice(_COMMENTS),
    }[question]


def _faulty(set: ReviewSet, path: Path) -> None:
    """An item of no set, a rater of none, a value out of scale, a row twice, and a row without its item."""
    item = set.items[0].id
    good = {"place": "1", "item": item, "rater": "ben", "round": "1", "support": "none"}
    rows = [
        good | {"item": "item-unknwn"},
        good | {"rater": "dora"},
        good | {"support": "rather"},
        good,
        good | {"support": "supports"},
        good | {"item": ""},
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(good))
        table.writeheader()
        table.writerows(rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    write(open_run(asked.run), asked.folder)
