r"""MedVLM-R1's evaluation file, and every file laid out like it: a JSON list.

{"image": ["images/brain002206.png"], "problem": "What is apparent in this image?\nA) Hemorrhage\nB) …",
 "solution": "D", "question": "What is apparent in this image?",
 "options": ["Hemorrhage", "Acute infarct", "Abscess formation", "Chronic infarct"], "answer": "Chronic infarct",
 "dataset": "OmniMedVQA", "subset": "MR (Mag-netic Resonance Imaging)"}

Further fields are taken where they are: question_id, question_type, anatomy, group, and lesion_boxes as
[[left, top, right, bottom], …] in pixels of the stored image.
"""

from faithlens.cases.drafts import Draft, pictures
from faithlens.cases.fields import Record, boxes, required, text, texts
from faithlens.cases.reader import Reader


def _draft(record: Record) -> Draft:
    return Draft(
        question=required(record, "question"),
        options=texts(record.get("options"), "options"),
        key=text(record, "solution"),
        answer=text(record, "answer"),
        images=pictures(record, "image"),
        modality=text(record, "subset"),
        anatomy=text(record, "anatomy"),
        question_type=text(record, "question_type"),
        boxes_xyxy_px=boxes(record.get("lesion_boxes"), "lesion_boxes"),
        group=text(record, "group"),
        source=text(record, "dataset"),
    )


READER = Reader(
    name="medvlm_r1",
    about="MedVLM-R1's evaluation JSON: image, problem, solution (letter), question, options, answer (text), subset",
    needs=(frozenset({"image", "problem", "solution", "question", "options", "answer"}),),
    draft=_draft,
    ids=("question_id", "id"),
    specimen={
        "image": ["images/brain002206.png"],
        "problem": "What is apparent in this image?\nA) Hemorrhage\nB) Acute infarct",
        "solution": "B",
        "question": "What is apparent in this image?",
        "options": ["Hemorrhage", "Acute infarct"],
        "answer": "Acute infarct",
        "dataset": "OmniMedVQA",
        "subset": "MR (Mag-netic Resonance Imaging)",
    },
)
