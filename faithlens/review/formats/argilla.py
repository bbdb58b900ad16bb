"""Argilla 2: settings of a dataset, and records a line each, which Hugging Face datasets reads as they are.

settings = rg.Settings.from_json("settings.json")
records = [rg.Record.from_dict(json.loads(line)) for line in open("anna.jsonl")]
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from faithlens.errors import ReviewError
from faithlens.records import BadRow
from faithlens.review.form import JOINT, Question, form
from faithlens.review.format import Returned
from faithlens.review.rating import Rating
from faithlens.review.reviewset import Item, ReviewSet
from faithlens.review.sheet import answer, given, options, sentences, widest

NAME = "argilla"
ABOUT = "settings and JSONL records for Argilla or Hugging Face datasets, one dataset a rater"
TIMED = False


# ------------------------------------------------------------------------------------------- out


def write(set: ReviewSet, folder: Path, ratings: Sequence[Rating] = ()) -> None:
    """settings.json, and RATER.jsonl for each rater."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.json").write_text(json.dumps(settings(set), indent=1, ensure_ascii=False), encoding="utf-8")
    filled = given(ratings, set)
    for rater in set.raters:
        records = [
            _record(set, rater, place, item, filled.get((rater, item.id), {}))
            for place, item in enumerate(set.ordered(rater), 1)
        ]
        lines = "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records)
        (folder / f"{rater}.jsonl").write_text(lines, encoding="utf-8")


def settings(set: ReviewSet) -> dict[str, Any]:
    """What `rg.Settings.from_json` reads."""
    pictures = max((len(_pictures(item)) for item in set.items), default=0)
    fields = [_field(_image(number), "image", number == 0) for number in range(pictures)]
    fields += [_field(name, "text", True) for name in ("question", "options", "think", "answer")]
    if set.round == 2:
        fields.append(_field("audit", "text", True))
    named = {"set": "terms", "rater": "terms", "item": "terms", "round": "integer", "place": "integer"}
    return {
        "guidelines": form().instructions,
        "questions": [_question(question, *widest(set)) for question in form().questions],
        "fields": fields,
        "vectors": [],
        "metadata": [
            {
                "name": name,
                "title": name,
                "settings": {"type": kind, "visible_for_annotators": False},
                "visible_for_annotators": False,
            }
            for name, kind in named.items()
        ],
        "allow_extra_metadata": False,
        "distribution": {"strategy": "overlap", "min_submitted": 1},
    }


def _field(name: str, kind: str, required: bool) -> dict[str, Any]:
    text = {"use_markdown": False} if kind == "text" else {}
    return {"name": name, "title": name, "required": required, "type": kind, "settings": {"type": kind, **text}}


def _question(question: Question, letters: str, most: int) -> dict[str, Any]:
    kind = {"choice": "label_selection", "multi": "multi_label_selection", "text": "text"}[question.scale]
    labels = {choice.value: choice.label for choice in question.choices}
    listed = [{"value": value, "text": labels.get(value, value)} for value in question.allowed(letters, most)]
    held: dict[str, Any] = {"use_markdown": False} if kind == "text" else {"options": listed, "visible_options": None}
    if kind == "multi_label_selection":
        held["options_order"] = "natural"
    return {
        "name": question.id,
        "title": question.text,
        "description": question.definition,
        "required": question.scale != "text" and question.only_if is None,
        "type": kind,
        "settings": {"type": kind, **held},
    }


def _record(set: ReviewSet, rater: str, place: int, item: Item, filled: Mapping[str, Rating]) -> dict[str, Any]:
    fields = {
        _image(number): "data:image/png;base64," + base64.b64encode((set.path / name).read_bytes()).decode()
        for number, name in enumerate(_pictures(item))
    }
    fields |= {
        "question": item.question,
        "options": "\n".join(options(item)),
        "think": "\n".join(sentences(item)),
        "answer": answer(item) or "(no answer)",
    }
    if set.round == 2:
        fields["audit"] = "\n".join(item.told)
    user = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{set.id} {rater}"))
    return {
        "id": f"{item.id}-{set.round}-{rater}",
        "fields": fields,
        "metadata": {"set": set.id, "rater": rater, "item": item.id, "round": set.round, "place": place},
        "suggestions": {},
        "responses": {
            question.id: [{"value": _response(question, filled[question.id].value), "user_id": user}]
            for question in form().questions
            if question.id in filled
        },
        "vectors": {},
    }


def _pictures(item: Item) -> tuple[str, ...]:
    return (*item.images, item.overlay) if item.overlay else item.images


def _image(number: int) -> str:
    return "image" if number == 0 else f"image_{number + 1}"


def _response(question: Question, value: str) -> str | list[str]:
    return value.split(JOINT) if question.scale == "multi" else value


# ------------------------------------------------------------------------------------------ back


def recognises(path: Path) -> bool:
    return path.suffix.lower() in (".jsonl", ".json") and any(map(_is_record, _records(path)))


def _records(path: Path) -> list[Any]:
    """Lines of JSON, or the one list that `dataset.records.to_json` writes."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return []
    try:
        content = json.loads(text)
        return content if isinstance(content, list) else [content]
    except ValueError:
        return [_line(line) for line in text.splitlines() if line.strip()]


def _line(line: str) -> object:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _is_record(record: object) -> bool:
    return isinstance(record, dict) and isinstance(record.get("metadata"), dict) and "responses" in record


def read(path: Path) -> Returned:
    """Records as `dataset.records.to_json` writes them, as one list or a line each."""
    records = _records(path)
    if not any(map(_is_record, records)):
        raise ReviewError(f"{path} holds no records of Argilla; expected objects with metadata and responses")
    ratings, problems = [], []
    for number, record in enumerate(records, 1):
        try:
            about = record["metadata"]
            answers = {name: held for name, held in (record["responses"] or {}).items() if held}
            ratings += [
                Rating(
                    str(about["item"]), str(about["rater"]), question, _value(one["value"]), round=int(about["round"])
                )
                for question, held in answers.items()
                for one in held
                if one["value"]
            ]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            problems.append(BadRow(str(path), f"record {number}", f"cannot be read: {error!r}"))
    return ratings, problems


def _value(value: object) -> str:
    return JOINT.join(map(str, value)) if isinstance(value, list) else str(value).strip()
