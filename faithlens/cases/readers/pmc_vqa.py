"""PMC-VQA, first version (train.csv, test.csv) and second (train_2.csv, test_2.csv).

Figure_path,Question,Answer,Choice A,Choice B,Choice C,Choice D,Answer_label
PMC1064097_F1.jpg,What is the uptake pattern?,Diffuse,Diffuse,Focal,Absent,Mixed,A

index,Figure_path,Caption,Question,Choice A,Choice B,Choice C,Choice D,Answer,split
0,PMC1064097_F1.jpg,Bone scan …,What is the uptake pattern?,A: Diffuse,B: Focal,C: Absent,D: Mixed,A,train

The letter is found by its place, right after the choices: the second version also calls it `Anwser`. Figures of
one article make a group.
"""

import re

from faithlens.cases.drafts import Draft, pictures
from faithlens.cases.fields import Record, RowError, letter, option_columns, required, text
from faithlens.cases.reader import Reader
from faithlens.records import LETTERS


def _draft(record: Record) -> Draft:
    options = tuple(_bare(choice, own) for choice, own in zip(option_columns(record, "Choice "), LETTERS, strict=False))
    if not options:
        raise RowError("Choice A is missing or empty")
    answer = text(record, "Answer") if "Answer_label" in record else None
    return Draft(
        question=required(record, "Question"),
        options=options,
        key=_key(record),
        answer=None if answer is None or letter(answer) else _bare_any(answer),
        images=pictures(record, "Figure_path"),
        group=(text(record, "Figure_path") or "").partition("_")[0] or None,
        source="PMC-VQA",
    )


def _key(record: Record) -> str:
    names = list(record)
    last = max(place for place, name in enumerate(names) if name.startswith("Choice "))
    if last + 1 == len(names):
        raise RowError("has no column after its choices; expected the letter of the answer there")
    return required(record, names[last + 1])


def _bare(choice: str, own: str) -> str:
    """The choice without its own letter in front."""
    return re.sub(rf"^{own}\s*[:.)]\s*(?=\S)", "", choice)


def _bare_any(answer: str) -> str:
    return re.sub(r"^[A-D]\s*:\s*(?=\S)", "", answer)


READER = Reader(
    name="pmc_vqa",
    about="PMC-VQA, both versions of the CSV: Figure_path, Question, Choice A to Choice D, and the letter after them",
    needs=(frozenset({"Figure_path", "Question", "Choice A", "Choice B"}),),
    draft=_draft,
    ids=("index",),
    specimen={
        "index": "0",
        "Figure_path": "PMC1064097_F1.jpg",
        "Caption": "Bone scan",
        "Question": "What is the uptake pattern?",
        "Choice A": " A: Diffuse",
        "Choice B": "B: Focal",
        "Choice C": "C: Absent",
        "Choice D": "D: Mixed",
        "Anwser": "B",
        "split": "train",
    },
)
