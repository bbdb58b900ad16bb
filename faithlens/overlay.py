"""A map drawn over its image: colours, a value bar, the boxes. Needs no torch."""

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

OPACITY = 0.75
"""Of the strongest value; zero is clear."""

_BAR_PX, _GAP_PX, _WORDS_PX = 18, 14, 74
_INK, _PAPER, _BOX = (32, 32, 32), (255, 255, 255), (0, 220, 90)


def overlay(image: Image.Image, found: AttributionMap, boxes_xyxy_px: Sequence[Box] = ()) -> Image.Image:
    """The image under its map, one flat colour for each merged token, boxes outlined, the value bar on the right.

    Red speaks for the target, blue against it, on a perceptually uniform scale; opacity grows with the value, so that
    what does not matter stays clear. The bar ends at the largest absolute value, and at 0 where no value is negative.
    Raises RunError for a map without values.
    """
    if not found.values:
        raise RunError(f"there is no map of {found.case_id} by {found.method} ({found.target}): {found.reason}")
    picture = _enlarged(image)
    factor = picture.width / image.width
    values = np.array(found.values).reshape(found.rows, found.cols)
    most = float(np.abs(values).max())
    signed = bool((values < 0).any())
    colours, opacity = _coloured(values / most)
    mask = Image.fromarray(np.rint(255 * OPACITY * opacity).astype(np.uint8))
    shown, cover = (layer.resize(picture.size, Image.Resampling.NEAREST) for layer in (Image.fromarray(colours), mask))
    shown = Image.composite(shown, picture, cover)
    draw = ImageDraw.Draw(shown)
    for box in boxes_xyxy_px:
        left, top, right, bottom = (factor * edge for edge in box)
        draw.rectangle((left, top, right - 1, bottom - 1), outline=_BOX, width=max(2, round(picture.width / 200)))
    return _with_bar(shown, most, signed)


def _enlarged(image: Image.Image) -> Image.Image:
    picture = image.convert("RGB")
    factor = LEAST_PX / max(picture.size)
    if factor <= 1:
        return picture
    return picture.resize((round(picture.width * factor), round(picture.height * factor)), Image.Resampling.BICUBIC)


def _coloured(scaled: NDArray[np.float64]) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Colour and opacity in [0, 1] of values in [-1, 1]."""
    colours = np.asarray(sns.color_palette("vlag", as_cmap=True)((scaled + 1) / 2))[..., :3]
    return np.rint(255 * colours).astype(np.uint8), np.abs(scaled)


def _with_bar(picture: Image.Image, most: float, signed: bool) -> Image.Image:
    """The picture with its scale on the right, strongest at the top."""
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
