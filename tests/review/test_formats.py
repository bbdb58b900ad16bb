"""Every format carries a set out and its ratings back, and lets out nothing that raters must not see."""

from __future__ import annotations

import base64
import csv
import json
import math
import re
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faithlens.errors import ReviewError
from faithlens.records import Case, Finding, Trace, Verdict
from faithlens.review.cells import neutralised, restored
from faithlens.review.design import Design
from faithlens.review.exporting import Exported, export
from faithlens.review.form import JOINT, form
from faithlens.review.format import chosen, discovered, read_ratings
from faithlens.review.rating import Rating, check
from faithlens.review.reviewset import ReviewSet, key_path
from faithlens.review.sheet import tidy
from faithlens.store import Run, RunFolder, open_run
from tests.review import hospital

FORMATS = list(discovered().values())
NAMES = list(discovered())


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return hospital.run(tmp_path_factory.mktemp("hospital"))


@pytest.fixture(scope="module")
def made(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """Both rounds, written in every format."""
    design = Design(n=24, by=("band",), overlay=True, second_round=True, raters=("anna", "ben"))
    found = export(run, tmp_path_factory.mktemp("out") / "set", design)
    assert found.second is not None
    for one in (found.set, found.second):
        for format in FORMATS:
            format.write(one, one.path / format.NAME)
    return found


def answers(set: ReviewSet) -> list[Rating]:
    """Every question answered by every rater, each allowed value somewhere, comments that a table might run."""
    comments = ["=1+1", "@x", "-", "'tick", "''", "a;b,c\nd", 'say "no"', "Ödem – 3 cm", hospital.HOSTILE, "\ufffd"]
    found = []
    for which, rater in enumerate(set.raters):
        for number, item in enumerate(set.ordered(rater)):
            said: dict[str, str] = {}
            for question in form().questions:
                allowed = question.allowed(item.letters, len(item.sentences))
                if question not in form().asked(said):
                    continue
                if question.scale == "text":
                    said[question.id] = comments[number % len(comments)]
                elif question.scale == "multi" and number % 3 == 0:
                    said[question.id] = JOINT.join(str(n) for n in range(1, len(item.sentences) + 1))
                else:
                    said[question.id] = allowed[(number + which) % len(allowed)]
            time, at = 10.5 + number, f"2026-01-31T10:{number:02}:00Z"
            found += [Rating(item.id, rater, q, value, time, set.round, at) for q, value in said.items()]
    return found


def untimed(ratings: list[Rating]) -> list[tuple[str, str, str, str, int]]:
    return sorted((r.item, r.rater, r.question, r.value, r.round) for r in ratings)


# ------------------------------------------------------------------------------------ out and back


@pytest.mark.parametrize("round", [1, 2])
@pytest.mark.parametrize("name", NAMES)
def test_ratings_come_back_as_they_were_given(name: str, round: int, made: Exported, tmp_path: Path):
    seen = made.set if round == 1 else made.second
    assert seen is not None
    given, format = answers(seen), discovered()[name]
    assert not [reason for rating in given for reason in check(rating, seen, form())]
    format.write(seen, tmp_path / name, given)
    found, problems = read_ratings(tmp_path / name)
    assert problems == []
    assert untimed(found) == untimed(given)
    if format.TIMED:
        assert sorted((r.item, r.rater, r.seconds, r.at) for r in found) == sorted(
            (r.item, r.rater, r.seconds, r.at) for r in given
        )
    else:
        assert all(math.isnan(rating.seconds) for rating in found)


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_form_is_read_as_nothing(name: str, made: Exported):
    files = [file for file in (made.set.path / name).rglob("*") if discovered()[name].recognises(file)]
    assert all(read_ratings(file) == ([], []) for file in files)


@pytest.mark.parametrize("name", NAMES)
def test_what_a_format_gives_back_is_recognised_by_it_alone(name: str, made: Exported, tmp_path: Path):
    discovered()[name].write(made.set, tmp_path, answers(made.set))
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    known = {file: [format.NAME for format in FORMATS if format.recognises(file)] for file in files}
    assert [name] in known.values()
    assert all(names in ([], [name]) for names in known.values())


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_file_of_ratings_is_refused_by_name(name: str, tmp_path: Path):
    for suffix in (".csv", ".json", ".jsonl", ".xlsx", ".html"):
        file = tmp_path / f"notes{suffix}"
        file.write_text('{"a": [1, 2}', encoding="utf-8")
        assert not discovered()[name].recognises(file)
        with pytest.raises(ReviewError, match=r"notes\.[a-z]+"):
            read_ratings(file, name)
    with pytest.raises(ReviewError, match="no file of ratings"):
        read_ratings(tmp_path)


def test_an_unknown_format_is_answered_with_the_known_ones():
    with pytest.raises(ReviewError, match="argilla, booklet, csv, labelstudio, redcap, xlsx"):
        chosen(["excel"])


# ----------------------------------------------------------------------------------- nothing leaks


def sent(folder: Path) -> dict[str, bytes]:
    """Every byte that leaves, by name: files, what is zipped in them, and what is embedded in them."""
    found: dict[str, bytes] = {}
    for file in folder.rglob("*"):
        if file.is_file():
            found[file.name] = file.name.encode() + b"\n" + file.read_bytes()
            if zipfile.is_zipfile(file):
                with zipfile.ZipFile(file) as packed:
                    found |= {f"{file.name}/{name}": name.encode() + packed.read(name) for name in packed.namelist()}
            for number, embedded in enumerate(re.findall(rb"base64,([A-Za-z0-9+/=]+)", file.read_bytes())):
                found[f"{file.name}#{number}"] = base64.b64decode(embedded)
    return found


def secrets(run: Run) -> list[bytes]:
    """What names the checkpoint, the case, its file, its patient, or what the audit says of it."""
    words = [hospital.CHECKPOINT, *hospital.CHECKPOINT.split("/"), hospital.PATIENT, "Pneumothorax", "jane_doe"]
    words += ["Test/", "patient-", str(run.path.parent), "cases.json", "gradients", "implied_answer", "0.771"]
    words += [
        "contradictory",
        "post_hoc",
        "Contradictory",
        "Post hoc",
        "It leads to A",
        "band: ",
        "stratum",
        '"weight"',
    ]
    words += [f"{v.probability:.5f}"[:6] for v in run.rows(Verdict) if not math.isnan(v.probability)]
    return [word.encode() for word in dict.fromkeys(words)]


def test_no_byte_that_leaves_tells_what_raters_must_not_know(run: Run, made: Exported):
    files = sent(made.set.path)
    assert len(files) > 500 and all(any(name.startswith(r) for name in files) for r in ("anna", "ben", "item-"))
    leaks = [(name, word) for name, data in files.items() for word in secrets(run) if word in data]
    assert leaks == []
    # the second round tells verdicts, and still neither whose they are nor where the case comes from
    assert made.second is not None
    later, hidden = sent(made.second.path), secrets(run)[:10]
    assert [(name, word) for name, data in later.items() for word in hidden if word in data] == []
    # the search finds what is there: the sealed key names nearly all of it
    key = key_path(made.set.path).read_bytes()
    assert sum(word in key for word in secrets(run)) > 12


def test_no_image_that_leaves_has_anything_but_pixels(made: Exported):
    chunks = Counter[bytes]()
    for data in sent(made.set.path).values():
        at = data.find(b"\x89PNG")
        if at >= 0 and data[at:].count(b"IHDR") == 1:
            chunks.update(re.findall(rb"(?s)....([a-z]{4}|[A-Z]{4}|[a-zA-Z]{4})", data[at + 8 : at + 40]))
            assert not re.search(rb"tEXt|zTXt|iTXt|eXIf|iCCP|tIME", data)
    assert chunks[b"IHDR"] > 100


def test_what_raters_see_does_not_depend_on_key_verdict_or_checkpoint(run: Run, tmp_path: Path):
    """The letter of the key can be searched for nowhere: so change all that is hidden, and see nothing change."""
    other = RunFolder(tmp_path / "other")
    other.begin({})
    other.table(Case, [replace(case, key="ABC"["CAB".index(case.key or "A")]) for case in run.rows(Case)])
    other.table(Verdict, [replace(v, probability=0.5, flagged=False) for v in run.rows(Verdict)])
    other.add(Trace, 0, run.rows(Trace), {})
    other.add(Finding, 0, [replace(f, score=0.1, evidence="", marks=()) for f in run.rows(Finding)], {})
    other.finish({"plan": run.manifest["plan"], "subject": {"id": "another/checkpoint"}})
    design = Design(n=24, by=("modality",), repeats=0, catches=0)
    one, two = (
        export(source, tmp_path / name, design)
        for source, name in ((run, "one"), (open_run(tmp_path / "other"), "two"))
    )
    shown = [
        sorted(
            repr((replace(item, id="", images=()), (made.set.path / item.images[0]).read_bytes()))
            for item in made.set.items
        )
        for made in (one, two)
    ]
    assert shown[0] == shown[1]
    assert one.key.entries != two.key.entries


# --------------------------------------------------------------------------- text that means harm


@given(st.text())
def test_a_neutralised_cell_is_harmless_and_comes_back(text: str):
    cell = neutralised(text)
    assert not re.match(r"[=+\-@\t\r\n＝＋－＠]", cell)
    assert restored(cell) == text


@pytest.mark.parametrize("cell", ["plain", "'tis", "a=b", ""])
def test_what_was_never_neutralised_stays(cell: str):
    assert restored(cell) == cell


def test_no_cell_of_any_table_can_be_run(made: Exported, tmp_path: Path):
    assert made.second is not None
    for one in (made.set, made.second):
        for name in ("csv", "redcap", "xlsx"):
            discovered()[name].write(one, tmp_path / str(one.round) / name, answers(one))
    # the dictionary holds nothing of the run, and in its last column tags that REDCap wants with their @
    for file in {*tmp_path.rglob("*.csv")} - {*tmp_path.rglob("dictionary.csv")}:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            cells = [cell for row in csv.reader(opened) for cell in row]
        assert len(cells) > 200 and not [cell for cell in cells if re.match(r"[=+\-@\t\r\n]", cell)]
    for file in tmp_path.rglob("*.xlsx"):
        cells = [cell for sheet in openpyxl.load_workbook(file) for row in sheet.iter_rows() for cell in row]
        assert len(cells) > 200 and not [cell.value for cell in cells if cell.data_type == "f"]


def test_a_booklet_shows_a_reply_and_does_not_run_it(made: Exported):
    page = (made.set.path / "booklet" / "anna.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
    assert page.count("<script>") == 1 and page.count("</textarea>") == len(made.set.items)


# ------------------------------------------------------------------------------ what people return


@pytest.mark.parametrize(
    ("question", "written", "meant"),
    [
        ("support", "Supports", "supports"),
        ("support", " another option ", "supports_other"),
        ("support", "dunno", "dunno"),
        ("own_answer", "b)", "B"),
        ("own_answer", "cannot_tell", "cannot_tell"),
        ("wrong_sentences", "1, 3", "1;3"),
        ("wrong_sentences", "2.0", "2"),
        ("wrong_sentences", "1;2;", "1;2"),
        ("wrong_sentences", "None of them", "none"),
        ("comment", "  a, b; C) ", "a, b; C)"),
    ],
)
def test_answers_are_understood_as_people_write_them(question: str, written: str, meant: str):
    assert tidy(form().question(question), written) == meant


def table(path: Path, rows: list[dict[str, str]], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "cp1252"), ("\t", "utf-8"), (",", "utf-8-sig")])
def test_a_table_saved_by_a_spreadsheet_abroad_is_read(delimiter: str, encoding: str, tmp_path: Path):
    row = {"place": "1", "item": "item-x", "rater": "anna", "support": "none", "comment": "Ödem", "seconds": "12,5"}
    found, problems = read_ratings(table(tmp_path / "a.csv", [row], delimiter, encoding))
    assert problems == []
    assert found == [Rating("item-x", "anna", q, v, 12.5) for q, v in (("support", "none"), ("comment", "Ödem"))]


