"""faithlens' own table of replies: Parquet, JSON lines or CSV.

    case_id,reply,question,options,key
    c1,<think>..</think><answer>B</answer>,Which organ?,"[""Lungs"", ""Liver""]",B

Only `case_id` and `reply` are needed; rows with the same case are its rollouts.
"""

from __future__ import annotations

from collections.abc import Iterable

from faithlens.collected.fields import collected, required_text, text
from faithlens.collected.records import CollectedReply, Row, RowError, Rows

NAME = "table"


def recognises(rows: Rows) -> bool:
    return rows.have("case_id", "reply")


def replies(row: Row) -> Iterable[CollectedReply]:
    case_id = text(row.fields.get("case_id"))
    if not case_id:
        raise RowError("case_id is missing")
    reply = required_text(row.fields, "reply")
    finished = text(row.fields.get("finished")).lower() not in ("false", "0")
    yield collected(row, row.fields, reply, case_id=case_id, finished=finished)
