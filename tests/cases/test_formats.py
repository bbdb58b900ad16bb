"""The quirks of the published files, one by one."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from faithlens import cases
from faithlens.cases.modalities import modality
from faithlens.cases.reader import discovered
from faithlens.cases.readers.med_r1 import split
from faithlens.records import Case

Write = Callable[..., Path]


def specimen(name: str, **changes: object) -> dict[str, object]:
    return {**discovered()[name].specimen, **changes}


def only(path: Path) -> Case:
    read = cases.read(path)
    assert read.bad == ()
    (case,) = read.cases
    return case


# the eight strings of OmniMedVQA as its files spell them
@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("CT(Computed Tomography)", "CT"),
        ("Dermoscopy", "Dermoscopy"),
        ("Fundus Photography", "Fundus"),
        ("MR (Mag-netic Resonance Imaging)", "MR"),
        ("Microscopy Images", "Microscopy"),
        ("OCT (Optical Coherence Tomography", "OCT"),
        ("X-Ray", "X-ray"),
        ("ultrasound", "Ultrasound"),
        ("MRI", "MR"),
        ("DX", "X-ray"),
        (" PET ", "PET"),
        ("", None),
        (None, None),
    ],
)
def test_modalities_have_one_name(written: str | None, name: str | None) -> None:
    assert modality(written) == name


def test_huatuo_finds_the_letter_of_the_answer_text(write: Write) -> None:
    case = only(write(specimen("huatuo")))
    assert (case.key, case.answer, case.modality, case.source) == ("B", "Acute infarct", "MR", "OmniMedVQA")


def test_omnimedvqa_without_later_options_and_with_loose_answer(write: Write) -> None:
    case = only(write(specimen("omnimedvqa", option_B="CT", gt_answer="X_RAY")))
    assert case.options == ("X_ray.", "CT")
    assert (case.key, case.answer) == ("A", "X_RAY")
    assert (case.modality, case.question_type) == ("CT", "Modality Recognition")


def test_omnimedvqa_columns_are_told_though_the_first_row_lacks_some(write: Write) -> None:
    first = specimen("omnimedvqa", question_id="1")
    second = specimen("omnimedvqa", question_id="2", option_C="MRI", option_D="PET", gt_answer="pet.")
    read = cases.read(write(first, second))
    assert [case.key for case in read.cases] == ["A", "D"]


def test_medvlm_r1_without_solution_has_the_answer_text_decide(write: Write) -> None:
    case = only(write(specimen("medvlm_r1", solution=None)))
    assert case.key == "B"


def test_vqa_rad_closed_and_open(write: Write) -> None:
    read = cases.read(
        write(
            specimen("vqa_rad", qid="0", answer="no "),
            specimen("vqa_rad", qid=1, answer="Left", answer_type="CLOSED"),
            specimen("vqa_rad", qid=2, answer=4, answer_type="OPEN"),
        )
    )
    no, left, four = read.cases
    assert (no.id, no.options, no.key, no.answer) == ("0", ("Yes", "No"), "B", "no")
    assert (left.id, left.options, left.key, left.answer) == ("1", (), None, "Left")
    assert (four.options, four.answer) == ((), "4")
    assert (no.anatomy, no.modality, no.question_type) == ("chest", None, "PRES")


def test_slake_keeps_chinese_questions_and_open_ones(write: Write) -> None:
    read = cases.read(
        write(
            specimen("slake"),
            specimen("slake", qid=1, q_lang="zh", answer="是"),
            specimen("slake", qid=2, answer="Liver", answer_type="OPEN"),
        )
    )
    assert [(case.options, case.key) for case in read.cases] == [(("Yes", "No"), "A"), ((), None), ((), None)]
    assert (read.cases[0].modality, read.cases[0].anatomy, read.cases[0].group) == ("MR", "Abdomen", "1")


PMC_V1 = """Figure_path,Question,Answer,Choice A,Choice B,Choice C,Choice D,Answer_label
PMC1_F1.jpg,What is shown?, Focal ,Diffuse, Focal,Absent,Mixed,B
"""
PMC_V2 = """index,Figure_path,Caption,Question,Choice A,Choice B,Choice C,Choice D,{},split
7,PMC1_F1.jpg,"A scan, late",What is shown?, A: Diffuse, B: Focal,C:Absent,D: A: mixed,B,test
"""


@pytest.mark.parametrize("content", [PMC_V1, PMC_V2.format("Answer"), PMC_V2.format("Anwser"), PMC_V2.format("key")])
def test_pmc_vqa_in_both_versions(content: str, tmp_path: Path) -> None:
    path = tmp_path / "test.csv"
    path.write_text(content, encoding="utf-8")
    case = only(path)
    assert case.options[:3] == ("Diffuse", "Focal", "Absent")
    assert (case.key, case.answer, case.group) == ("B", "Focal", "PMC1")
    assert case.id == ("PMC-VQA-1" if content is PMC_V1 else "7")
    # only its own letter is taken off a choice
    assert case.options[3] == ("Mixed" if content is PMC_V1 else "A: mixed")


def test_medxpertqa_of_hub_and_repository_are_the_same_case(write: Write) -> None:
    hub = specimen("medxpertqa")
    repository = specimen(
        "medxpertqa",
        options=[{"letter": "B", "content": "Eczema"}, {"letter": "A", "content": "Psoriasis"}],
        label=["B"],
        images=[{"image_path": "MM-0-a.jpeg"}, {"image_path": "MM-0-b.jpeg"}],
    )
    one = only(write(hub, name="cases.jsonl"))
    assert one == only(write(repository, name="cases.jsonl"))
    assert one.question == "Which is most likely?"
    assert (one.options, one.key, len(one.images)) == (("Psoriasis", "Eczema"), "B", 2)


def test_medxpertqa_options_of_a_wide_table_are_as_many_as_are_filled(write: Write) -> None:
    options = {"A": "Psoriasis", "B": "Eczema", "C": None, "D": None}
    assert only(write(specimen("medxpertqa", options=options))).options == ("Psoriasis", "Eczema")


@pytest.mark.parametrize(
    ("problem", "options"),
    [
        ("Which? A)x, B)y", ("x", "y")),
        ("Which? A) x, with comma, B) y (late), C) z", ("x, with comma", "y (late)", "z")),
        ("Which?\nA) x\nB) y", ("x", "y")),
        ("Which (A or B)? A)x, B)y", ("x", "y")),
    ],
)
def test_med_r1_options_in_one_line(problem: str, options: tuple[str, ...]) -> None:
    assert split(problem)[1] == options
    assert split(problem)[0].startswith("Which")


def jpeg(shade: int) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (8, 8), (shade, shade, shade)).save(data, "JPEG")
    return data.getvalue()


def parquet(path: Path, rows: list[Mapping[str, object]]) -> Path:
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def test_hub_parquet_writes_each_image_once_by_its_content(tmp_path: Path) -> None:
    rows = [
        {"image": {"bytes": jpeg(9), "path": "a.jpg"}, "question": "is it dark?", "answer": "yes"},
        {"image": {"bytes": jpeg(9), "path": "b.jpg"}, "question": "where is it?", "answer": "left"},
        {"image": {"bytes": jpeg(200), "path": "c.jpg"}, "question": "is it dark?", "answer": "no"},
        {"image": {"bytes": b"not an image", "path": "d.jpg"}, "question": "is it dark?", "answer": "no"},
    ]
    read = cases.read(parquet(tmp_path / "test.parquet", rows), images=tmp_path / "cache")
    assert read.format == "hub_vqa"
    assert [case.options for case in read.cases] == [("Yes", "No"), (), ("Yes", "No")]
    assert [row.row for row in read.bad] == ["4"]
    same, again, other = (Path(case.images[0]) for case in read.cases)
    assert same == again != other
    assert same.parent == tmp_path / "cache" and same.suffix == ".jpg"
    assert same.stem == cases.sha256(same)
    assert read.cases[0].group == read.cases[1].group != read.cases[2].group
    assert len(list((tmp_path / "cache").iterdir())) == 2
    assert cases.with_images(read).cases == read.cases


def test_embedded_images_go_to_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    row = {"image": {"bytes": jpeg(9), "path": None}, "question": "is it dark?", "answer": "yes"}
    case = only(parquet(tmp_path / "test.parquet", [row]))
    assert Path(case.images[0]).parent == tmp_path / "home/.cache/faithlens/images"


def test_octomed_parquet_is_vqa_rad_with_its_image_inside(tmp_path: Path) -> None:
    row = {
        "qid": "5",
        "image_name": "synpic1.jpg",
        "image_organ": "HEAD",
        "answer": "Yes",
        "answer_type": "CLOSED",
        "question_type": "PRES",
        "question": "Is it normal?",
        "phrase_type": "freeform",
        "image": {"bytes": jpeg(3), "path": None},
        "image_hash": "f00",
    }
    path = parquet(tmp_path / "train.parquet", [row])
    read = cases.read(path, images=tmp_path / "cache")
    assert read.format == "vqa_rad"
    (case,) = read.cases
    assert (case.id, case.key, case.group, case.anatomy) == ("5", "A", "synpic1.jpg", "brain")
    assert Path(case.images[0]).parent == tmp_path / "cache"
