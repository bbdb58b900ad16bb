"""VQA-RAD: the published JSON list, and the Hub's OctoMed/VQA-RAD (Parquet), which keeps the names.

{"qid": 3, "phrase_type": "freeform", "image_case_url": "https://medpix.nlm.nih.gov/case?id=48e1…",
 "image_name": "synpic29265.jpg", "image_organ": "CHEST", "question": "Is there cardiomegaly?",
 "question_type": "PRES", "answer": "Yes", "answer_type": "CLOSED "}

As published: qid and answer are numbers or texts, answer_type may end in a space, modality is not given. CLOSED
questions that are not answered by yes or no, and OPEN ones, become cases without options. The images of one
teaching case make a group.
"""

from faithlens.cases.drafts import Draft, closed, pictures
from faithlens.cases.fields import Record, required, text
from faithlens.cases.reader import Reader

ORGANS = {"HEAD": "brain", "CHEST": "chest", "ABD": "abdomen"}


def _draft(record: Record) -> Draft:
    organ = text(record, "image_organ")
    draft = Draft(
        question=required(record, "question"),
        answer=required(record, "answer"),
        images=pictures(record, "image") or pictures(record, "image_name"),
        anatomy=ORGANS.get(organ.upper(), organ) if organ else None,
        question_type=text(record, "question_type"),
        group=text(record, "image_case_url", "image_name", "image_hash"),
        source="VQA-RAD",
    )
    return closed(draft) if (text(record, "answer_type") or "").upper() == "CLOSED" else draft


READER = Reader(
    name="vqa_rad",
    about="VQA-RAD, published JSON or OctoMed's Parquet: qid, image_name, image_organ, question, answer, answer_type",
    needs=(frozenset({"qid", "image_name", "image_organ", "question", "answer", "answer_type"}),),
    draft=_draft,
    ids=("qid",),
    specimen={
        "qid": 3,
        "phrase_type": "freeform",
        "image_case_url": "https://medpix.nlm.nih.gov/case?id=48e1",
        "image_name": "synpic29265.jpg",
        "image_organ": "CHEST",
        "question": "Is there cardiomegaly?",
        "question_type": "PRES",
        "answer": "Yes",
        "answer_type": "CLOSED ",
    },
)
