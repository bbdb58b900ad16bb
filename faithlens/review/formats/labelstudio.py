"""Label Studio: one file of tasks for each rater, to be imported into a project of its own, and one labelling config.

Raters of one project see each other's work, so every rater gets a project. Images travel inside the tasks.
What the audit read (spans, regions) is there as a prediction, in the round and the arm that show it.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from faithlens.errors import ReviewError
from faithlens.records import BadRow
from faithlens.review.form import JOINT, Question, form
from faithlens.review.format import Returned
from faithlens.review.rating import Rating
from faithlens.review.reviewset import Item, ReviewSet
from faithlens.review.sheet import answer, given, options, sentences

NAME = "labelstudio"
ABOUT = "tasks and a labelling config for Label Studio, one project a rater"
TIMED = True

_REGION = "region of interest"


# ------------------------------------------------------------------------------------------- out


def write(set: ReviewSet, folder: Path, ratings: Sequence[Rating] = ()) -> None:
    """config.xml, and RATER.json for each rater."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.xml").write_text(config(set), encoding="utf-8")
    filled = given(ratings, set)
    for rater in set.raters:
        tasks = [
            _task(set, rater, place, item, filled.get((rater, item.id), {}))
            for place, item in enumerate(set.ordered(rater), 1)
        ]
        (folder / f"{rater}.json").write_text(json.dumps(tasks, indent=1, ensure_ascii=False), encoding="utf-8")


def config(set: ReviewSet) -> str:
    """The labelling interface: every question of the form, and labels for what predictions hold."""
    view = ElementTree.Element("View")
    _add(view, "Header", value=form().title)
    case = _add(view, "View", style="display: flex; gap: 1.5em")
    seen, written = _add(case, "View", style="flex: 2"), _add(case, "View", style="flex: 3")
    for number in range(max((len(_pictures(item)) for item in set.items), default=0)):
        _add(seen, "Image", name=_image(number), value=f"${_image(number)}", zoom="true", zoomControl="true")
    _add(written, "Header", value="$question", size="4")
    _add(written, "Text", name="options", value="$options")
    _add(written, "Header", value="What was written before the answer", size="5")
    _add(written, "Text", name="think", value="$think")
    _add(written, "Header", value="$answer", size="4")
    if set.round == 2:
        _add(written, "Header", value="What the audit found", size="5")
        _add(written, "Text", name="audit", value="$audit")
    labels = sorted({span.label for item in set.items for span in item.spans})
    if labels:
        spans = _add(view, "Labels", name="spans", toName="think")
        for label in labels:
            _add(spans, "Label", value=label)
    if any(item.boxes_xyxy_px for item in set.items):
        _add(_add(view, "RectangleLabels", name="regions", toName="image"), "Label", value=_REGION)
    for question in form().questions:
        _ask(view, question)
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode") + "\n"


def _add(parent: ElementTree.Element, tag: str, **attributes: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, tag, attributes)


def _ask(view: ElementTree.Element, question: Question) -> None:
    shown: dict[str, str] = {}
    if question.only_if:
        earlier = {choice.value: choice.label for choice in form().question(question.only_if[0]).choices}
        shown = {
            "visibleWhen": "choice-selected",
            "whenTagName": question.only_if[0],
            "whenChoiceValue": earlier[question.only_if[1]],
        }
    block = _add(view, "View", **shown)
    _add(block, "Header", value=question.text, size="5")
    if question.scale == "text":
        _add(block, "TextArea", name=question.id, toName="think", rows="2", editable="true", maxSubmissions="1")
        return
    several = {"choice": "multiple" if question.scale == "multi" else "single", "showInLine": "true"}
    required = {} if question.only_if else {"required": "true", "requiredMessage": question.text}
    listed = {} if question.of is None else {"value": f"${question.id}"}
    block = _add(block, "Choices", name=question.id, toName="think", **several, **required, **listed)
    for choice in () if question.of else question.choices:
        _add(block, "Choice", value=choice.label, alias=choice.value)


def _task(set: ReviewSet, rater: str, place: int, item: Item, filled: Mapping[str, Rating]) -> dict[str, Any]:
    numbered = sentences(item)
    data: dict[str, Any] = {
        "set": set.id,
        "round": set.round,
        "rater": rater,
        "place": place,
        "item": item.id,
        "question": item.question,
        "options": "\n".join(options(item)),
        "think": "\n".join(numbered) or "(no reasoning)",
        "answer": f"Answer: {answer(item)}",
    }
    for number, name in enumerate(_pictures(item)):
        data[_image(number)] = "data:image/png;base64," + base64.b64encode((set.path / name).read_bytes()).decode()
    if set.round == 2:
        data["audit"] = "\n".join(item.told)
    for question in form().questions:
        if question.of:
            own = {"options": options(item), "sentences": numbered}[question.of]
            labels = dict(zip(question.allowed(item.letters, len(item.sentences)), own, strict=False))
            labels |= {choice.value: choice.label for choice in question.choices}
            data[question.id] = [{"value": label, "alias": value} for value, label in labels.items()]
    task: dict[str, Any] = {"data": data}
    predicted = [*_spans(item, numbered), *_boxes(set, item)]
    if predicted:
        task["predictions"] = [{"model_version": "faithlens", "result": predicted}]
    if filled:
        task["annotations"] = [_annotation(filled)]
    return task


