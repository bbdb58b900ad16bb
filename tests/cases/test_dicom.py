"""DICOM files are shown as a viewer would; pixel values are derived in the comments."""

from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, JPEGLSLossless, generate_uid

from faithlens import cases
from faithlens.cases.dicom_pixels import modality_code
from faithlens.cases.images import is_dicom, open_image
from faithlens.errors import ImageError


def dicom(path: Path, stored: np.ndarray, **tags: object) -> Path:
    """A DICOM file of these stored values; colour where they have a third axis."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[path.name])
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    made.SOPClassUID, made.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    made.Rows, made.Columns = stored.shape[:2]
    made.SamplesPerPixel = 3 if stored.ndim == 3 else 1
    made.PhotometricInterpretation = "RGB" if stored.ndim == 3 else "MONOCHROME2"
    if stored.ndim == 3:
        made.PlanarConfiguration = 0
    made.BitsAllocated = made.BitsStored = stored.dtype.itemsize * 8
    made.HighBit = made.BitsStored - 1
    made.PixelRepresentation = int(stored.dtype.kind == "i")
    made.PixelData = stored.tobytes()
    for name, value in tags.items():
        setattr(made, name, value)
    made.save_as(path, enforce_file_format=True)
    return path


def grey(path: Path) -> list[int]:
    """First row as shown."""
    image = open_image(path)
    assert image.mode == "RGB"
    values = np.asarray(image)
    assert (values[..., 0] == values[..., 2]).all()
    return values[0, :, 0].tolist()


def row(*values: int, dtype: type = np.int16) -> np.ndarray:
    return np.array([values], dtype=dtype)


def test_window_of_the_file(tmp_path: Path) -> None:
    # PS3.3 C.11.2.1.2: centre 100, width 201 runs from 99.5 - 100 to 99.5 + 100; 99.5 is the middle,
    # and (50 - 99.5) / 200 + 0.5 = 0.2525, · 255 = 64.4
    path = dicom(tmp_path / "a.dcm", row(-500, 50, 200, 900), WindowCenter="100", WindowWidth="201")
    assert grey(path) == [0, 64, 255, 255]


def test_first_of_several_windows(tmp_path: Path) -> None:
    path = dicom(tmp_path / "a.dcm", row(0, 50, 200), WindowCenter=["100", "1000"], WindowWidth=["201", "9"])
    assert grey(path) == grey(dicom(tmp_path / "b.dcm", row(0, 50, 200), WindowCenter="100", WindowWidth="201"))


def test_exact_and_sigmoid_windows(tmp_path: Path) -> None:
    tags = {"WindowCenter": "100", "WindowWidth": "200"}
    # (50 - 100) / 200 + 0.5 = 0.25, · 255 = 63.75
    exact = dicom(tmp_path / "a.dcm", row(0, 50, 200), VOILUTFunction="LINEAR_EXACT", **tags)
    assert grey(exact) == [0, 64, 255]
    # 1 / (1 + exp(-4 · 50 / 200)) = 0.7311, · 255 = 186.4
    sigmoid = dicom(tmp_path / "b.dcm", row(150), VOILUTFunction="SIGMOID", **tags)
    assert grey(sigmoid) == [186]


def test_ct_is_rescaled_and_gets_soft_tissue_without_a_window(tmp_path: Path) -> None:
    # stored 1024 is 0 HU; centre 40, width 400: (0 - 39.5) / 399 + 0.5 = 0.4010, · 255 = 102.3;
    # -1024 HU is black, 1000 HU white
    path = dicom(tmp_path / "a.dcm", row(0, 1024, 2024), Modality="CT", RescaleSlope="1", RescaleIntercept="-1024")
    assert grey(path) == [0, 102, 255]


def test_rescale_comes_before_the_files_window(tmp_path: Path) -> None:
    tags = {"RescaleSlope": "2", "RescaleIntercept": "-100", "WindowCenter": "0", "WindowWidth": "200"}
    # stored 50 is 0: (0 + 0.5) / 199 + 0.5 = 0.5025, · 255 = 128.1
    assert grey(dicom(tmp_path / "a.dcm", row(0, 50, 100), **tags)) == [0, 128, 255]


def test_other_modalities_are_stretched_between_percentiles(tmp_path: Path) -> None:
    # 0 … 1000: percentiles 5 and 995; 500 is the middle, 127.5 rounds to even 128
    stored = np.arange(1001, dtype=np.int16)[None]
    values = grey(dicom(tmp_path / "a.dcm", stored, Modality="MR"))
    assert (values[5], values[500], values[995]) == (0, 128, 255)
    assert values[0] == 0 and values[1000] == 255
    # (253 - 5) / 990 · 255 = 63.9
    assert values[253] == 64


def test_padding_does_not_take_part_in_the_stretch(tmp_path: Path) -> None:
    stored = np.concatenate([np.full(500, -2000), np.arange(1001)]).astype(np.int16)[None]
    values = grey(dicom(tmp_path / "a.dcm", stored, Modality="MR", PixelPaddingValue=-2000))
    assert values[0] == 0 and values[500 + 500] == 128


@pytest.mark.parametrize("value", [0, 7, -3])
def test_a_flat_image_is_black(value: int, tmp_path: Path) -> None:
    assert grey(dicom(tmp_path / "a.dcm", row(value, value, value), Modality="MR")) == [0, 0, 0]


def test_monochrome1_is_inverted(tmp_path: Path) -> None:
    tags = {"WindowCenter": "100", "WindowWidth": "201"}
    upright = grey(dicom(tmp_path / "a.dcm", row(-500, 50, 900), **tags))
    inverted = grey(dicom(tmp_path / "b.dcm", row(-500, 50, 900), PhotometricInterpretation="MONOCHROME1", **tags))
    # 0.2525 and 0.7475 round to 64 and 191
    assert [255 - value for value in upright] == inverted == [255, 191, 0]


def test_voi_lut_of_the_file(tmp_path: Path) -> None:
    from pydicom.dataset import Dataset

    lut = Dataset()
    lut.add_new(0x00283002, "US", [4, 0, 8])  # four entries from value 0 on, of eight bits
    lut.add_new(0x00283006, "US", [0, 10, 200, 255])
    path = dicom(tmp_path / "a.dcm", row(0, 1, 2, 3, dtype=np.uint16), VOILUTSequence=[lut])
    assert grey(path) == [0, 10, 200, 255]


def test_colour_stays_as_it_is(tmp_path: Path) -> None:
    stored = np.array([[[255, 0, 0], [0, 20, 255]]], dtype=np.uint8)
    shown = np.asarray(open_image(dicom(tmp_path / "a.dcm", stored)))
    assert shown.tolist() == stored.tolist()


def test_ybr_becomes_rgb(tmp_path: Path) -> None:
    # Y 76, Cb 85, Cr 255 is pure red up to rounding (ITU-R BT.601)
    stored = np.array([[[76, 85, 255], [76, 85, 255]]], dtype=np.uint8)
    path = dicom(tmp_path / "a.dcm", stored, PhotometricInterpretation="YBR_FULL")
    assert np.abs(np.asarray(open_image(path))[0, 0].astype(int) - [255, 0, 0]).max() <= 2


def test_what_cannot_be_shown_is_refused_with_a_reason(tmp_path: Path) -> None:
    frames = np.zeros((1, 2), np.int16)
    many = dicom(tmp_path / "many.dcm", frames, NumberOfFrames="5")
    with pytest.raises(ImageError, match=r"many\.dcm has 5 frames"):
        open_image(many)
    huge = dicom(tmp_path / "huge.dcm", frames, Rows=60_000, Columns=60_000)
    with pytest.raises(ImageError, match="60000 x 60000 pixels"):
        open_image(huge)
    cut = dicom(tmp_path / "cut.dcm", frames, Rows=50)
    with pytest.raises(ImageError, match=r"cut\.dcm is broken"):
        open_image(cut)
    (tmp_path / "text.dcm").write_bytes(b"no DICOM at all")
    with pytest.raises(ImageError, match=r"text\.dcm is broken"):
        open_image(tmp_path / "text.dcm")


def test_compression_without_a_decoder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pydicom.encaps import encapsulate
    from pydicom.pixels.decoders import JPEGLSLosslessDecoder

    # as on a machine without any plugin for it
    monkeypatch.setattr(JPEGLSLosslessDecoder, "_available", {})
    path = dicom(tmp_path / "a.dcm", np.zeros((2, 2), np.uint8))
    import pydicom

    made = pydicom.dcmread(path)
    made.file_meta.TransferSyntaxUID = JPEGLSLossless
    made.PixelData = encapsulate([b"\0\0"])
    made["PixelData"].VR = "OB"
    made.save_as(path)
    with pytest.raises(ImageError, match=r"compressed as JPEG-LS Lossless .* install pylibjpeg"):
        open_image(path)


def test_csv_about_a_folder(tmp_path: Path) -> None:
    dicom(tmp_path / "a.dcm", row(0, 9), Modality="DX")
    dicom(tmp_path / "noname", row(0, 9), Modality="US")
    lines = [
        "file,question,options,key,modality",
        "a.dcm,Which?,x|y,A,",
        "noname,Which?,x|y,y,",
        "a.dcm,Which?,x|y,B,CT",
    ]
    (tmp_path / "cases.csv").write_text("\n".join(lines))
    read = cases.read(tmp_path)
    assert (read.format, read.bad) == ("dicom", ())
    assert [(case.modality, case.key) for case in read.cases] == [("X-ray", "A"), ("Ultrasound", "B"), ("CT", "B")]
    assert cases.with_images(read) == read


def test_table_whose_images_are_dicom(tmp_path: Path) -> None:
    path = dicom(tmp_path / "a.dcm", row(0, 9), Modality="MR")
    (tmp_path / "cases.csv").write_text("question,options,key,image\nWhich?,x|y,A,a.dcm\n")
    read = cases.read(tmp_path / "cases.csv")
    assert read.format == "table"
    assert [(case.modality, case.images) for case in read.cases] == [("MR", (str(path),))]
    assert cases.with_images(read) == read


def test_modality_without_a_file_or_tag(tmp_path: Path) -> None:
    assert modality_code(tmp_path / "none.dcm") is None
    assert modality_code(dicom(tmp_path / "a.dcm", row(1))) is None
    assert not is_dicom(tmp_path / "none.dcm") and is_dicom(tmp_path / "a.dcm")
