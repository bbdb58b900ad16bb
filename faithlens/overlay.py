"""A map drawn over its image, the same way wherever it is shown: colours, a value bar, the boxes. Needs no torch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import seaborn as sns
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from faithlens.errors import RunError
from faithlens.records import AttributionMap, Box

LEAST_PX = 384
"""Smaller images are enlarged to this longer side, so that bar and words can be read."""

OPACITY = 0.6
"""Of the strongest value, so that anatomy shows under it; zero is clear."""

PALETTE = "vlag"
"""Perceptually uniform to both sides of zero, and told apart by those who see red and green alike."""

_BAR_PX, _GAP_PX, _WORDS_PX = 18, 14, 74
_INK, _PAPER = (32, 32, 32), (255, 255, 255)


def scale(steps: int = 65) -> list[tuple[int, int, int]]:
    """Colours from the strongest value against the target, over zero, to the strongest for it."""
    colours, _ = _coloured(np.linspace(-1, 1, steps)[None])
    return [(int(red), int(green), int(blue)) for red, green, blue in colours[0]]


def tinted(picture: Image.Image, found: AttributionMap) -> Image.Image:
    """The picture under a map, one flat colour for each merged token, not smoothed: the model sees no finer.

    Red speaks for the target, blue against it; opacity grows with the value, so that what does not matter stays clear.
    Raises RunError for a map without values.
    """
    if not found.values:
        raise RunError(f"there is no map of {found.case_id} by {found.method} ({found.target}): {found.reason}")
    whole = picture.convert("RGB")
    values = np.array(found.values).reshape(found.rows, found.cols)
    colours, strength = _coloured(values / (np.abs(values).max() or 1.0))
    mask = Image.fromarray(np.rint(255 * OPACITY * strength).astype(np.uint8))
    layers = (Image.fromarray(colours), mask)
    shown, cover = (layer.resize(whole.size, Image.Resampling.NEAREST) for layer in layers)
    return Image.composite(shown, whole, cover)


def boxed(picture: Image.Image, boxes: Sequence[Box], scale: float = 1.0) -> Image.Image:
    """The picture with boxes drawn on it; `scale` brings boxes of the stored image to the picture's size."""
    drawn = picture.copy()
    pen = ImageDraw.Draw(drawn)
    width = max(1, round(max(picture.size) / 150))
    for box in boxes:
        left, top, right, bottom = (edge * scale for edge in box)
        # dark below light, so that the line is seen on any ground
        pen.rectangle((left - width, top - width, right + width, bottom + width), outline="black", width=width)
        pen.rectangle((left, top, right, bottom), outline="white", width=width)
    return drawn


def with_bar(picture: Image.Image, found: AttributionMap) -> Image.Image:
    """The picture with the map's scale on the right, strongest at the top, and its values in nats or the method's unit.

    It ends at the largest absolute value, and at 0 where no value is negative.
    """
    most = max(map(abs, found.values))
    signed = min(found.values) < 0
    whole = Image.new("RGB", (picture.width + _GAP_PX + _BAR_PX + _WORDS_PX, picture.height), _PAPER)
    whole.paste(picture, (0, 0))
    least = -1.0 if signed else 0.0
    colours, _ = _coloured(np.linspace(1, least, picture.height)[:, None])
    left = picture.width + _GAP_PX
    whole.paste(Image.fromarray(colours).resize((_BAR_PX, picture.height), Image.Resampling.NEAREST), (left, 0))
    draw, font = ImageDraw.Draw(whole), ImageFont.load_default(12)
    for value in (most, 0.0, -most) if signed else (most, 0.0):
        share = (1 - value / most) / (1 - least)
        at = min(max(round(share * picture.height) - 7, 0), picture.height - 15)
        draw.text((left + _BAR_PX + 5, at), f"{value:.3g}", fill=_INK, font=font)
    return whole


def overlay(image: Image.Image, found: AttributionMap, boxes_xyxy_px: Sequence[Box] = ()) -> Image.Image:
    """The image under its map, boxes outlined, the value bar on the right. Raises RunError for a map without values."""
    picture = _enlarged(image)
    return with_bar(boxed(tinted(picture, found), boxes_xyxy_px, picture.width / image.width), found)


def _enlarged(image: Image.Image) -> Image.Image:
    picture = image.convert("RGB")
    factor = LEAST_PX / max(picture.size)
    if factor <= 1:
        return picture
    return picture.resize((round(picture.width * factor), round(picture.height * factor)), Image.Resampling.BICUBIC)


def _coloured(scaled: NDArray[np.float64]) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Colour and opacity in [0, 1] of values in [-1, 1]."""
    colours = np.asarray(sns.color_palette(PALETTE, as_cmap=True)((scaled + 1) / 2))[..., :3]
    return np.rint(255 * colours).astype(np.uint8), np.abs(scaled)
