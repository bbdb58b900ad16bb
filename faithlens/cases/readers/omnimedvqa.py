"""OmniMedVQA's own files, one JSON list a data set.

{"dataset": "Chest CT Scan", "question_id": "Chest CT Scan_0000", "question_type": "Modality Recognition",
 "question": "What imaging technique was employed for capturing this image?", "gt_answer": "CT",
 "image_path": "Images/Chest CT Scan/test/000143 (6).png", "option_A": "Angiography", "option_B": "Mammogram",
 "option_C": "ECG", "option_D": "CT", "modality_type": "CT(Computed Tomography)"}

option_C and option_D may be missing, `modality` may stand for `modality_type`, and gt_answer may differ from its
option by capitals and a final full stop.
"""

from faithlens.cases.drafts import Draft, pictures
from faithlens.cases.fields import Record, RowError, option_columns, required, text
from faithlens.cases.reader import Reader


def _draft(record: Record) -> Draft:
    options = option_columns(record, "option_")
    if not options:
        raise RowError("option_A is missing or empty")
    return Draft(
        question=required(record, "question"),
        options=options,
        answer=required(record, "gt_answer"),
        images=pictures(record, "image_path"),
        modality=text(record, "modality_type", "modality"),
        question_type=text(record, "question_type"),
        source=text(record, "dataset"),
    )


READER = Reader(
    name="omnimedvqa",
    about="OmniMedVQA's own JSON: question, gt_answer (text), image_path, option_A to option_D, modality_type",
    needs=(frozenset({"question", "gt_answer", "option_A", "image_path"}),),
    draft=_draft,
    ids=("question_id",),
    specimen={
        "dataset": "Chest CT Scan",
        "question_id": "Chest CT Scan_0000",
        "question_type": "Modality Recognition",
        "question": "What imaging technique was employed for capturing this image?",
        "gt_answer": "x_ray",
        "image_path": "Images/Chest CT Scan/test/000143 (6).png",
        "option_A": "X_ray.",
        "option_B": "CT",
        "modality": "CT(Computed Tomography)",
    },
)