def _pictures(item: Item) -> tuple[str, ...]:
    """The images, the first one with what is drawn over it in the arm that shows it."""
    return (item.overlay, *item.images[1:]) if item.overlay else item.images


def _image(number: int) -> str:
    return "image" if number == 0 else f"image_{number + 1}"


def _spans(item: Item, numbered: Sequence[str]) -> Iterator[dict[str, Any]]:
    starts = [sum(len(line) + 1 for line in numbered[:n]) for n in range(len(numbered))]
    for number, span in enumerate(item.spans):
        # "1. " stands before the sentence
        lead = len(numbered[span.sentence]) - len(item.sentences[span.sentence])
        start, end = (starts[span.sentence] + lead + offset for offset in (span.start, span.end))
        yield {
            "id": f"s{number}",
            "from_name": "spans",
            "to_name": "think",
            "type": "labels",
            "value": {"start": start, "end": end, "text": "\n".join(numbered)[start:end], "labels": [span.label]},
        }


def _boxes(set: ReviewSet, item: Item) -> Iterator[dict[str, Any]]:
    """Regions in per cent of the image, as Label Studio has them."""
    from PIL import Image

    for number, (left, top, right, bottom) in enumerate(item.boxes_xyxy_px):
        with Image.open(set.path / item.images[0]) as picture:
            width, height = picture.size
        value = {
            "x": 100 * left / width,
            "y": 100 * top / height,
            "width": 100 * (right - left) / width,
            "height": 100 * (bottom - top) / height,
            "rotation": 0,
            "rectanglelabels": [_REGION],
        }
        size = {"original_width": width, "original_height": height, "image_rotation": 0}
        names = {"id": f"b{number}", "from_name": "regions", "to_name": "image", "type": "rectanglelabels"}
        yield {**names, **size, "value": value}


def _annotation(filled: Mapping[str, Rating]) -> dict[str, Any]:
    result = []
    for question in form().questions:
        if question.id in filled:
            value = filled[question.id].value
            kind = "textarea" if question.scale == "text" else "choices"
            held = {"text": [value]} if kind == "textarea" else {"choices": value.split(JOINT)}
            result.append({"from_name": question.id, "to_name": "think", "type": kind, "value": held})
    first = next(iter(filled.values()))
    seconds = None if math.isnan(first.seconds) else first.seconds
    return {"result": result, "lead_time": seconds, "created_at": first.at or None}


# ------------------------------------------------------------------------------------------ back


def recognises(path: Path) -> bool:
    return path.suffix.lower() == ".json" and _is_export(_json(path))


def _json(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _is_export(content: object) -> bool:
    tasks = content if isinstance(content, list) else []
    return bool(tasks) and all(isinstance(task, dict) and isinstance(task.get("data"), dict) for task in tasks)


def read(path: Path) -> Returned:
    """What Label Studio exports as JSON (not JSON-MIN)."""
    content = _json(path)
    if not _is_export(content):
        raise ReviewError(f"{path} is no JSON export of Label Studio: expected a list of tasks with data")
    assert isinstance(content, list)
    ratings, problems = [], []
    for number, task in enumerate(content, 1):
        found, bad = _answers(task, str(path), f"task {task.get('id', number)}")
        ratings += found
        problems += bad
    return ratings, problems


def _answers(task: Mapping[str, Any], file: str, where: str) -> Returned:
    data, ratings, problems = task["data"], [], []
    item, rater, round = data.get("item"), data.get("rater"), data.get("round", 1)
    annotations = task.get("annotations") or []
    if annotations and not (isinstance(item, str) and isinstance(rater, str) and isinstance(round, int)):
        return [], [BadRow(file, where, "has annotations, but its data lack item, rater or round")]
    for annotation in annotations:
        if annotation.get("was_cancelled"):
            problems.append(BadRow(file, where, f"item {item} was skipped by {rater}"))
            continue
        seconds, at = annotation.get("lead_time"), annotation.get("created_at") or ""
        time = float(seconds) if isinstance(seconds, int | float) else math.nan
        for result in annotation.get("result") or []:
            try:
                value = _value(result)
            except (KeyError, TypeError, AttributeError):
                problems.append(BadRow(file, where, f"item {item} has a result that cannot be read"))
                continue
            if value:
                ratings.append(Rating(item, rater, result["from_name"], value, time, round, at))
    return ratings, problems


def _value(result: Mapping[str, Any]) -> str:
    """The answer in a result; empty for regions, which answer nothing."""
    if result["type"] == "choices":
        return JOINT.join(result["value"]["choices"])
    if result["type"] == "textarea":
        held = result["value"]["text"]
        return "\n".join([held] if isinstance(held, str) else held).strip()
    return ""
