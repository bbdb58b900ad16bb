"""SLAKE: train.json, validation.json and test.json beside the folder imgs/.

{"img_id": 1, "img_name": "xmlab1/source.jpg", "question": "Does the picture contain liver?", "answer": "Yes",
 "q_lang": "en", "location": "Abdomen", "modality": "MRI", "answer_type": "CLOSED", "base_type": "vqa",
 "content_type": "Organ", "triple": ["vhead", "_", "_"], "qid": 0}

Closed questions answered by yes or no get these two options. Chinese ones are read too, but their answers are
written in Chinese, so they stay open-ended.
"""

from faithlens.cases.drafts import Draft, closed
from faithlens.cases.fields import Record, required, text
from faithlens.cases.reader import Reader


def _draft(record: Record) -> Draft:
    image = text(record, "img_name")
    draft = Draft(
        question=required(record, "question"),
        answer=required(record, "answer"),
        images=() if image is None else (f"imgs/{image}",),
        modality=text(record, "modality"),
        anatomy=text(record, "location"),
        question_type=text(record, "content_type"),
        group=text(record, "img_id", "img_name"),
        source="SLAKE",
    )
    return closed(draft) if (text(record, "answer_type") or "").upper() == "CLOSED" else draft


READER = Reader(
    name="slake",
    about="SLAKE: img_name, question, answer, q_lang, location, modality, answer_type, content_type, qid",
    needs=(frozenset({"img_name", "question", "answer", "q_lang", "answer_type"}),),
    draft=_draft,
    ids=("qid",),
    specimen={
        "img_id": 1,
        "img_name": "xmlab1/source.jpg",
        "question": "Does the picture contain liver?",
        "answer": "Yes",
        "q_lang": "en",
        "location": "Abdomen",
        "modality": "MRI",
        "answer_type": "CLOSED",
        "base_type": "vqa",
        "content_type": "Organ",
        "triple": ["vhead", "_", "_"],
        "qid": 0,
    },
)
