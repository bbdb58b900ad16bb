"""What is written as a plain table is read as the same cases, in every container."""

import csv
import io
import json
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faithlens import cases
from faithlens.cases.modalities import modality
from faithlens.records import LETTERS, Case

# letters of all scripts, line breaks, quotes, delimiters; no blanks around, since those are no part of a text
texts = (
    st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters='\n|,;"'), min_size=1, max_size=20)
    .map(str.strip)
    .filter(lambda text: text and "<|" not in text and "<｜" not in text)
)
# `id` also stands in origins and labels
names = st.text("abcXYZ019 _-.é", min_size=1, max_size=12).map(str.strip).filter(bool)
sides = st.floats(0, 400, allow_nan=False).map(lambda side: round(side, 1))
box = st.tuples(sides, sides, sides, sides).map(lambda b: (b[0], b[1], b[0] + b[2] + 1, b[1] + b[3] + 1))


@st.composite
def case_lists(draw: st.DrawFn) -> list[Case]:
    made: list[Case] = []
    for id in draw(st.lists(names, min_size=1, max_size=4, unique=True)):
        options = tuple(draw(st.lists(texts, min_size=2, max_size=10, unique=True))) if draw(st.booleans()) else ()
        place = draw(st.integers(0, len(options) - 1)) if options else None
        made.append(
            Case(
                id=id,
                question=draw(texts),
                options=options,
                key=None if place is None else LETTERS[place],
                answer=draw(texts | st.none()) if place is None else options[place],
                images=tuple(draw(st.lists(st.sampled_from(["a.png", "b,c.png", "d/e.png"]), max_size=2))),
                modality=modality(draw(texts | st.sampled_from(["MR", "X-ray"]) | st.none())),
                anatomy=draw(texts | st.none()),
                question_type=draw(texts | st.none()),
                boxes_xyxy_px=tuple(draw(st.lists(box, max_size=2))),
                group=draw(texts | st.none()),
                source=draw(texts),
            )
        )
    return made


def record(case: Case) -> dict[str, object]:
    return {
        "id": case.id,
        "question": case.question,
        "options": list(case.options),
        "key": case.key,
        "answer": case.answer,
        "images": list(case.images),
        "modality": case.modality,
        "anatomy": case.anatomy,
        "question_type": case.question_type,
        "boxes": [list(box) for box in case.boxes_xyxy_px],
        "group": case.group,
        "source": case.source,
    }


def write_csv(path: Path, made: list[Case]) -> None:
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow([name.upper() for name in record(made[0])])
    for case in made:
        cells = record(case).values()
        writer.writerow([json.dumps(cell) if isinstance(cell, list) else cell for cell in cells])
    path.write_bytes(target.getvalue().encode("utf-8-sig"))


def write_jsonl(path: Path, made: list[Case]) -> None:
    lines = [json.dumps(record(case), ensure_ascii=False) for case in made]
    path.write_bytes("\n".join(lines).encode())


def write_parquet(path: Path, made: list[Case]) -> None:
    pq.write_table(pa.Table.from_pylist([record(case) for case in made]), path)


@pytest.mark.parametrize(
    ("name", "write"), [("t.csv", write_csv), ("t.jsonl", write_jsonl), ("t.parquet", write_parquet)]
)
@settings(max_examples=60, deadline=None)
@given(made=case_lists())
def test_round_trip(name: str, write: object, made: list[Case]) -> None:
    assert callable(write)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        write(root / name, made)
        read = cases.read(root / name, images=root)
        assert (read.format, read.bad) == ("table", ())
        assert len(read.cases) == len(made)
        for number, (got, given_case) in enumerate(zip(read.cases, made, strict=True), start=1):
            images = tuple(str(root / image) for image in given_case.images)
            expected = {**vars(given_case), "images": images, "origin": f"{name}#{got.origin.rpartition('#')[2]}"}
            assert vars(got) == expected
            assert got.origin == f"{name}#{number}"


def table(tmp_path: Path, content: str) -> cases.CaseFile:
    path = tmp_path / "cases.csv"
    path.write_text(content, encoding="utf-8")
    return cases.read(path)


@pytest.mark.parametrize(
    "content",
    [
        "question,options,key\nWhich?,x|y|z,B\n",
        "question,options,key\nWhich?,x | y | z ,y\n",
        'Question,Options,Answer\nWhich?,"[""x"", ""y"", ""z""]",Y.\n',
        "question;option_a;option_b;option_c;answer\nWhich?;x;y;z;b\n",
        "question\toption_A\toption_B\toption_C\toption_D\tkey\nWhich?\tx\ty\tz\t\t(b)\n",
        'question,options,key\nWhich?,"{""B"": ""y"", ""A"": ""x"", ""C"": ""z""}",B)\n',
        "\ufeffquestion,options,key,answer\r\nWhich?,x|y|z,y,y\r\n",
    ],
)
def test_every_documented_way_to_give_options_and_key(content: str, tmp_path: Path) -> None:
    read = table(tmp_path, content)
    assert read.bad == ()
    (case,) = read.cases
    assert (case.question, case.options, case.key) == ("Which?", ("x", "y", "z"), "B")
    assert (case.id, case.source) == ("cases-1", "cases")


def test_open_questions_and_questions_without_a_known_answer(tmp_path: Path) -> None:
    read = table(tmp_path, "question,options,key,answer\nWhat?,,,a mass\nWhat?,,a mass,\nWhich?,x|y,,\n")
    assert [(case.options, case.key, case.answer) for case in read.cases] == [
        ((), None, "a mass"),
        ((), None, "a mass"),
        (("x", "y"), None, None),
    ]


def test_a_hole_in_the_options_is_bad(tmp_path: Path) -> None:
    read = table(tmp_path, "question,option_a,option_b,option_c,key\nWhich?,x,,z,A\n")
    assert "option_B is empty, but a later option is not" in read.bad[0].reason


def test_options_that_are_letters_need_a_key_beside_the_answer(tmp_path: Path) -> None:
    read = table(
        tmp_path, "question,options,key,answer\nWhich?,B|A,A,B\nWhich?,B|A,A,\nWhich?,p|q,p,\nWhich?,p|q,p,p\n"
    )
    assert [(case.key, case.answer) for case in read.cases] == [("A", "B"), ("A", "p"), ("A", "p")]
    assert [row.row for row in read.bad] == ["2"]