def test_a_row_that_cannot_be_placed_is_listed_and_the_others_are_kept(tmp_path: Path):
    good = {"place": "1", "item": "item-x", "rater": "anna", "round": "1", "support": "none", "seconds": ""}
    rows = [good, good | {"item": ""}, good | {"rater": ""}, good | {"round": "one"}, good | {"seconds": "long"}]
    found, problems = read_ratings(table(tmp_path / "a.csv", rows))
    assert len(found) == 2
    assert [bad.row for bad in problems] == ["row 3", "row 4", "row 5", "row 6"]


def test_label_studio_tells_skipped_and_broken_results(tmp_path: Path):
    data = {"item": "item-x", "rater": "anna", "round": 1}
    said = {"from_name": "support", "type": "choices", "value": {"choices": ["none"]}}
    good = {"result": [said, {"from_name": "regions", "type": "rectanglelabels", "value": {}}], "lead_time": 3}
    tasks = [
        {"id": 1, "data": data, "annotations": [good]},
        {"id": 2, "data": data, "annotations": [{"was_cancelled": True, "result": []}]},
        {"id": 3, "data": data, "annotations": [{"result": [{"type": "choices"}]}]},
        {"id": 4, "data": {}, "annotations": [good]},
    ]
    (tmp_path / "a.json").write_text(json.dumps(tasks), encoding="utf-8")
    found, problems = read_ratings(tmp_path / "a.json")
    assert found == [Rating("item-x", "anna", "support", "none", 3.0)]
    assert [bad.row for bad in problems] == ["task 2", "task 3", "task 4"]


