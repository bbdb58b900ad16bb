r"""MedXpertQA-MM: JSON lines of the Hub, and of the authors' repository.

{"id": "MM-0", "question": "Which …?\nAnswer Choices: (A) Psoriasis (B) Eczema", "options": {"A": "Psoriasis", "B":
 "Eczema"}, "label": "B", "images": ["MM-0-a.jpeg"], "medical_task": "Diagnosis", "body_system": "Skeletal",
 "question_type": "Reasoning"}

The repository writes "options": [{"letter": "A", "content": "Psoriasis"}, …], "label": ["B"] and
"images": [{"image_path": "MM-0-a.jpeg"}].
"""

import re
from collections.abc import Mapping

from faithlens.cases.drafts import Draft, pictures
from faithlens.cases.fields import Record, RowError, lettered, required, text, texts
from faithlens.cases.reader import Reader


def _draft(record: Record) -> Draft:
    question = re.sub(r"\s*Answer Choices:\s*\(A\).*\Z", "", required(record, "question"), flags=re.DOTALL)
    if not question:
        raise RowError("question holds nothing but its answer choices")
    label = texts(record.get("label"), "label")
    if len(label) > 1:
        raise RowError(f"label names {len(label)} right options; expected one")
    return Draft(
        question=question,
        options=_options(record.get("options")),
        key=label[0] if label else None,
        images=pictures(record, "images"),
        anatomy=text(record, "body_system"),
        question_type=text(record, "question_type"),
        source="MedXpertQA",
    )


def _options(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        value = dict(_pair(item) for item in value)
    if not isinstance(value, Mapping) or not value:
        raise RowError("options is missing; expected texts by letter")
    # the Hub's table has a column for every letter of the longest question
    return lettered({name: item for name, item in value.items() if item is not None}, "options")


def _pair(item: object) -> tuple[str, object]:
    if not isinstance(item, Mapping):
        raise RowError(f"options has {item!r}; expected a letter and its content")
    return required(item, "letter"), item.get("content")


READER = Reader(
    name="medxpertqa",
    about="MedXpertQA-MM, JSON lines of the Hub or the repository: id, question, options, label, images, body_system",
    needs=(frozenset({"question", "options", "label", "images"}),),
    draft=_draft,
    ids=("id",),
    specimen={
        "id": "MM-0",
        "question": "Which is most likely?\nAnswer Choices: (A) Psoriasis (B) Eczema",
        "options": {"A": "Psoriasis", "B": "Eczema"},
        "label": "B",
        "images": ["MM-0-a.jpeg", "MM-0-b.jpeg"],
        "medical_task": "Diagnosis",
        "body_system": "Integumentary",
        "question_type": "Reasoning",
    },
)
