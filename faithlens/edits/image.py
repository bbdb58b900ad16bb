"""Pure image edits: a frozen setting in, a new picture of the same size out."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps

from faithlens.records import Box

Pixels = NDArray[np.float64]
"""(rows, columns, red green blue), 0 to 255."""


Fill = Literal["mean", "blur"]
"""What is put in the place of hidden parts: the picture's mean colour, or the picture blurred."""


def _pixels(image: Image.Image) -> Pixels:
    return np.asarray(image.convert("RGB"), dtype=np.float64)


def _picture(pixels: Pixels) -> Image.Image:
    return Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))


@dataclass(frozen=True)
class Blank:
    """One uniform colour: the mean of the picture, so that brightness is kept and content is not.

    Zafar et al. 2603.03437 use a fixed grey; black or fixed grey is off-distribution in X-rays, where black is air.
    """

    def __call__(self, image: Image.Image) -> Image.Image:
        mean = _pixels(image).mean(axis=(0, 1))
        red, green, blue = (round(float(channel)) for channel in mean)
        return Image.new("RGB", image.size, (red, green, blue))


@dataclass(frozen=True)
class Reencode:
    """The picture after one more JPEG round: a change without meaning, for noise floors."""

    quality: int = 90

    def __call__(self, image: Image.Image) -> Image.Image:
        buffer = io.BytesIO()
        image.convert("RGB").save(buffer, "JPEG", quality=self.quality)
        return Image.open(buffer).convert("RGB")


@dataclass(frozen=True)
class Noise:
    """Grey noise of the picture's own mean and standard deviation in place of the picture."""

    seed: int = 0

    def __call__(self, image: Image.Image) -> Image.Image:
        pixels = _pixels(image)
        grey = np.random.default_rng(self.seed).normal(pixels.mean(), pixels.std(), pixels.shape[:2])
        return _picture(np.repeat(grey[:, :, None], 3, axis=2))


@dataclass(frozen=True)
class ShufflePatches:
    """The picture cut into equal patches in another order: local texture is kept, anatomy is not.

    Rows and columns that do not fill a patch stay where they are, at the lower and right edge.
    """

    seed: int = 0
    grid: int = 8
    """Patches in each direction; fewer on a picture that has fewer pixels."""

    def __call__(self, image: Image.Image) -> Image.Image:
        pixels = _pixels(image)
        rows, cols = (min(self.grid, side) for side in pixels.shape[:2])
        high, wide = pixels.shape[0] // rows, pixels.shape[1] // cols
        shuffled = pixels.copy()
        for place, source in enumerate(np.random.default_rng(self.seed).permutation(rows * cols)):
            (row, col), (from_row, from_col) = divmod(place, cols), divmod(int(source), cols)
            shuffled[row * high : (row + 1) * high, col * wide : (col + 1) * wide] = pixels[
                from_row * high : (from_row + 1) * high, from_col * wide : (from_col + 1) * wide
            ]
        return _picture(shuffled)


@dataclass(frozen=True)
class Mirror:
    """Left and right exchanged."""

    def __call__(self, image: Image.Image) -> Image.Image:
        return ImageOps.mirror(image.convert("RGB"))


@dataclass(frozen=True)
class Shift:
    """The picture moved down by a share of its height, the free rows filled with its top row: it has no sides."""

    share: float = 0.05

    def __call__(self, image: Image.Image) -> Image.Image:
        pixels = _pixels(image)
        rows = max(1, round(self.share * len(pixels)))
        return _picture(np.concatenate([np.repeat(pixels[:1], rows, axis=0), pixels[:-rows]]))


# ------------------------------------------------------------------------------ hiding a region


@dataclass(frozen=True)
class Occlude:
    """Regions painted over with the mean of the ring around each, so that no hard shape is left behind."""

    boxes_xyxy_px: tuple[Box, ...]

    def __call__(self, image: Image.Image) -> Image.Image:
        pixels = _pixels(image)
        covered = pixels.copy()
        for box in self.boxes_xyxy_px:
            left, top, right, bottom = _within(box, image.size)
            covered[top:bottom, left:right] = _ring(pixels, left, top, right, bottom)
        return _picture(covered)


