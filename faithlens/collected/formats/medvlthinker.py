r"""MedVLThinker's shards dp_{rank}.jsonl: one of them, or their folder.

{"dp_index": 0, "prompts": "Which organ?\nA. Lungs\nB. Liver", "dataset_name": "pmc_vqa", "dataset_index": 7,
"answer_label": "B", "answer": "Liver",
"parsed_outputs": [{"output_text": "<think>..</think><answer>B</answer>", "pred_letter": "B"}]}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from faithlens.collected.fields import collected, text
from faithlens.collected.records import CollectedReply, Row, RowError, Rows

NAME = "medvlthinker"


def recognises(rows: Rows) -> bool:
    return rows.have("parsed_outputs")


def replies(row: Row) -> Iterable[CollectedReply]:
    outputs = row.fields.get("parsed_outputs")
    if not isinstance(outputs, list) or not outputs:
        raise RowError("parsed_outputs is missing or empty")
    fields = dict(row.fields)
    if not text(fields.get("question")):
        fields["problem"] = "\n".join(_prompts(fields.get("prompts")))
    name, index = text(fields.get("dataset_name")), text(fields.get("dataset_index"))
    case_id = f"{name}_{index}" if name and index else ""
    for output in cast(list[object], outputs):
        reply = cast(Mapping[str, object], output).get("output_text") if isinstance(output, Mapping) else None
        if not isinstance(reply, str):
            raise RowError("a parsed output has no output_text")
        yield collected(row, fields, reply, case_id=case_id)


def _prompts(value: object) -> Iterator[str]:
    """What the user turn says, in a rendered prompt or in messages."""
    if isinstance(value, str):
        turn = value.rpartition("<|im_start|>user\n")[2].partition("<|im_end|>")[0]
        yield turn.rpartition("<|vision_end|>")[2]
    elif isinstance(value, list):
        for item in cast(list[object], value):
            yield from _prompts(item)
    elif isinstance(value, Mapping):
        message = cast(Mapping[str, object], value)
        if message.get("role", "user") == "user":
            yield from _prompts(message.get("content", message.get("text")))
