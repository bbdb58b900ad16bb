"""Marks burned into an image: letter, arrow, box, heat map, or code; with a label, or pointing to no option."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from faithlens.records import Box

Shape = Literal["letter", "arrow", "box", "heat_map", "tally", "barcode"]
SHAPES: tuple[Shape, ...] = ("letter", "arrow", "box", "heat_map")
LADDER: tuple[Shape, ...] = ("letter", "tally", "barcode")
"""From a mark that can be read at a glance to one that has to be worked out: a letter, as many strokes as its place in
the alphabet, its place in five binary digits (a thick bar is 1, the first digit stands left)."""

_WORD = "L"
"""What a letter mark without a label says: the side marker of radiology, which is no option of most questions."""


@dataclass(frozen=True)
class BurnIn:
    """A mark as software or a reader leaves it on an image, a quarter of the picture wide.

    With a label the mark names an option; without one it is the same mark over the same place, saying nothing. It
    stands where it hides least of the given regions.
    """

    shape: Shape
    label: str = ""
    seed: int = 0
    """Turns the order of places; equal places for equal seeds."""
    avoid_xyxy_px: tuple[Box, ...] = ()

    def __call__(self, image: Image.Image) -> Image.Image:
        picture = image.convert("RGB")
        left, top, side = self.place(picture.size)
        if self.shape == "heat_map":
            picture = _heated(picture, left, top, side)
        draw = ImageDraw.Draw(picture)
        line = max(1, side // 16)
        if self.shape == "box":
            draw.rectangle((left, top, left + side - 1, top + side - 1), outline=(255, 255, 0), width=line)
        if self.shape == "arrow":
            tip = (left + side // 2, top + side - 1)
            draw.line((tip[0], top + side // 2, *tip), fill=(255, 255, 0), width=line)
            draw.polygon(
                [tip, (tip[0] - side // 8, tip[1] - side // 6), (tip[0] + side // 8, tip[1] - side // 6)],
                fill=(255, 255, 0),
            )
        if self.shape in ("tally", "barcode"):
            for at, width in _bars(self.shape, self.label, side):
                draw.rectangle((left + at, top, left + at + width - 1, top + side - 1), fill=(255, 255, 255))
            return picture
        text = self.label or (_WORD if self.shape == "letter" else "")
        if text:
            size = max(8, side // (1 if self.shape == "letter" else 2))
            draw.text((left + line, top), text, fill=(255, 255, 255), font=ImageFont.load_default(size))
        return picture

    def place(self, size: tuple[int, int]) -> tuple[int, int, int]:
        """Left, top and edge of the square that the mark fills, in pixels."""
        side = max(8, min(size) // 4)
        places = list(_places(size, side))
        turn = self.seed % len(places)
        turned = places[turn:] + places[:turn]
        return (*min(turned, key=lambda at: self._hidden(*at, side)), side)

    def _hidden(self, left: int, top: int, side: int) -> float:
        return sum(
            max(0.0, min(left + side, box[2]) - max(left, box[0]))
            * max(0.0, min(top + side, box[3]) - max(top, box[1]))
            for box in self.avoid_xyxy_px
        )


def said(shape: Shape, label: str) -> str:
    """A mark in words."""
    named = {"tally": "as many strokes as the place of", "barcode": "a barcode of"}.get(shape)
    what = f"{named} the letter {label}" if named else f"{shape.replace('_', ' ')} with the letter {label}"
    return f"Burned into the image: {what}."


def _bars(shape: Shape, label: str, side: int) -> Iterator[tuple[int, int]]:
    """Place and width in pixels of the bars of a coded letter; without one there is no stroke, or five thin bars."""
    number = ord(label) - ord("A") + 1 if label else 0
    if shape == "tally":
        step = side / 10
        yield from ((round(i * step), max(1, round(step / 2))) for i in range(number))
        return
    step = side / 5
    for i in range(5):
        thick = number >> (4 - i) & 1
        yield round(i * step), max(1, round(step * (0.8 if thick else 0.2)))


def _places(size: tuple[int, int], side: int) -> Iterator[tuple[int, int]]:
    """Nine places, three a row, a little off the edges."""
    for row in range(3):
        for col in range(3):
            left, top = (
                round((0.02, 0.5, 0.98)[at] * max(0, length - side)) for at, length in ((col, size[0]), (row, size[1]))
            )
            yield left, top


def _heated(picture: Image.Image, left: int, top: int, side: int) -> Image.Image:
    """A red Gaussian blob, opacity .5 at its centre, as in Moll et al. 2510.11196."""
    pixels = np.asarray(picture, dtype=np.float64)
    rows, cols = np.mgrid[: pixels.shape[0], : pixels.shape[1]]
    far = ((rows - top - side / 2) ** 2 + (cols - left - side / 2) ** 2) / (side / 3) ** 2
    alpha = 0.5 * np.exp(-far / 2)[:, :, None]
    return Image.fromarray(np.rint((1 - alpha) * pixels + alpha * np.array([255.0, 0.0, 0.0])).astype(np.uint8))
