"""Images as raters get them: pixels alone, without metadata, never as DICOM."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from faithlens.cases.images import is_dicom
from faithlens.errors import ImageError
from faithlens.records import AttributionMap, Box
from faithlens.showing.pictures import opened, png

if TYPE_CHECKING:
    from PIL import Image


def bare(path: str) -> bytes:
    """PNG of an image's pixels. Raises ImageError, also for DICOM that says that text is burnt into its pixels."""
    if is_dicom(Path(path)):
        _refuse_burnt_in(Path(path))
    return png(_stripped(opened(path)))


def drawn_over(path: str, found: AttributionMap | None, boxes: Sequence[Box]) -> bytes:
    """The same with a map and boxes drawn over it, the map's values beside it. Raises as `bare`."""
    # seaborn draws the scale, and only pictures with a map need it
    from faithlens.overlay import boxed, tinted, with_bar

    picture = _stripped(opened(path))
    if found is None:
        return png(boxed(picture, boxes))
    return png(with_bar(boxed(tinted(picture, found), boxes), found))


def _stripped(picture: Image.Image) -> Image.Image:
    """A picture made of the pixels alone: Pillow would write a colour profile or comment of the old one along."""
    import numpy as np
    from PIL import Image

    pixels = np.asarray(picture)
    grey = bool((pixels[..., :1] == pixels).all())
    return Image.fromarray(pixels[..., 0].copy() if grey else pixels.copy())


def _refuse_burnt_in(path: Path) -> None:
    import pydicom

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        header = pydicom.dcmread(path, stop_before_pixels=True, force=True)
    if str(header.get("BurnedInAnnotation", "")).upper() == "YES":
        raise ImageError(
            f"image {path} is DICOM with text burnt into its pixels (BurnedInAnnotation is YES); mask the text, and "
            "export it as PNG"
        )
