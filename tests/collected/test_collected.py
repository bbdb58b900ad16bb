"""Every discovered format of collected replies, on a specimen file with rows that are broken."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook

from faithlens.collected import Collected, CollectedReply, join, known_formats, read
from faithlens.errors import CasesError
from faithlens.records import BadRow, Case

QUESTION = "Which organ is shown?"
OPTIONS = ("Lungs", "Liver")
PROBLEM = f"{QUESTION}\nA) Lungs\nB) Liver"
REPLY = "<think>It lies low.</think>\n\n<answer>B</answer>"


def _write(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def _lines(path: Path, *rows: object) -> Path:
    return _write(path, "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n")


def _medvlm_r1(folder: Path) -> Path:
    record = {"image": ["images/a.png"], "problem": PROBLEM, "solution": "B", "question": QUESTION}
    row = {"question": record, "ground_truth": "B", "model_output": REPLY, "extracted_answer": "B"}
    broken = [{**row, "model_output": None}, "not a row"]
    return _write(folder / "results.json", {"accuracy": 50.0, "results": [row, *broken]})


def _medevalkit(folder: Path) -> Path:
    row = {"dataset": "X", "question_id": "X_0", "question": QUESTION, "choices": ["A. Lungs", "B. Liver"]}
    row = {**row, "answer": "B", "response": REPLY, "correct": True}
    return _write(folder / "results.json", [row, {**row, "response": 7}, 3])


def _lmms_eval(folder: Path) -> Path:
    doc = {"question": QUESTION, "options": "['Lungs', 'Liver']", "answer": "B"}
    row = {"doc_id": 0, "doc": doc, "target": "B", "resps": [[REPLY]], "filtered_resps": ["B"]}
    return _lines(folder / "1_samples_x.jsonl", row, {**row, "resps": [[[-1.5, False]]]}, '{"doc_id": 2,')


def _vlmevalkit(folder: Path) -> Path:
    book = Workbook()
    header = ["index", "question", "A", "B", "answer", "prediction", "thinking"]
    rows: list[list[object]] = [
        header,
        [0, QUESTION, "Lungs", "Liver", "B", "\n\n<answer>B</answer>", "It lies low."],
        [1, QUESTION, "Lungs", "Liver", "B", "Failed to obtain answer via API.", None],
        [0, "Another question?", "Lungs", "Liver", "B", "B", None],
    ]
    for row in rows:
        book.active.append(row)  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]
    book.save(folder / "model_set.xlsx")
    return folder / "model_set.xlsx"


def _medvlthinker(folder: Path) -> Path:
    row = {"dp_index": 0, "prompts": PROBLEM, "dataset_name": "pmc", "dataset_index": 7, "answer_label": "B"}
    row = {**row, "answer": "Liver", "parsed_outputs": [{"output_text": REPLY, "pred_letter": "B"}]}
    _lines(folder / "shards" / "dp_0.jsonl", row, {**row, "dataset_index": 8, "parsed_outputs": []})
    return _lines(folder / "shards" / "dp_1.jsonl", "[]").parent


def _table(folder: Path) -> Path:
    row = {"case_id": "c1", "reply": REPLY, "question": QUESTION, "options": list(OPTIONS), "key": "B"}
    return _lines(folder / "replies.jsonl", row, {**row, "case_id": None}, {"case_id": "c2", "reply": None})


SPECIMENS: dict[str, Callable[[Path], Path]] = {
    "medvlm-r1": _medvlm_r1,
    "medevalkit": _medevalkit,
    "lmms-eval": _lmms_eval,
    "vlmevalkit": _vlmevalkit,
    "medvlthinker": _medvlthinker,
    "table": _table,
}
"""Each writes one good row and two broken ones."""


@pytest.mark.parametrize("name", known_formats())
def test_specimen_is_recognised_and_loses_only_its_broken_rows(name: str, tmp_path: Path):
    found = read(SPECIMENS[name](tmp_path))
    assert found.format == name
    (only,) = found.replies
    assert only.reply == REPLY
    assert (only.case.question, only.case.options, only.case.key) == (QUESTION, OPTIONS, "B")
    assert only.case.answer == "Liver"
    assert (only.case.images, only.rollout, only.finished) == ((), 0, True)
    assert only.case.id and only.case.origin
    assert len(found.bad) == 2
    assert all(bad.file and bad.row and bad.reason for bad in found.bad)
    assert read(SPECIMENS[name](tmp_path), name) == found


@pytest.mark.parametrize("name", known_formats())
def test_replies_join_the_cases_of_another_file(name: str, tmp_path: Path):
    found = read(SPECIMENS[name](tmp_path))
    mine = found.replies[0].case
    by_id = Case(mine.id, QUESTION, OPTIONS, images=("/scans/a.png",))
    by_content = Case("other", "which organ is shown", OPTIONS, images=("/scans/a.png",))
    assert join(found, [by_content]) == (((by_content, found.replies[0]),), ())
    if found.replies[0].id_given:
        assert join(found, [by_id, by_content]) == (((by_id, found.replies[0]),), ())
    pairs, bad = join(found, [Case("x", "Another?", OPTIONS)])
    assert pairs == () and len(bad) == 1


def _collected(*replies: CollectedReply) -> Collected:
    return Collected(replies, (), "table")


OURS = CollectedReply(Case("c1", QUESTION, OPTIONS, origin="r.csv:row 2"), REPLY)


def test_join_by_image_name_where_questions_repeat():
    cases = [Case(f"k{i}", QUESTION, OPTIONS, images=(f"/scans/{i}.png",)) for i in range(3)]
    pairs, bad = join(_collected(replace(OURS, image_names=("1.png",))), cases)
    assert [case.id for case, _ in pairs] == ["k1"] and bad == ()
    pairs, (ambiguous,) = join(_collected(OURS), cases)
    assert pairs == () and ambiguous == BadRow("r.csv", "row 2", ambiguous.reason)
    assert "3 cases" in ambiguous.reason


def test_join_refuses_options_in_another_order():
    pairs, (bad,) = join(_collected(OURS), [Case("c1", QUESTION, OPTIONS[::-1])])
    assert pairs == () and "another order" in bad.reason


def test_join_by_id_alone_where_the_file_holds_nothing_else():
    case = Case("c1", QUESTION, OPTIONS)
    assert join(_collected(replace(OURS, case=Case("c1", ""))), [case])[0][0][0] is case


@pytest.mark.parametrize(
    ("question", "expected", "names"),
    [
        (PROBLEM, QUESTION, ()),
        ("Which organ is shown? A)Lungs, B)Liver", QUESTION, ()),
        ("images/a.png", "", ("a.png",)),
        ({"problem": "Which organ is shown? A)Lungs, B)Liver", "image": "x\\a.png"}, QUESTION, ("a.png",)),
    ],
)
def test_medvlm_r1_question_may_be_text_or_path(tmp_path: Path, question: object, expected: str, names: tuple[str]):
    row = {"question": question, "ground_truth": "<answer> B </answer>", "model_output": REPLY}
    (found,) = read(_write(tmp_path / "r.json", {"results": [row]})).replies
    assert (found.case.question, found.image_names, found.case.key) == (expected, names, "B")
    assert found.case.options == (OPTIONS if expected else ())
    assert not found.id_given


def test_rollouts_of_one_case_are_counted(tmp_path: Path):
    row = {"prompts": PROBLEM, "dataset_name": "pmc", "dataset_index": 7, "answer_label": "B"}
    outputs = [{"output_text": text} for text in ("one", "two", "three")]
    found = read(_lines(tmp_path / "dp_0.jsonl", {**row, "parsed_outputs": outputs}))
    assert [(reply.rollout, reply.reply) for reply in found.replies] == [(0, "one"), (1, "two"), (2, "three")]
    assert {reply.case.id for reply in found.replies} == {"pmc_7"}


def test_medvlthinker_prompt_may_be_rendered_or_messages(tmp_path: Path):
    rendered = f"<|im_start|>system\nA) no B) no<|im_end|>\n<|im_start|>user\n<|vision_end|>{PROBLEM}<|im_end|>\n"
    messages = [{"role": "system", "content": "A) x\nB) y"}, {"role": "user", "content": [{"text": PROBLEM}]}]
    for prompts in (rendered, messages):
        row = {"prompts": prompts, "answer": "Liver", "parsed_outputs": [{"output_text": REPLY}]}
        (found,) = read(_lines(tmp_path / "dp_0.jsonl", row)).replies
        assert (found.case.question, found.case.options, found.case.key) == (QUESTION, OPTIONS, "B")


def test_lmms_eval_leaves_out_resps_that_equal_the_filtered(tmp_path: Path):
    row = {"doc_id": 3, "doc": {}, "input": PROBLEM, "target": "B", "filtered_resps": [REPLY]}
    (found,) = read(_lines(tmp_path / "s.jsonl", row)).replies
    assert (found.reply, found.case.id, found.case.options, found.case.key) == (REPLY, "3", OPTIONS, "B")


def test_vlmevalkit_table_with_and_without_thinking(tmp_path: Path):
    header = "index\tquestion\tA\tB\tC\tanswer\timage_path\tprediction\tthinking\n"
    rows = f"0\t{QUESTION}\tLungs\tLiver\t\tB\tscans/a.png\tB\tlow\n1\t{QUESTION}\tLungs\tLiver\t\tB\tb.png\tB\t\n"
    found = read(_write(tmp_path / "m.tsv", header + rows))
    assert [reply.reply for reply in found.replies] == ["<think>low</think>B", "B"]
    assert found.replies[0].image_names == ("a.png",)
    assert found.replies[0].case.options == OPTIONS


def test_vlmevalkit_sheet_cuts_long_cells(tmp_path: Path):
    book = Workbook()
    for row in (["index", "question", "A", "B", "prediction"], [0, QUESTION, 1, 2.0, "x" * 32_767]):
        book.active.append(row)  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]
    book.save(tmp_path / "m.xlsx")
    (found,) = read(tmp_path / "m.xlsx").replies
    assert not found.finished
    assert found.case.options == ("1", "2")


def test_table_reads_alike_from_every_container(tmp_path: Path):
    import pyarrow
    import pyarrow.parquet

    rows = [{"case_id": "c1", "reply": REPLY}, {"case_id": "c1", "reply": ""}]
    _lines(tmp_path / "r.jsonl", *rows)
    quoted = REPLY.replace('"', '""')
    _write(tmp_path / "r.csv", f'case_id,reply\nc1,"{quoted}"\nc1,\n')
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "r.parquet")
    for suffix in ("jsonl", "csv", "parquet"):
        found = read(tmp_path / f"r.{suffix}")
        assert [(r.case.id, r.reply, r.rollout) for r in found.replies] == [("c1", REPLY, 0), ("c1", "", 1)], suffix
        assert found.bad == ()


def test_csv_rows_with_too_many_or_too_few_cells_are_bad(tmp_path: Path):
    found = read(_write(tmp_path / "r.csv", "case_id,reply\nc1,B\nc2\nc3,B,C\nc4,A\n"))
    assert [reply.case.id for reply in found.replies] == ["c1", "c4"]
    assert [bad.row for bad in found.bad] == ["row 3", "row 4"]


def test_unknown_files_name_what_is_known(tmp_path: Path):
    with pytest.raises(CasesError, match=r"none of the known formats.*medvlm-r1.*it has nothing"):
        read(_write(tmp_path / "a.json", [{"nothing": 1}]))
    with pytest.raises(CasesError, match=r"no format of replies is called 'x'; known: .*vlmevalkit"):
        read(tmp_path / "a.json", "x")
    for name, content in (("b.json", "{"), ("c.json", "3"), ("d.pkl", "x"), ("e.xlsx", "x"), ("f.parquet", "x")):
        with pytest.raises(CasesError, match=name):
            read(_write(tmp_path / name, content))
    with pytest.raises(CasesError, match="no such file"):
        read(tmp_path / "missing.json")
    with pytest.raises(CasesError, match="no dp_"):
        read(tmp_path)
