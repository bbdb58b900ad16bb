"""Pictures as a reader sees them: a case's image, an arm's view drawn again, a map laid over an image."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from faithlens.cases import open_image
from faithlens.edits.stored import revived
from faithlens.records import Arm, AttributionMap, Box

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


def overlaid(picture: Image.Image, found: AttributionMap, opacity: float = 0.6) -> Image.Image:
    """A map over an image: orange where it speaks for the target, blue where against, clear where it says nothing.

    The strongest cell of the map has the full opacity. Cells are drawn as they are, not smoothed: a smooth map would
    promise a resolution that the model does not have. A map without values leaves the picture as it is.
    """
    import numpy as np
    from PIL import Image

    values = np.asarray(found.values, dtype=float)
    if not values.size:
        return picture
    grid = np.nan_to_num(values.reshape(found.rows, found.cols))
    strength = np.abs(grid) / (np.abs(grid).max() or 1.0)
    layer = np.zeros((found.rows, found.cols, 4), dtype=np.uint8)
    layer[..., :3] = np.where(grid[..., None] >= 0, (230, 120, 0), (0, 114, 230))
    layer[..., 3] = np.rint(255 * opacity * strength)
    over = Image.fromarray(layer).resize(picture.size, Image.Resampling.NEAREST)
    return Image.alpha_composite(picture.convert("RGBA"), over).convert("RGB")


def boxed(picture: Image.Image, boxes: Sequence[Box], scale: float = 1.0) -> Image.Image:
    """The picture with boxes drawn on it; `scale` brings boxes of the stored image to the picture's size."""
    from PIL import ImageDraw

    drawn = picture.copy()
    pen = ImageDraw.Draw(drawn)
    width = max(1, round(max(picture.size) / 150))
    for box in boxes:
        left, top, right, bottom = (edge * scale for edge in box)
        # dark below light, so that the line is seen on any ground
        pen.rectangle((left - width, top - width, right + width, bottom + width), outline="black", width=width)
        pen.rectangle((left, top, right, bottom), outline="white", width=width)
    return drawn


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
