"""A plain table of your own, as CSV, JSON, JSON lines or Parquet. Only `question` is needed.

question       the question without its options
options        texts as a JSON list or separated by |, or in columns option_a, option_b …; none: open-ended
key            the right option: its letter, or its text
answer         the text of the right answer; where it stands beside a key, they must agree
image, images  file name(s) below the image folder, as a JSON list or separated by |; DICOM files will do
id             unique; without it: source or file name, and row
boxes          regions on the first image in its pixels: [[left, top, right, bottom], …]
modality, anatomy, question_type, group (patient), source
"""

import json
from collections.abc import Mapping

from faithlens.cases.drafts import Draft, Embedded, pictures, settle
from faithlens.cases.fields import Record, boxes, letter, lettered, option_columns, required, text, texts
from faithlens.cases.reader import Reader
from faithlens.records import LETTERS


def _draft(record: Record) -> Draft:
    return plain(record, _images(record, "images") or _images(record, "image"))


def plain(record: Record, images: tuple[str | Embedded, ...]) -> Draft:
    """A row of the table, whatever its images are called."""
    options = _options(record)
    key, answer = _right(options, text(record, "key"), text(record, "answer"))
    return Draft(
        question=required(record, "question"),
        options=options,
        key=key,
        answer=answer,
        images=images,
        modality=text(record, "modality"),
        anatomy=text(record, "anatomy"),
        question_type=text(record, "question_type"),
        boxes_xyxy_px=boxes(record.get("boxes"), "boxes"),
        group=text(record, "group"),
        source=text(record, "source"),
    )


def _right(options: tuple[str, ...], key: str | None, answer: str | None) -> tuple[str | None, str | None]:
    """Key as a letter where it is the text of an option; without options, it can only be the answer."""
    if key is None or (options and letter(key) is not None and key not in options):
        return key, answer
    if answer is None:
        return None, key
    if options and (letter(key) or "-") not in LETTERS[: len(options)]:
        return settle(options, None, key)[0], answer
    return key, answer


def _options(record: Record) -> tuple[str, ...]:
    value = record.get("options")
    if isinstance(value, str):
        value = _listed(value)
    if isinstance(value, Mapping):
        return lettered({name: item for name, item in value.items() if item is not None}, "options")
    return texts(value, "options") or option_columns(record, "option_")


def _images(record: Record, name: str) -> tuple[str | Embedded, ...]:
    value = record.get(name)
    return texts(_listed(value), name) if isinstance(value, str) else pictures(record, name)


def _listed(written: str) -> object:
    """A cell that holds several values: JSON if it is that, else what stands between the |."""
    if written.lstrip().startswith(("[", "{")):
        try:
            return json.loads(written)
        except (ValueError, RecursionError):
            pass
    return written.split("|") if written.strip() else None


READER = Reader(
    name="table",
    about="your own CSV, JSON, JSON lines or Parquet: question, options or option_a …, key, answer, image, id, group …",
    needs=(frozenset({"question"}),),
    draft=_draft,
    ids=("id",),
    specimen={
        "id": "17",
        "image": "head/17.png",
        "question": "Which sequence is this?",
        "options": "T1|T2|FLAIR",
        "key": "C",
        "modality": "MRI",
        "group": "patient 4",
    },
    any_capitals=True,
)
