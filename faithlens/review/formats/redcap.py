"""REDCap: a data dictionary (18 columns) that makes the form, and the records to import into it.

Every item of every rater is one record; its number begins with the rater and the place in the rater's order, so that
REDCap's own list is in that order. Images are uploaded into the field `image`, by hand or through the API.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from faithlens.errors import ReviewError
from faithlens.records import BadRow
from faithlens.review.cells import neutralised, restored
from faithlens.review.form import JOINT, Question, form
from faithlens.review.format import Returned
from faithlens.review.formats.csv import text
from faithlens.review.rating import Rating
from faithlens.review.reviewset import Item, ReviewSet
from faithlens.review.sheet import answer, given, options, sentences, widest

NAME = "redcap"
ABOUT = "a data dictionary and an import file for REDCap"
TIMED = True

_FORM = "review"
_HEADER = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
_SHOWN = {
    "review_set": "Set",
    "review_round": "Round",
    "rater": "Rater",
    "item": "Item",
    "image_name": "File of the image",
    "case_question": "Question",
    "case_options": "Options",
    "case_sentences": "Sentences",
    "case_answer": "Answer",
    "case_audit": "What the audit found",
}
"""Fields that are filled before the rater sees them."""

_LONG = ("case_question", "case_options", "case_sentences", "case_audit")


# ------------------------------------------------------------------------------------------- out


def write(set: ReviewSet, folder: Path, ratings: Sequence[Rating] = ()) -> None:
    """dictionary.csv, and records.csv with the records of all raters."""
    folder.mkdir(parents=True, exist_ok=True)
    _table(folder / "dictionary.csv", _HEADER, dictionary(set))
    letters, most = widest(set)
    records = _records(set, given(ratings, set), letters, most)
    names = ["record_id", *_fields(set), *_answer_columns(letters, most), "seconds", "rated_at"]
    _table(folder / "records.csv", names, records)


def _table(path: Path, names: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, names, restval="")
        table.writeheader()
        table.writerows(rows)


def _fields(set: ReviewSet) -> dict[str, str]:
    return {name: label for name, label in _SHOWN.items() if name != "case_audit" or set.round == 2}


def dictionary(set: ReviewSet) -> list[dict[str, str]]:
    """One row a field."""
    letters, most = widest(set)
    rows = [_field("record_id", "text", "Record")]
    for name, label in _fields(set).items():
        kind = "notes" if name in _LONG else "text"
        hidden = "@HIDDEN" if name in ("review_set", "review_round", "image_name") else "@READONLY"
        rows.append(_field(name, kind, label, annotation=hidden))
        if name == "image_name":
            rows.append(_field("image", "file", "Image", annotation="@READONLY @INLINE"))
    rows += [_asked(question, letters, most) for question in form().questions]
    rows.append(_field("seconds", "text", "Seconds", annotation="@HIDDEN"))
    rows.append(_field("rated_at", "text", "Rated at", annotation="@HIDDEN"))
    return rows


def _field(name: str, kind: str, label: str, annotation: str = "", **more: str) -> dict[str, str]:
    named = {"note": "Field Note", "choices": _HEADER[5], "only_if": _HEADER[11], "required": "Required Field?"}
    row = {
        _HEADER[0]: name,
        "Form Name": _FORM,
        "Field Type": kind,
        "Field Label": label,
        "Field Annotation": annotation,
    }
    return row | {named[column]: value for column, value in more.items()}


def _asked(question: Question, letters: str, most: int) -> dict[str, str]:
    labels = {choice.value: choice.label for choice in question.choices}
    own = {"options": "Option", "sentences": "Sentence", None: ""}[question.of]
    # REDCap splits at bars and at the first comma
    listed = (
        f"{value}, {labels.get(value, f'{own} {value}').replace('|', '/')}" for value in question.allowed(letters, most)
    )
    more = {"note": "One or more" if question.scale == "multi" else "", "choices": " | ".join(listed)}
    if question.only_if:
        more["only_if"] = f"[{question.only_if[0]}] = '{question.only_if[1]}'"
    elif question.scale != "text":
        more["required"] = "y"
    kind = {"choice": "radio", "multi": "checkbox", "text": "notes"}[question.scale]
    return _field(question.id, kind, question.text, **more)


def _answer_columns(letters: str, most: int) -> list[str]:
    """REDCap keeps every box of a checkbox field in a column of its own."""
    return [
        name
        for question in form().questions
        for name in (
            [_box(question, value) for value in question.allowed(letters, most)]
            if question.scale == "multi"
            else [question.id]
        )
    ]


def _box(question: Question, value: str) -> str:
    return f"{question.id}___{value.lower()}"


def _records(
    set: ReviewSet, filled: Mapping[tuple[str, str], Mapping[str, Rating]], letters: str, most: int
) -> list[dict[str, str]]:
    found = []
    width = len(str(len(set.items)))
    for rater in set.raters:
        for place, item in enumerate(set.ordered(rater), 1):
            row = {
                "record_id": f"{rater}-{set.round}-{place:0{width}}",
                **_shown(set, rater, item),
                **_given(filled.get((rater, item.id), {}), letters, most),
            }
            found.append({name: neutralised(value) for name, value in row.items()})
    return found


def _shown(set: ReviewSet, rater: str, item: Item) -> dict[str, str]:
    shown = {
        "review_set": set.id,
        "review_round": str(set.round),
        "rater": rater,
        "item": item.id,
        "image_name": " ".join([item.overlay, *item.images[1:]] if item.overlay else item.images),
        "case_question": item.question,
        "case_options": "\n".join(options(item)),
        "case_sentences": "\n".join(sentences(item)),
        "case_answer": answer(item),
        "case_audit": "\n".join(item.told),
    }
    return {name: shown[name] for name in _fields(set)}


def _given(here: Mapping[str, Rating], letters: str, most: int) -> dict[str, str]:
    row: dict[str, str] = {}
    for question in form().questions:
        if question.id not in here:
            continue
        value = here[question.id].value
        if question.scale == "multi":
            ticked = value.split(JOINT)
            row |= {_box(question, one): str(int(one in ticked)) for one in question.allowed(letters, most)}
        else:
            row[question.id] = value
    first = next(iter(here.values()), None)
    if first is not None:
        row |= {"seconds": "" if math.isnan(first.seconds) else f"{first.seconds:g}", "rated_at": first.at}
    return row


# ------------------------------------------------------------------------------------------ back


def recognises(path: Path) -> bool:
    return path.suffix.lower() == ".csv" and {"record_id", "item", "rater", "review_set"} <= {*_names(text(path))}


def _names(content: str) -> list[str]:
    return next(csv.reader(io.StringIO(content)), [])


def read(path: Path) -> Returned:
    """REDCap's export as "CSV / Microsoft Excel (raw data)"."""
    content = text(path)
    if not {"record_id", "item", "rater"} <= {*_names(content)}:
        raise ReviewError(f"{path} is no raw CSV export of the REDCap project: it lacks record_id, item or rater")
    ratings, problems = [], []
    for row in csv.DictReader(io.StringIO(content)):
        found, bad = _answers({name: restored(value or "") for name, value in row.items() if name}, str(path))
        ratings += found
        problems += bad
    return ratings, problems


def _answers(row: Mapping[str, str], file: str) -> Returned:
    where = f"record {row['record_id']}"
    answers = {q.id: _answer(q, row) for q in form().questions}
    if not any(answers.values()):
        return [], []
    if not row["item"] or not row["rater"]:
        return [], [BadRow(file, where, "has answers but no item or no rater")]
    try:
        seconds = float(row.get("seconds") or "nan")
        round = int(row.get("review_round") or 1)
    except ValueError:
        return [], [BadRow(file, where, "its seconds or its round are no number")]
    at = row.get("rated_at") or row.get(f"{_FORM}_timestamp") or ""
    return [Rating(row["item"], row["rater"], q, v, seconds, round, at) for q, v in answers.items() if v], []


def _answer(question: Question, row: Mapping[str, str]) -> str:
    if question.scale != "multi":
        return row.get(question.id, "").strip()
    lead = f"{question.id}___"
    cased = {choice.value.lower(): choice.value for choice in question.choices}
    ticked = [name.removeprefix(lead) for name, value in row.items() if name.startswith(lead) and value.strip() == "1"]
    return JOINT.join(cased.get(value, value) for value in ticked)
