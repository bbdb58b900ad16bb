r"""MedEvalKit's results.json.

[{"dataset": "Chest CT Scan", "question_id": "Chest CT Scan_0000", "question": "Which technique?",
      "choices": ["A. MRI", "B. CT"], "answer": "B", "response": "\\boxed{B}", "correct": true}]
"""

from __future__ import annotations

from collections.abc import Iterable

from faithlens.collected.fields import collected, required_text
from faithlens.collected.records import CollectedReply, Row, Rows

NAME = "medevalkit"


def recognises(rows: Rows) -> bool:
    return rows.have("response") and (rows.have("correct") or rows.have("question") or rows.have("prompt"))


def replies(row: Row) -> Iterable[CollectedReply]:
    yield collected(row, row.fields, required_text(row.fields, "response"))
