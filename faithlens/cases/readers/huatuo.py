"""Medical_Multimodal_Evaluation_Data, the evaluation set of HuatuoGPT-Vision: the answer is an option's text.

{"image": ["images/brain002206.png"], "question": "What is apparent in this image?",
 "options": ["Hemorrhage", "Acute infarct", "Abscess formation", "Chronic infarct"], "answer": "Chronic infarct",
 "dataset": "OmniMedVQA", "subset": "MR (Mag-netic Resonance Imaging)"}
"""

from faithlens.cases.drafts import Draft, pictures
from faithlens.cases.fields import Record, required, text, texts
from faithlens.cases.reader import Reader


def _draft(record: Record) -> Draft:
    return Draft(
        question=required(record, "question"),
        options=texts(record.get("options"), "options"),
        answer=required(record, "answer"),
        images=pictures(record, "image"),
        modality=text(record, "subset"),
        source=text(record, "dataset"),
    )


READER = Reader(
    name="huatuo",
    about="HuatuoGPT-Vision's Medical_Multimodal_Evaluation_Data: image, question, options, answer (text), subset",
    needs=(frozenset({"image", "question", "options", "answer", "subset"}),),
    draft=_draft,
    specimen={
        "image": ["images/brain002206.png"],
        "question": "What is apparent in this image?",
        "options": ["Hemorrhage", "Acute infarct"],
        "answer": "Acute infarct",
        "dataset": "OmniMedVQA",
        "subset": "MR (Mag-netic Resonance Imaging)",
    },
)
