"""Pictures as a reader sees them: a case's image, an arm's view drawn again, and how a page carries them."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from faithlens.cases import open_image
from faithlens.edits.stored import revived
from faithlens.records import Arm

if TYPE_CHECKING:
    from PIL import Image


def opened(path: str, edits: Sequence[str] = ()) -> Image.Image:
    """An image as RGB, with stored edits. Raises ImageError if it is missing or broken, RunError for a strange edit."""
    picture = open_image(Path(path))
    for edit in edits:
        picture = revived(edit)(picture)
    return picture


def of_arm(arm: Arm) -> list[Image.Image]:
    """What an arm showed, drawn again from its images and edits; empty where no image was shown. Raises as `opened`."""
    return [opened(path, arm.edits) for path in arm.images]


def fitted(picture: Image.Image, side_px: int) -> Image.Image:
    """The picture with its longer side brought to `side_px`; small ones are enlarged by whole pixels."""
    from PIL import Image

    scale = side_px / max(picture.size)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture.resize(size, Image.Resampling.NEAREST if scale > 1 else Image.Resampling.LANCZOS)


def png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def data_uri(picture: Image.Image) -> str:
    """The picture inside an HTML page: as JPEG where it is large, since a radiograph as PNG would take megabytes."""
    if picture.width * picture.height <= 512 * 512:
        return "data:image/png;base64," + base64.b64encode(png(picture)).decode()
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=88)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
