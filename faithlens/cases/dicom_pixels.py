"""A DICOM file as the RGB image that a radiologist's viewer would open with.

Stored values → modality LUT or rescale (Hounsfield units for CT) → the file's own VOI LUT or first window →
8 bits, MONOCHROME1 inverted. Without a window: CT gets soft tissue, centre 40 HU and width 400 HU; everything else
is stretched between its 0.5th and 99.5th percentile, padding left out.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from faithlens.errors import ImageError

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image
    from pydicom import Dataset

CT_WINDOW_HU = (40.0, 400.0)
"""(centre, width) for CT without a window of its own."""

PERCENTILES = (0.5, 99.5)
"""Black and white of other modalities without a window."""

# as Pillow's own limit for ordinary images
_MAX_PIXELS = 89_478_485


def open_dicom(path: Path) -> Image.Image:
    """One frame as RGB, 8 bits. Raises ImageError."""
    try:
        with warnings.catch_warnings():
            # pydicom warns of every odd header value; those that matter here fail below
            warnings.simplefilter("ignore")
            dataset = _read(path)
            _check(dataset, path)
            return _render(dataset)
    except ImageError:
        raise
    # decoders and headers of broken files raise nearly anything
    except Exception as error:
        raise ImageError(
            f"DICOM image {path} is broken or unsupported ({error}); export it again, or as PNG"
        ) from error


def modality_code(path: Path) -> str | None:
    """The Modality tag, such as CT or MR; None where the file or the tag is not there."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return str(_read(path, header_only=True).get("Modality") or "") or None
    except Exception:
        return None


def _read(path: Path, *, header_only: bool = False) -> Dataset:
    import pydicom

    return pydicom.dcmread(path, stop_before_pixels=header_only)


def _check(dataset: Dataset, path: Path) -> None:
    from pydicom.pixels.decoders.base import get_decoder

    if "PixelData" not in dataset:
        raise ImageError(f"DICOM file {path} has no pixels; name a file with an image")
    frames = int(dataset.get("NumberOfFrames") or 1)
    if frames > 1:
        raise ImageError(f"DICOM image {path} has {frames} frames; a case needs one image: export the frame you mean")
    if dataset.Rows * dataset.Columns > _MAX_PIXELS:
        raise ImageError(f"DICOM image {path} has {dataset.Rows} x {dataset.Columns} pixels; make it smaller")
    syntax = dataset.file_meta.TransferSyntaxUID
    if syntax.is_compressed and syntax.is_encapsulated:
        try:
            available = get_decoder(syntax).is_available
        except NotImplementedError:
            available = False
        if not available:
            raise ImageError(
                f"DICOM image {path} is compressed as {syntax.name}, for which no decoder is installed; "
                "install pylibjpeg with its plugins, or export the image uncompressed"
            )


def _render(dataset: Dataset) -> Image.Image:
    import numpy as np
    from PIL import Image
    from pydicom.pixels.processing import apply_color_lut
    from pydicom.pixels.utils import pixel_array

    stored = pixel_array(dataset)
    kind = dataset.PhotometricInterpretation
    if kind == "PALETTE COLOR":
        return _colour(apply_color_lut(stored, dataset), 16)
    if stored.ndim == 3:
        return _colour(stored, int(dataset.BitsStored))
    unit = _grey(stored, dataset)
    if kind == "MONOCHROME1":
        unit = 1 - unit
    return Image.fromarray(np.rint(unit * 255).astype(np.uint8)).convert("RGB")


def _colour(values: np.ndarray, bits: int) -> Image.Image:
    import numpy as np
    from PIL import Image

    if values.dtype == np.uint8:
        return Image.fromarray(values).convert("RGB")
    return Image.fromarray(np.rint(values / (2**bits - 1) * 255).clip(0, 255).astype(np.uint8)).convert("RGB")


def _grey(stored: np.ndarray, dataset: Dataset) -> np.ndarray:
    """Values in [0, 1]."""
    import numpy as np
    from pydicom.pixels.processing import apply_modality_lut, apply_voi

    values = apply_modality_lut(stored, dataset)
    if dataset.get("VOILUTSequence"):
        bits = int(dataset.VOILUTSequence[0].LUTDescriptor[2])
        return np.asarray(apply_voi(values.astype(np.int64), dataset) / (2**bits - 1)).clip(0, 1)
    values = values.astype(np.float64)
    window = _file_window(dataset)
    if window is not None:
        return _windowed(values, *window, str(dataset.get("VOILUTFunction") or "LINEAR"))
    if dataset.get("Modality") == "CT":
        return _windowed(values, *CT_WINDOW_HU, "LINEAR")
    padding = dataset.get("PixelPaddingValue")
    shown = values if padding is None or (stored == padding).all() else values[stored != padding]
    low, high = np.percentile(shown, PERCENTILES)
    if high <= low:
        low, high = shown.min(), shown.max()
    return ((values - low) / ((high - low) or 1.0)).clip(0, 1)


def _file_window(dataset: Dataset) -> tuple[float, float] | None:
    """(centre, width) of the first window; None where there is none that makes sense."""
    centre, width = dataset.get("WindowCenter"), dataset.get("WindowWidth")
    if centre is None or width is None or centre == "" or width == "":
        return None
    first = [float(value) if isinstance(value, int | float | str) else float(value[0]) for value in (centre, width)]
    return (first[0], first[1]) if first[1] > 0 else None


def _windowed(values: np.ndarray, centre: float, width: float, function: str) -> np.ndarray:
    """Windows of DICOM PS3.3 C.11.2.1, from 0 to 1."""
    import numpy as np

    if function == "SIGMOID":
        return 1 / (1 + np.exp(-4 * (values - centre) / width))
    if function == "LINEAR" and width > 1:
        return ((values - (centre - 0.5)) / (width - 1) + 0.5).clip(0, 1)
    return ((values - centre) / width + 0.5).clip(0, 1)
