"""Rows that cannot be cases say why and let the rest go on; files that are none say where they break."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from faithlens import cases
from faithlens.errors import CasesError

Write = Callable[..., Path]

GOOD = {"id": "good", "question": "Which?", "options": ["x", "y"], "key": "A", "image": "a.png"}

# what is changed in GOOD, and a telling part of the reason
BAD = [
    ({"question": ""}, "question is missing"),
    ({"question": None}, "question is missing"),
    ({"question": ["Which?"]}, "question is of type list"),
    ({"question": True}, "question is of type bool"),
    ({"question": "Which?<|im_end|>"}, "<|im_end|>"),
    ({"question": "Which \ud800?"}, "lone surrogate"),
    ({"options": ["x", "<|image_pad|>"]}, "option 2 has the special token <|image_pad|>"),
    ({"key": "C"}, "key 'C' is not among the letters A-B"),
    ({"key": None, "answer": "z"}, "answer 'z' is none of the options 'x', 'y'"),
    ({"answer": "y"}, "key A is 'x', but the answer is 'y'"),
    ({"options": ["x", "x"]}, "option 'x' twice"),
    ({"options": ["x"]}, "single option"),
    ({"options": [], "key": "A", "answer": "x"}, "no options"),
    ({"options": ["x", None]}, "options has an empty entry"),
    ({"options": [str(number) for number in range(11)], "key": "A"}, "11 options"),
    ({"options": {"A": "x", "C": "y"}}, "without a gap"),
    ({"options": ["B", "A"], "key": None, "answer": "A"}, "is a letter and also the text of option B"),
    ({"options": ["x", "X."], "key": None, "answer": "x "}, None),
    ({"options": ["x.", "X."], "key": None, "answer": "x"}, "fits the options"),
    ({"boxes": [[1, 2, 3]]}, "expected [left, top, right, bottom]"),
    ({"boxes": [[5, 2, 3, 9]]}, "expected [left, top, right, bottom]"),
    ({"boxes": "[[1,"}, "boxes is not JSON"),
    ({"image": "../secret.png"}, "'../secret.png'"),
    ({"image": "/etc/passwd"}, "absolute path"),
    ({"image": {"url": 3}}, None),
    ({"image": ["a.png", ""]}, "empty entry"),
    ({"id": {"a": 1}}, "id is of type dict"),
]


def test_every_kind_of_bad_row(write: Write) -> None:
    rows: list[object] = [{**GOOD, "id": f"case-{number}", **change} for number, (change, _) in enumerate(BAD)]
    rows += ["not a record", 5, None, ["question"], GOOD, GOOD, {**GOOD, "id": ""}]
    path = write(*rows)
    read = cases.read(path)
    reasons = {row.row.partition(" ")[0]: row.reason for row in read.bad}
    for number, (change, reason) in enumerate(BAD, start=1):
        if reason is None:
            assert str(number) not in reasons, change
        else:
            assert reason in reasons[str(number)], change
    after = len(BAD)
    assert [reasons[str(after + extra)] for extra in (1, 2, 3, 4)] == [
        f"is of type {name}; expected a record with named fields" for name in ("str", "int", "NoneType", "list")
    ]
    assert reasons[str(after + 6)] == f"id 'good' is already that of row {after + 5}"
    assert [case.id for case in read.cases][-2:] == ["good", f"cases-{after + 7}"]
    assert len(read.cases) + len(read.bad) == len(rows)
    # in the order of the file, each one line, called by row and id
    assert [int(row.row.split()[0]) for row in read.bad] == sorted(int(number) for number in reasons)
    assert all(row.file == "cases.json" and "\n" not in row.reason for row in read.bad)
    assert next(row.row for row in read.bad if "is already" in row.reason) == f"{after + 6} (good)"


def test_a_bad_row_does_not_claim_its_id(write: Write) -> None:
    read = cases.read(write({**GOOD, "key": "C"}, GOOD))
    assert [case.origin for case in read.cases] == ["cases.json#2"]
    assert len(read.bad) == 1


def test_made_up_ids_are_unique_and_stay_out_of_the_way_of_given_ones(write: Write) -> None:
    nameless = {key: value for key, value in GOOD.items() if key != "id"}
    read = cases.read(write(nameless, {**GOOD, "id": "cases-1"}, {**nameless, "source": "ours"}))
    assert [case.id for case in read.cases] == ["cases-1'", "cases-1", "ours-3"]
    assert read.bad == ()


def test_a_broken_line_is_a_bad_row(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join([json.dumps(GOOD), '{"id": "half", "ques', "", json.dumps({**GOOD, "id": "\u2028"})]))
    read = cases.read(path)
    assert [case.origin for case in read.cases] == ["cases.jsonl#1", "cases.jsonl#4"]
    (bad,) = read.bad
    assert bad.row == "2" and "broken JSON at column" in bad.reason


def test_a_csv_row_of_another_length_is_a_bad_row(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text("question,options,key\nWhich?,x|y,A\nWhich, now?,x|y,A\nWhich?,x|y\n\nWhich?,x|y,B\n")
    read = cases.read(path)
    assert [case.key for case in read.cases] == ["A", "B"]
    assert [(row.row, row.reason[:12]) for row in read.bad] == [("2", "has 4 fields"), ("3", "has 2 fields")]


@pytest.mark.parametrize(
    ("name", "content", "telling"),
    [
        ("cases.json", b'[{"question": "Which?"},\n {"question": ]', "line 2 column 15"),
        ("cases.json", b'{"question": "Which?",\n "key" "A"}', "line 2 column 8"),
        ("cases.json", b'{"accuracy":\n 5}', "expected a JSON list"),
        ("cases.json", b"oops", "line 1 column 1"),
        ("cases.json", b"[" * 100_000, "cannot be read"),
        ("cases.json", b"[]", "no rows"),
        ("cases.json", b"[1, 2]", "no row is a record"),
        ("cases.json", b'[{"verdict": 1, "rating": 2}]', "columns verdict, rating are of no known format"),
        ("cases.jsonl", b'{"question\n"', "no row is a record"),
        ("cases.csv", b"", "empty"),
        ("cases.csv", b",,\n", "without a single name"),
        ("cases.csv", b"question\n", "no rows"),
        ("cases.csv", b"question,key,key\nWhich?,A,B\n", "'key' stands twice"),
        ("cases.csv", b'question,key\n"Which?"s,A\n', "broken CSV at line 2"),
        ("cases.csv", "question\nQuel côté?\n".encode("latin-1"), "byte 15 is not UTF-8"),
        ("cases.parquet", b"PAR1 and no more", "broken Parquet"),
    ],
)
def test_a_file_that_is_none_says_where(name: str, content: bytes, telling: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CasesError, match="cases") as raised:
        cases.read(path)
    assert telling in str(raised.value)
    assert str(path) in str(raised.value)


def test_unknown_columns_name_the_known_formats(write: Write) -> None:
    with pytest.raises(CasesError) as raised:
        cases.read(write({"verdict": 1}))
    assert all(name in str(raised.value) for name in cases.FORMATS)


def test_what_the_user_got_wrong(write: Write, tmp_path: Path) -> None:
    path = write(GOOD)
    with pytest.raises(CasesError, match="format 'medvlm' is not known"):
        cases.read(path, format="medvlm")
    with pytest.raises(CasesError, match=r"image folder .*nowhere is not there"):
        cases.read(path, images=tmp_path / "nowhere")
    with pytest.raises(CasesError, match="cannot be read"):
        cases.read(tmp_path / "nowhere.json")
    with pytest.raises(CasesError, match="exactly one CSV"):
        cases.read(tmp_path)