_RECORD = {"metadata": {"item": "i", "rater": "r", "round": 1}, "responses": {"support": [{"value": "none"}]}}
_RATING = {"item": "i", "question": "support", "value": "none", "at": ""}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", "\n".join([json.dumps(_RECORD), json.dumps(_RECORD | {"metadata": {}}), "no json"])),
        ("a.json", json.dumps({"booklet": 1, "rater": "r", "round": 1, "ratings": [_RATING, {"item": "i"}, 3]})),
    ],
)
def test_a_damaged_entry_is_listed_and_the_others_are_kept(name: str, content: str, tmp_path: Path):
    (tmp_path / name).write_text(content, encoding="utf-8")
    found, problems = read_ratings(tmp_path / name)
    assert [(r.item, r.rater, r.question, r.value) for r in found] == [("i", "r", "support", "none")]
    assert len(problems) == 2


# --------------------------------------------------------------------------- what the tools expect


def test_a_workbook_has_images_in_their_rows_lists_and_a_frozen_header(made: Exported):
    book = openpyxl.load_workbook(made.set.path / "xlsx" / "ben.xlsx")
    sheet = book["ratings"]
    header = [cell.value for cell in sheet[1]]
    assert sheet.freeze_panes is not None and str(sheet.freeze_panes).endswith("2")
    column = header.index("image")
    anchors = [picture.anchor._from for picture in sheet._images]  # pyright: ignore[reportAttributeAccessIssue]
    assert [(a.row, a.col) for a in anchors] == [(n, column) for n in range(1, len(made.set.items) + 1)]
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    cell = sheet.cell(2, header.index("own_answer") + 1).coordinate
    assert lists[cell] == '"A,B,C,cannot_tell"'
    assert [cell.value for cell in sheet["E"][1:]] == list(made.set.orders["ben"])


