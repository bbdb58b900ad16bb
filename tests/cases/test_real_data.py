"""The public files themselves, where they lie beside the repository."""

import json
from collections import Counter
from pathlib import Path

from faithlens import cases
from faithlens.cases.images import open_image
from faithlens.prompts import DEFAULT, PUBLISHED, ask

MEDVLM_R1 = "medvlm_r1/MRI_CT_XRAY_300each_dataset.json"


def test_medvlm_r1_release_has_900_cases_and_12_of_their_images(data: Path) -> None:
    rows = json.loads((data / MEDVLM_R1).read_text())
    read = cases.read(data / MEDVLM_R1)
    assert (read.format, read.bad) == ("medvlm_r1", ())
    assert [case.modality for case in read.cases] == ["MR"] * 300 + ["CT"] * 300 + ["X-ray"] * 300
    # the release: 4 options throughout, but for 63 CT and 12 X-ray questions with 2
    assert Counter(len(case.options) for case in read.cases) == {4: 900 - 63 - 12, 2: 63 + 12}
    for case, row in zip(read.cases, rows, strict=True):
        assert ask(case, PUBLISHED[DEFAULT]).problem == row["problem"]
        assert (case.key, case.answer) == (row["solution"], row["answer"])
    looked = cases.with_images(read)
    shipped = {path.name for path in (data / "medvlm_r1/images").iterdir()}
    assert {Path(case.images[0]).name for case in looked.cases} == shipped
    assert len(shipped) == len(looked.cases) == 12
    assert len(looked.bad) == 888 and all("is missing" in row.reason for row in looked.bad)


def test_medvlm_r1_images_folder_may_be_given_itself(data: Path) -> None:
    read = cases.read(data / MEDVLM_R1, images=data / "medvlm_r1/images")
    assert len(cases.with_images(read).cases) == 12


def test_radvqa_is_complete_with_its_boxes(data: Path) -> None:
    read = cases.read(data / "radvqa/test_mri_ct_xray_300each.json")
    looked = cases.with_images(read)
    assert looked == read and len(looked.cases) == 900 and looked.bad == ()
    # the tumours of the MRI split; its other 60 have none
    boxed = [case for case in looked.cases if case.boxes_xyxy_px]
    assert len(boxed) == 240 and {case.modality for case in boxed} == {"MR"}
    assert {case.source for case in boxed} == {"figshare_brain_tumor"}
    assert all(case.group and case.question_type and case.anatomy for case in looked.cases)
    first = looked.cases[0]
    assert (first.id, first.boxes_xyxy_px) == ("mri_test_0000", ((231.0, 127.8, 271.2, 168.0),))


def test_vqa_rad_is_read_whole(data: Path) -> None:
    path = data / "vqa_rad/VQA_RAD Dataset Public.json"
    rows = json.loads(path.read_text())
    read = cases.read(path)
    assert (read.format, read.bad, len(read.cases)) == ("vqa_rad", (), 2248)
    closed = [case for case in read.cases if case.options]
    assert all(case.options == ("Yes", "No") for case in closed)
    for case, row in zip(read.cases, rows, strict=True):
        assert case.answer == str(row["answer"]).strip()
        said = str(row["answer"]).strip().lower()
        assert case.key == ({"yes": "A", "no": "B"}.get(said) if row["answer_type"].strip() == "CLOSED" else None)
    # 1,299 are published as CLOSED, 106 of them with other answers than yes or no
    assert sum(row["answer_type"].strip() == "CLOSED" for row in rows) == 1299
    assert len(closed) == 1299 - 106
    assert Counter(case.anatomy for case in read.cases) == {"chest": 794, "abdomen": 739, "brain": 715}
    assert cases.with_images(read) == read


def test_chest_ct_slices_by_a_csv(data: Path, tmp_path: Path) -> None:
    files = sorted((data / "dicom_ct").glob("*.dcm"))
    lines = [f"{path.name},Was intravenous contrast given?,Yes|No,{'BA'['CONTRAST_1' in path.name]}" for path in files]
    (tmp_path / "ct.csv").write_text("\n".join(["file,question,options,key", *lines]))
    looked = cases.with_images(cases.read(tmp_path / "ct.csv", images=data / "dicom_ct"))
    assert (looked.format, looked.bad) == ("dicom", ())
    assert [case.modality for case in looked.cases] == ["CT"] * 12
    # ID_0000 to ID_0005 had contrast, ID_0050 to ID_0055 had not
    assert [case.key for case in looked.cases] == ["A"] * 6 + ["B"] * 6
    for case in looked.cases:
        image = open_image(Path(case.images[0]))
        assert (image.size, image.mode) == ((512, 512), "RGB")
        # air around the patient is black, bone is white
        assert image.convert("L").getextrema() == (0, 255)
