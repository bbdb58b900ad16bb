"""lmms-eval's {date}_samples_{task}.jsonl.

    {"doc_id": 0, "doc": {"question": "Is it normal?"}, "target": "Yes",
     "resps": [["<think>..</think>Yes"]], "filtered_resps": ["Yes"]}

`resps` is left out where it equals `filtered_resps`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from faithlens.collected.fields import collected, first, text
from faithlens.collected.records import CollectedReply, Row, RowError, Rows

NAME = "lmms-eval"


def recognises(rows: Rows) -> bool:
    return rows.have("doc_id", "resps") or rows.have("doc_id", "filtered_resps")


def replies(row: Row) -> Iterable[CollectedReply]:
    given = row.fields.get("resps")
    texts = list(_texts(row.fields.get("filtered_resps") if given is None else given))
    if not texts:
        raise RowError("resps and filtered_resps are missing or empty")
    doc = row.fields.get("doc")
    fields = dict(cast(Mapping[str, object], doc)) if isinstance(doc, Mapping) else {}
    if not first(fields, ("question", "problem", "prompt")):
        fields["problem"] = row.fields.get("input")
    case_id = first(fields, ("qid", "question_id", "id")) or text(row.fields.get("doc_id"))
    for reply in texts:
        yield collected(row, fields, reply, case_id=case_id, key=text(row.fields.get("target")))


def _texts(value: object) -> Iterator[str]:
    """The replies in lists of lists, one for each request and repeat."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in cast(list[object], value):
            yield from _texts(item)
    elif value is not None:
        raise RowError(f"a reply is no text but {type(value).__name__}; were only likelihoods asked for?")
