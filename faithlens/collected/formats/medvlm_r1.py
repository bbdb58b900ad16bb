r"""The evaluation files of MedVLM-R1, R1-V and Med-R1.

    {"accuracy": 82.5, "results": [{
      "question": {"image": ["images/brain1.png"], "problem": "What is shown?\nA) MRI\nB) CT", "solution": "A"},
      "ground_truth": "A", "model_output": "<think>..</think><answer>A</answer>", "extracted_answer": "A"}]}

`question` is the whole input record, or only its text or its image path.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from faithlens.collected.fields import collected, is_image_path, required_text, text
from faithlens.collected.records import CollectedReply, Row, Rows

NAME = "medvlm-r1"


def recognises(rows: Rows) -> bool:
    return rows.have("model_output") and rows.container in ("object", "list")


def replies(row: Row) -> Iterable[CollectedReply]:
    reply = required_text(row.fields, "model_output")
    question = row.fields.get("question")
    if isinstance(question, Mapping):
        fields = dict(cast(Mapping[str, object], question))
    elif isinstance(question, str):
        fields = {"image" if is_image_path(question) else "problem": question}
    else:
        fields = {name: row.fields.get(name) for name in ("problem", "image", "image_path")}
    yield collected(row, fields, reply, key=text(row.fields.get("ground_truth")))