def test_a_dictionary_is_one_that_redcap_accepts(made: Exported):
    folder = made.set.path / "redcap"
    with (folder / "dictionary.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert len(header) == 18 and header[0] == "Variable / Field Name" and header[-1] == "Field Annotation"
    fields = [row[0] for row in rows]
    assert rows[0][0] == "record_id" and rows[0][3] == "text"
    assert len(set(fields)) == len(fields) and all(re.fullmatch(r"[a-z][a-z0-9_]{0,25}", name) for name in fields)
    assert {row[1] for row in rows} == {"review"}
    for row in rows:
        codes = [choice.split(", ")[0] for choice in row[5].split(" | ")] if row[5] else []
        assert bool(codes) == (row[3] in ("radio", "checkbox"))
        assert len(set(codes)) == len(codes) and all(re.fullmatch(r"\w+", code) for code in codes)
    with (folder / "records.csv").open(encoding="utf-8", newline="") as file:
        columns = csv.DictReader(file).fieldnames or []
    assert {name.split("___")[0] for name in columns} <= set(fields)


def test_label_studio_finds_every_control_that_a_task_names(made: Exported):
    assert made.second is not None
    for one in (made.set, made.second):
        folder = one.path / "labelstudio"
        config = ElementTree.parse(folder / "config.xml").getroot()
        named = {tag.get("name"): tag for tag in config.iter() if tag.get("name")}
        assert all(tag.get("toName") in named for tag in config.iter() if tag.get("toName"))
        used = {tag.get("value", "")[1:] for tag in config.iter() if tag.get("value", "").startswith("$")}
        tasks = json.loads((folder / "anna.json").read_text(encoding="utf-8"))
        assert [task["data"]["item"] for task in tasks] == list(one.orders["anna"])
        assert all(used <= task["data"].keys() for task in tasks)
        predicted = [(task, result) for task in tasks for p in task.get("predictions", []) for result in p["result"]]
        kinds = Counter(result["type"] for _, result in predicted)
        assert kinds["rectanglelabels"] > 0 and (kinds["labels"] > 0) == (one.round == 2)
        for task, result in predicted:
            value = result["value"]
            assert result["from_name"] in named and result["to_name"] in named
            if result["type"] == "labels":
                assert task["data"]["think"][value["start"] : value["end"]] == value["text"] != ""
            else:
                # (4, 6, 20, 18) on an image of 32 by 24
                assert [value[edge] for edge in ("x", "y", "width", "height")] == [12.5, 25.0, 50.0, 50.0]


def test_predictions_stand_only_where_raters_may_see_them(made: Exported):
    kinds = {entry.item: entry.kind for entry in made.key.entries}
    tasks = json.loads((made.set.path / "labelstudio" / "anna.json").read_text(encoding="utf-8"))
    assert {kinds[task["data"]["item"]] for task in tasks if "predictions" in task} == {"overlay"}


def test_argilla_fields_and_questions_match_the_records(made: Exported):
    folder = made.set.path / "argilla"
    settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    fields = {field["name"]: field["required"] for field in settings["fields"]}
    metadata = {held["name"] for held in settings["metadata"]}
    lines = (folder / "ben.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines:
        record = json.loads(line)
        assert {name for name, needed in fields.items() if needed} <= record["fields"].keys() <= fields.keys()
        assert record["metadata"].keys() == metadata
    assert [question["name"] for question in settings["questions"]] == [question.id for question in form().questions]
