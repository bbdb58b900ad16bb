r"""Parquet of the Hub with nothing but image, question and answer: flaviagiammarino's vqa-rad and path-vqa.

{"image": {"bytes": b"\xff\xd8…", "path": "synpic29265.jpg"}, "question": "is there cardiomegaly?", "answer": "yes"}

Questions about one image make a group.
"""

import hashlib
from collections.abc import Mapping

from faithlens.cases.drafts import Draft, Embedded, closed, pictures
from faithlens.cases.fields import Record, required
from faithlens.cases.reader import Reader


def _draft(record: Record) -> Draft:
    images = pictures(record, "image")
    return closed(
        Draft(
            question=required(record, "question"),
            answer=required(record, "answer"),
            images=images,
            group=_group(images[0]) if images else None,
        )
    )


def _group(image: str | Embedded) -> str:
    return hashlib.sha256(image.data).hexdigest()[:16] if isinstance(image, Embedded) else image


def _has_image_inside(record: Record) -> bool:
    return isinstance(record["image"], Mapping | bytes)


READER = Reader(
    name="hub_vqa",
    about="Parquet of the Hub with the image inside, as flaviagiammarino/vqa-rad and path-vqa: image, question, answer",
    needs=(frozenset({"image", "question", "answer"}),),
    draft=_draft,
    specimen={
        "image": {"bytes": None, "path": "synpic29265.jpg"},
        "question": "is there cardiomegaly?",
        "answer": "yes",
    },
    like=_has_image_inside,
)