@dataclass(frozen=True)
class OccludeElsewhere:
    """The matched control: regions of the same size that lie off the given ones, where the picture is most like them.

    Of the places on a grid that touch none of the given regions, the one is taken whose contrast (standard deviation)
    and brightness are nearest to the region's own; `rank` 1 takes the second nearest, and so on. Where no place is
    free, the one that overlaps least is taken.
    """

    boxes_xyxy_px: tuple[Box, ...]
    rank: int = 0

    def __call__(self, image: Image.Image) -> Image.Image:
        pixels = _pixels(image)
        return Occlude(tuple(self.places(pixels)))(image)

    def places(self, pixels: Pixels) -> Iterator[Box]:
        """The control for each region."""
        size = (pixels.shape[1], pixels.shape[0])
        given = [_within(box, size) for box in self.boxes_xyxy_px]
        step = max(1, min(size) // 256)  # contrast is a matter of the whole region, not of every pixel
        for box in given:
            left, top, right, bottom = box
            own = pixels[top:bottom:step, left:right:step]

            def unlike(
                place: tuple[int, int, int, int], own: Pixels = own
            ) -> tuple[float, float, tuple[int, int, int, int]]:
                there = pixels[place[1] : place[3] : step, place[0] : place[2] : step]
                return (
                    sum(_overlap(place, other) for other in given),
                    abs(there.std() - own.std()) + abs(there.mean() - own.mean()),
                    place,
                )

            ranked = sorted(_grid(size, right - left, bottom - top), key=unlike)
            yield ranked[min(self.rank, len(ranked) - 1)]


@dataclass(frozen=True)
class OccludeHalf:
    """One half of the picture in its mean colour."""

    half: Literal["left", "right", "top", "bottom"]
    """As the picture is looked at."""

    def __call__(self, image: Image.Image) -> Image.Image:
        wide, high = image.size
        left, top, right, bottom = {
            "left": (0, 0, wide // 2, high),
            "right": (wide - wide // 2, 0, wide, high),
            "top": (0, 0, wide, high // 2),
            "bottom": (0, high - high // 2, wide, high),
        }[self.half]
        pixels = _pixels(image)
        pixels[top:bottom, left:right] = pixels.mean(axis=(0, 1))
        return _picture(pixels)


@dataclass(frozen=True)
class OccludeMargin:
    """Four squares in the corners, where marks are burned in, in the mean colour around each; or four at mid-edge.

    Regions given stay visible.
    """

    at: Literal["corners", "edges"] = "corners"
    share: float = 0.125
    """Edge of a square in shares of the shorter side."""
    keep_xyxy_px: tuple[Box, ...] = ()

    def __call__(self, image: Image.Image) -> Image.Image:
        pixels = _pixels(image)
        wide, high = image.size
        side = max(1, round(self.share * min(wide, high)))
        right, low = wide - side, high - side
        corners = ((0, 0), (right, 0), (0, low), (right, low))
        edges = ((right // 2, 0), (right // 2, low), (0, low // 2), (right, low // 2))
        squares = tuple(
            (float(x), float(y), float(x + side), float(y + side))
            for x, y in (corners if self.at == "corners" else edges)
        )
        covered = _pixels(Occlude(squares)(image))
        for box in self.keep_xyxy_px:
            left, top, end, bottom = _within(box, image.size)
            covered[top:bottom, left:end] = pixels[top:bottom, left:end]
        return _picture(covered)


@dataclass(frozen=True)
class HideTiles:
    """Some tiles of a picture that is cut into equal rows and columns, filled with its mean colour or its blur.

    All tiles hidden with the mean colour is `Blank`. The blur is Gaussian, an eighth of the shorter side wide.
    """

    rows: int
    cols: int
    hidden: tuple[int, ...]
    """Numbers of the hidden tiles, counted row by row from 0."""
    fill: Fill = "mean"

    def __call__(self, image: Image.Image) -> Image.Image:
        pixels = _pixels(image)
        wide, high = image.size
        if self.fill == "blur":
            filled = _pixels(image.convert("RGB").filter(ImageFilter.GaussianBlur(min(wide, high) / 8)))
        else:
            filled = np.broadcast_to(pixels.mean(axis=(0, 1)), pixels.shape)
        covered = pixels.copy()
        for tile in self.hidden:
            row, col = divmod(tile, self.cols)
            down = slice(round(row * high / self.rows), round((row + 1) * high / self.rows))
            across = slice(round(col * wide / self.cols), round((col + 1) * wide / self.cols))
            covered[down, across] = filled[down, across]
        return _picture(covered)


@dataclass(frozen=True)
class Grain:
    """The picture with slight noise over every channel: normal, its deviation a share of the grey scale."""

    share: float = 0.02
    seed: int = 0

    def __call__(self, image: Image.Image) -> Image.Image:
        pixels = _pixels(image)
        return _picture(pixels + np.random.default_rng(self.seed).normal(0, 255 * self.share, pixels.shape))


def _within(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The box in whole pixels of the picture, at least one in each direction."""
    wide, high = size
    left, top = min(max(int(box[0]), 0), wide - 1), min(max(int(box[1]), 0), high - 1)
    right, bottom = min(max(round(box[2]), left + 1), wide), min(max(round(box[3]), top + 1), high)
    return left, top, right, bottom


def _ring(pixels: Pixels, left: int, top: int, right: int, bottom: int) -> Pixels:
    """Mean colour of the pixels around a region, two deep; of the region itself where it fills the picture."""
    outer = pixels[max(0, top - 2) : bottom + 2, max(0, left - 2) : right + 2]
    inner = pixels[top:bottom, left:right]
    count = outer.shape[0] * outer.shape[1] - inner.shape[0] * inner.shape[1]
    if not count:
        return inner.mean(axis=(0, 1))
    return (outer.sum(axis=(0, 1)) - inner.sum(axis=(0, 1))) / count


def _overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> float:
    """Pixels that two regions share."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return max(0, wide) * max(0, high)


def _grid(size: tuple[int, int], wide: int, high: int) -> Iterator[tuple[int, int, int, int]]:
    """Places of a region of that size, at most 16 in each direction."""
    lefts, tops = (
        sorted({round(i * (whole - part) / 15) for i in range(16)})
        for whole, part in ((size[0], wide), (size[1], high))
    )
    for top in tops:
        for left in lefts:
            yield left, top, left + wide, top + high
