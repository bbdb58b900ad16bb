"""VLMEvalKit's {model}_{dataset}.xlsx or .tsv.

    index  question       A    B   answer  prediction  thinking
    0      Which is it?   MRI  CT  B       B           The bones are white ...

`thinking` is there with SPLIT_THINK; the reply is put together again. Its pickles are never read: they run code.
"""

from __future__ import annotations

from collections.abc import Iterable

from faithlens.collected.fields import collected, text
from faithlens.collected.records import CollectedReply, Row, RowError, Rows

NAME = "vlmevalkit"

_SHEET_CELL_CHARS = 32_767
"""Excel cuts longer cells off."""
_FAILED = "Failed to obtain answer via API."


def recognises(rows: Rows) -> bool:
    return rows.have("prediction") and (rows.have("index") or rows.have("question"))


def replies(row: Row) -> Iterable[CollectedReply]:
    if "prediction" not in row.fields:
        raise RowError("prediction is missing")
    prediction, thinking = text(row.fields["prediction"]), text(row.fields.get("thinking"))
    if prediction.strip() == _FAILED:
        raise RowError("the harness obtained no reply")
    tagged = thinking if thinking.lstrip().startswith("<think") else f"<think>{thinking}"
    if thinking and "</think" not in thinking:
        tagged += "</think>"
    reply = f"{tagged if thinking else ''}{prediction}"
    sheet = row.file.lower().endswith(".xlsx")
    finished = not (sheet and max(len(prediction), len(thinking)) >= _SHEET_CELL_CHARS)
    yield collected(row, row.fields, reply, finished=finished)
