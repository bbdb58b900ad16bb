"""Where an image lies, and its pixels as RGB: PNG, JPEG and their like, and DICOM. All errors are ImageErrors."""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from faithlens.errors import ImageError

if TYPE_CHECKING:
    from PIL import Image

# named, because Pillow would otherwise also try formats that run an interpreter (EPS) or read other files
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "JPEG2000")
_SUFFIXES = {"JPEG": ".jpg", "MPO": ".jpg", "JPEG2000": ".jp2", "TIFF": ".tiff"}


def resolve(folder: Path, name: str) -> Path:
    """The absolute path of the image that a file of cases calls `name`.

    Data sets are unpacked with and without their own top folder, and flattened: where `folder/name` is not there, the
    name is tried without its leading folders, one after the other, and its last part in `folder/images`. Where nothing
    is there, the path at which the image should be. Raises ImageError if the name leads out of the folder.
    """
    parts = _parts(folder, name)
    try:
        root = folder.resolve()
        for candidate in _candidates(folder, parts):
            path = candidate.resolve()
            if not path.is_relative_to(root):
                raise ImageError(f"image {name!r} leads out of the image folder {folder}; copy it into the folder")
            if path.is_file():
                return path
    except (OSError, RuntimeError) as error:
        raise ImageError(f"image {name!r} cannot be looked up in {folder}: {error}") from error
    return root.joinpath(*parts)


def _parts(folder: Path, name: str) -> tuple[str, ...]:
    if "\0" in name:
        raise ImageError(f"image {name!r} has a zero byte in its name; expected a file below {folder}")
    windows = PureWindowsPath(name)
    if PurePosixPath(name).is_absolute() or windows.drive or windows.root:
        raise ImageError(f"image {name!r} is an absolute path; expected one relative to the image folder {folder}")
    parts = windows.parts
    if not parts or ".." in parts:
        raise ImageError(
            f"image {name!r} does not name a file below {folder}; give the image folder and paths within it"
        )
    return parts


def _candidates(folder: Path, parts: tuple[str, ...]) -> Iterator[Path]:
    for start in range(len(parts)):
        yield folder.joinpath(*parts[start:])
    yield folder / "images" / parts[-1]


def sha256(path: Path) -> str:
    """Hex digest of the file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_dicom(path: Path) -> bool:
    """True for a DICOM file, whatever its name."""
    try:
        with path.open("rb") as file:
            return file.read(132)[128:] == b"DICM"
    except OSError:
        return False


def store(data: bytes, folder: Path) -> Path:
    """Writes an embedded image into the folder, named by its content; the same image twice is one file."""
    path = folder.resolve() / (hashlib.sha256(data).hexdigest() + _suffix(data))
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_bytes(data)
        partial.replace(path)
    return path


def _suffix(data: bytes) -> str:
    from PIL import Image

    Image.init()
    if data[128:132] == b"DICM":
        return ".dcm"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                kind = image.format or ""
    except Exception as error:
        raise ImageError(f"embedded image of {len(data)} bytes is of no known format ({error})") from error
    return _SUFFIXES.get(kind, f".{kind.lower()}")


def open_image(path: Path) -> Image.Image:
    """The image as RGB, 8 bits, upright by its EXIF orientation; the first one of an animation.

    Transparency is composited on white, as qwen_vl_utils does. Greyscale of more than 8 bits is scaled, not clipped:
    see `_deep`. DICOM goes through its own window: see `faithlens.cases.dicom_pixels`.
    """
    if not path.is_file():
        raise ImageError(f"image {path} is missing; put it there, or name the folder that has it")
    if is_dicom(path) or path.suffix.lower() in (".dcm", ".dicom"):
        from faithlens.cases import dicom_pixels

        return dicom_pixels.open_dicom(path)
    from PIL import Image, ImageOps

    # else Pillow knows only the commonest of the formats that are named to it
    Image.init()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=_FORMATS) as image:
                upright = ImageOps.exif_transpose(image)
                return _rgb(upright)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise ImageError(f"image {path} has too many pixels to be opened safely ({error}); make it smaller") from error
    # decoders raise nearly anything at broken data: OSError, SyntaxError, struct.error, ValueError, EOFError …
    except Exception as error:
        raise ImageError(f"image {path} is broken or of an unknown format ({error}); replace it") from error


def _rgb(image: Image.Image) -> Image.Image:
    from PIL import Image

    if image.mode.startswith(("I", "F")):
        return _deep(image).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        clear = image.convert("RGBA")
        white = Image.new("RGB", clear.size, (255, 255, 255))
        white.paste(clear, mask=clear.getchannel("A"))
        return white
    return image.convert("RGB")


def _deep(image: Image.Image) -> Image.Image:
    """Greyscale of 16 or 32 bits in 8.

    16 bits are scaled by 65535, or by 4095 where no value is above that: detectors of 12 bits are stored in files
    of 16, and would come out black. Values outside 16 bits, and fractions, are stretched from least to greatest.
    """
    import numpy as np
    from PIL import Image

    values = np.nan_to_num(np.asarray(image).astype(np.float64), posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if image.mode != "F" and low >= 0 and high <= 65535:
        low, high = 0.0, 4095.0 if high <= 4095 else 65535.0
    scaled = (values - low) / ((high - low) or 1.0)
    return Image.fromarray(np.rint(scaled * 255).astype(np.uint8))
