"""Images stay in their folder, and come out as RGB with the values that the file means."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from faithlens import cases
from faithlens.cases.images import open_image, resolve
from faithlens.errors import ImageError

Draw = Callable[[Path], Path]


# ------------------------------------------------------------------------------- where they lie


@pytest.mark.parametrize(
    ("lies", "folder", "name"),
    [
        ("images/a.png", ".", "images/a.png"),
        ("images/a.png", "images", "images/a.png"),
        ("images/a.png", ".", "Images/RadImageNet/brain/a.png"),
        ("a.png", ".", "Images/RadImageNet/brain/a.png"),
        ("images/a.png", ".", "a.png"),
        ("xmlab1/source.jpg", ".", "imgs/xmlab1/source.jpg"),
        ("images/a.png", ".", "images\\a.png"),
        ("images/a.png", ".", "./images//a.png"),
    ],
)
def test_found_with_and_without_the_folders_of_its_name(
    lies: str, folder: str, name: str, tmp_path: Path, picture: Draw
) -> None:
    there = picture(tmp_path / lies)
    assert resolve(tmp_path / folder, name) == there.resolve()


def test_missing_image_is_named_where_it_should_be(tmp_path: Path) -> None:
    path = resolve(tmp_path, "images/none.png")
    assert path == tmp_path.resolve() / "images/none.png"
    with pytest.raises(ImageError, match=r"none\.png is missing"):
        open_image(path)


@pytest.mark.parametrize(
    "name",
    ["../a.png", "x/../../a.png", "..", "", ".", "/etc/passwd", "\\\\host\\a.png", "C:\\a.png", "C:a.png", "a\0.png"],
)
def test_names_that_leave_the_folder_are_refused(name: str, tmp_path: Path, picture: Draw) -> None:
    picture(tmp_path / "a.png")
    (tmp_path / "inside").mkdir()
    with pytest.raises(ImageError, match="image"):
        resolve(tmp_path / "inside", name)


def test_links_may_not_lead_out_of_the_folder(tmp_path: Path, picture: Draw) -> None:
    outside = picture(tmp_path / "outside/a.png")
    inside = picture(tmp_path / "inside/b.png")
    (tmp_path / "inside/file.png").symlink_to(outside)
    (tmp_path / "inside/folder").symlink_to(outside.parent)
    (tmp_path / "inside/good.png").symlink_to(inside)
    (tmp_path / "inside/round.png").symlink_to("round.png")
    for name in ("file.png", "folder/a.png"):
        with pytest.raises(ImageError, match="leads out of the image folder"):
            resolve(tmp_path / "inside", name)
    assert resolve(tmp_path / "inside", "good.png") == inside
    # a folder of images that is itself a link is the user's own choice
    (tmp_path / "linked").symlink_to(tmp_path / "inside")
    assert resolve(tmp_path / "linked", "b.png") == inside
    with pytest.raises(ImageError):
        open_image(resolve(tmp_path / "inside", "round.png"))


def test_one_file_never_stands_for_two_names(tmp_path: Path, picture: Draw) -> None:
    picture(tmp_path / "source.jpg")
    picture(tmp_path / "other.jpg")
    rows = ["a/source.jpg", "b/source.jpg", "source.jpg", "imgs/other.jpg", "other.jpg"]
    (tmp_path / "cases.csv").write_text("question,image\n" + "".join(f"What?,{name}\n" for name in rows))
    read = cases.read(tmp_path / "cases.csv")
    assert [row.row for row in read.bad] == ["1", "2", "3"]
    assert "'a/source.jpg' and 'b/source.jpg'" in read.bad[0].reason
    assert [case.images for case in read.cases] == [(str(tmp_path / "other.jpg"),)] * 2


# -------------------------------------------------------------------------------- what they show


def shown(path: Path) -> np.ndarray:
    image = open_image(path)
    assert image.mode == "RGB"
    return np.asarray(image)


def test_transparency_is_white(tmp_path: Path) -> None:
    rgba = Image.new("RGBA", (3, 1))
    # clear black, opaque black, half black: white, black, and 255 · (1 - 128/255) = 127
    rgba.putdata([(0, 0, 0, 0), (0, 0, 0, 255), (0, 0, 0, 128)])
    rgba.save(tmp_path / "a.png")
    assert shown(tmp_path / "a.png")[0, :, 0].tolist() == [255, 0, 127]
    rgba.convert("LA").save(tmp_path / "la.png")
    assert shown(tmp_path / "la.png")[0, :, 0].tolist() == [255, 0, 127]
    palette = Image.new("P", (2, 1))
    palette.putpalette([0, 0, 0, 10, 20, 30])
    palette.putdata([0, 1])
    palette.save(tmp_path / "p.png", transparency=0)
    assert shown(tmp_path / "p.png")[0].tolist() == [[255, 255, 255], [10, 20, 30]]


def test_sixteen_bits_are_scaled_not_clipped(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0, 257, 32896, 65535]], dtype=np.uint16)).save(tmp_path / "a.png")
    # 65535 / 255 = 257 steps of the file are one step of the image
    assert shown(tmp_path / "a.png")[0, :, 0].tolist() == [0, 1, 128, 255]


def test_twelve_bits_in_sixteen_are_not_black(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0, 2048, 4095]], dtype=np.uint16)).save(tmp_path / "a.png")
    # 2048 / 4095 · 255 = 127.53
    assert shown(tmp_path / "a.png")[0, :, 0].tolist() == [0, 128, 255]


def test_fractions_are_stretched(tmp_path: Path) -> None:
    Image.fromarray(np.array([[-1.0, 0.0, 1.0]], dtype=np.float32)).save(tmp_path / "a.tiff")
    assert shown(tmp_path / "a.tiff")[0, :, 0].tolist() == [0, 128, 255]


def test_orientation_is_honoured(tmp_path: Path) -> None:
    image = Image.new("RGB", (2, 1))
    image.putdata([(255, 0, 0), (0, 0, 255)])
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90° clockwise: the left pixel comes to the top
    image.save(tmp_path / "a.png", exif=exif)
    assert shown(tmp_path / "a.png")[:, 0].tolist() == [[255, 0, 0], [0, 0, 255]]


@pytest.mark.parametrize("mode", ["1", "L", "CMYK"])
def test_other_modes_become_rgb(mode: str, tmp_path: Path) -> None:
    Image.new("RGB", (4, 4), (255, 255, 255)).convert(mode).save(tmp_path / "a.tiff")
    assert (shown(tmp_path / "a.tiff") == 255).all()


def test_broken_files_are_named(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    for suffix in ("png", "jpg"):
        data = io.BytesIO()
        Image.fromarray(noise).save(data, {"jpg": "JPEG"}.get(suffix, suffix))
        path = tmp_path / f"cut.{suffix}"
        path.write_bytes(data.getvalue()[: len(data.getvalue()) // 2])
        with pytest.raises(ImageError, match=f"cut.{suffix} is broken"):
            open_image(path)
    for name, data in (("text.png", b"hello"), ("empty.png", b""), ("ps.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(ImageError, match=name):
            open_image(tmp_path / name)
    with pytest.raises(ImageError, match="missing"):
        open_image(tmp_path)


@pytest.mark.parametrize("side", [10_000, 20_000])
def test_decompression_bombs_are_refused(side: int, tmp_path: Path) -> None:
    # one bit a pixel: 100 and 400 million pixels in some kilobytes
    Image.new("1", (side, side)).save(tmp_path / "bomb.png")
    with pytest.raises(ImageError, match="too many pixels"):
        open_image(tmp_path / "bomb.png")


# ------------------------------------------------------------------------------- over a file of cases


def test_cases_whose_images_cannot_be_shown_become_bad_rows(tmp_path: Path, picture: Draw) -> None:
    picture(tmp_path / "a.png")  # 8 x 6
    (tmp_path / "broken.png").write_bytes(b"no image")
    rows = {
        "good": ("a.png", ""),
        "edge": ("a.png", "[[0, 0, 8.4, 6]]"),
        "missing": ("b.png", ""),
        "broken": ("broken.png", ""),
        "second": ("a.png|b.png", ""),
        "none": ("", ""),
        "box": ("a.png", "[[0, 0, 12, 6]]"),
    }
    lines = [f'{id},What?,{image},"{box}"' for id, (image, box) in rows.items()]
    (tmp_path / "cases.csv").write_text("\n".join(["id,question,image,boxes", *lines, "x,,a.png,"]))
    read = cases.read(tmp_path / "cases.csv")
    # reading opens nothing
    assert [case.id for case in read.cases] == list(rows) and [row.row for row in read.bad] == ["8 (x)"]
    looked = cases.with_images(read)
    assert [case.id for case in looked.cases] == ["good", "edge"]
    assert looked.format == read.format
    telling = [
        "is missing",
        "is broken",
        "is missing",
        "names no image",
        "does not lie on its image of 8 x 6",
        "question",
    ]
    assert [row.row for row in looked.bad] == [
        "3 (missing)",
        "4 (broken)",
        "5 (second)",
        "6 (none)",
        "7 (box)",
        "8 (x)",
    ]
    assert all(part in row.reason for part, row in zip(telling, looked.bad, strict=True))
