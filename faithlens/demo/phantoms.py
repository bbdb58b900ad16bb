"""Procedurally drawn phantoms: one greyscale slice or radiograph with at most one finding, and its exact box.

    draw(7, "MR", "ring lesion", "left")  ->  Phantom(pixels (112, 112) uint8, facts, box_xyxy_px)

"Left" and "right" are sides of the image as it is looked at, not of the patient.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from faithlens.records import Box

SIDE_PX = 112
Modality = Literal["MR", "CT", "X-ray"]
Side = Literal["left", "right"]
MODALITIES: tuple[Modality, ...] = get_args(Modality)
SIDES: tuple[Side, ...] = get_args(Side)

Plane: TypeAlias = NDArray[np.floating[Any]]
Paint: TypeAlias = tuple[Plane, Plane | float]
"""Opacity in [0, 1] and grey value in [0, 1]."""


@dataclass(frozen=True)
class Facts:
    """What is true of a phantom."""

    modality: Modality
    finding: str | None
    """None: a normal image."""
    side: Side | None
    """Side of the image; None on a normal one."""


@dataclass(frozen=True)
class Phantom:
    """A drawn image with its facts."""

    pixels: NDArray[np.uint8]
    """(112, 112) grey values."""
    facts: Facts
    box_xyxy_px: Box | None
    """Smallest box around every pixel that the finding changes; right and bottom are exclusive."""

    @property
    def image(self) -> Image.Image:
        return Image.fromarray(self.pixels).convert("RGB")


def _axes() -> tuple[Plane, Plane]:
    line = ((np.arange(SIDE_PX, dtype=np.float32) + 0.5) / SIDE_PX) * 2 - 1
    x, y = np.meshgrid(line, line)
    return x, y


X, Y = _axes()
"""Coordinates in [-1, 1], x to the right and y downwards."""


def _radius(cx: float, cy: float, rx: float, ry: float) -> Plane:
    """1 on the ellipse, less inside."""
    return np.sqrt(((X - cx) / rx) ** 2 + ((Y - cy) / ry) ** 2)


def _inside(radius: Plane, sharpness: float = 12.0) -> Plane:
    return np.clip((1 - radius) * sharpness + 0.5, 0, 1)


def _texture(rng: np.random.Generator, cells: int, strength: float) -> Plane:
    """Smooth noise around 0."""
    coarse = Image.fromarray(rng.normal(0, strength, (cells, cells)).astype(np.float32))
    return np.asarray(coarse.resize((SIDE_PX, SIDE_PX), Image.Resampling.BICUBIC))


def _paint(plane: Plane, *paints: Paint) -> Plane:
    for opacity, value in paints:
        plane = plane * (1 - opacity) + opacity * value
    return plane


@dataclass(frozen=True)
class _Body:
    """Where things lie in one phantom: centre and scale of the anatomy."""

    cx: float
    cy: float
    scale: float

    def inside(self, x: float, y: float, rx: float, ry: float, sharpness: float = 12.0) -> Plane:
        return _inside(self.radius(x, y, rx, ry), sharpness)

    def radius(self, x: float, y: float, rx: float, ry: float) -> Plane:
        return _radius(self.cx + x * self.scale, self.cy + y * self.scale, rx * self.scale, ry * self.scale)

    def disc(self, x: float, y: float, r: float) -> Plane:
        return self.inside(x, y, r, r)


# ------------------------------------------------------------------------------------------ anatomy


def _brain(rng: np.random.Generator, body: _Body) -> Plane:
    skull = body.inside(0, 0, 0.84, 0.93)
    brain = body.inside(0, 0, 0.75, 0.84)
    plane = _paint(np.full_like(X, 0.02), (skull, 0.55), (body.inside(0, 0, 0.79, 0.88), 0.08), (brain, 0.42))
    plane = plane + brain * _texture(rng, 14, 0.035)
    width, tilt = rng.uniform(0.06, 0.09), rng.uniform(0.2, 0.27)
    ventricles = [(body.inside(sign * 0.11, -0.02, width, tilt), 0.2) for sign in (-1, 1)]
    return _paint(
        plane, *ventricles, (body.inside(0, -0.5, 0.012, 0.3), 0.25), (body.inside(0, 0.52, 0.012, 0.3), 0.25)
    )


def _abdomen(rng: np.random.Generator, body: _Body) -> Plane:
    trunk = body.inside(0, 0, 0.95, 0.78)
    plane = _paint(np.full_like(X, 0.02), (trunk, 0.25), (body.inside(0, 0, 0.88, 0.7), 0.42))
    plane = plane + trunk * _texture(rng, 16, 0.03)
    return _paint(
        plane,
        (body.inside(-0.45, -0.1, 0.36, 0.42, 8), 0.5),
        (body.inside(0.48, -0.12, 0.3, 0.36, 8), 0.48),
        (body.inside(-0.36, 0.4, 0.12, 0.16), 0.6),
        (body.inside(0.36, 0.4, 0.12, 0.16), 0.6),
        (body.disc(0, 0.45, 0.13), 0.85),
        (body.disc(0.03, 0.22, 0.06), 0.62),
    )


LUNGS = {"left": -0.43, "right": 0.43}


def _lung(body: _Body, side: Side) -> Plane:
    return body.radius(LUNGS[side], -0.05, 0.32, 0.68)


def _chest(rng: np.random.Generator, body: _Body) -> Plane:
    plane = _paint(np.full_like(X, 0.03), (body.inside(0, 0.25, 0.95, 1.25), 0.55))
    plane = _paint(plane, *((_inside(_lung(body, side)), 0.22) for side in SIDES))
    ribs = np.sin((Y + 0.35 * X**2) * rng.uniform(20, 24) + rng.uniform(0, 6))
    plane = plane + 0.035 * ribs.astype(np.float32) + _texture(rng, 16, 0.02)
    heart = rng.uniform(0.24, 0.3)
    return _paint(plane, (body.inside(0.08, 0.28, heart, 0.3, 8), 0.62), (body.inside(0, 0, 0.07, 1.0), 0.7))


# ----------------------------------------------------------------------------------------- findings


def _place(rng: np.random.Generator, side: Side, x: tuple[float, float], y: tuple[float, float]) -> tuple[float, float]:
    return (-1 if side == "left" else 1) * rng.uniform(*x), rng.uniform(*y)


def _solid_mass(rng: np.random.Generator, body: _Body, side: Side) -> list[Paint]:
    x, y = _place(rng, side, (0.32, 0.45), (-0.4, 0.4))
    return [(body.disc(x, y, rng.uniform(0.14, 0.2)), 0.82)]


def _ring(rng: np.random.Generator, body: _Body, side: Side) -> list[Paint]:
    x, y = _place(rng, side, (0.34, 0.46), (-0.32, 0.2))
    r = rng.uniform(0.18, 0.24)
    return [(body.disc(x, y, r), 0.95), (body.disc(x, y, r * 0.6), 0.08)]


def _infarct(rng: np.random.Generator, body: _Body, side: Side) -> list[Paint]:
    x, y = _place(rng, side, (0.5, 0.62), (-0.4, 0.4))
    angle = np.arctan2(Y - body.cy, X - body.cx) - np.arctan2(y, x)
    off_axis = np.abs((angle + np.pi) % (2 * np.pi) - np.pi) / rng.uniform(0.35, 0.5)
    depth = body.radius(0, 0, 0.74, 0.83)
    wedge = _inside(off_axis.astype(np.float32)) * _inside(depth) * (1 - _inside(depth / 0.42))
    return [(wedge, 0.12)]


def _crescent(rng: np.random.Generator, body: _Body, side: Side) -> list[Paint]:
    x, y = _place(rng, side, (0.5, 0.6), (-0.3, 0.3))
    shift = rng.uniform(0.16, 0.22) / np.hypot(x, y)
    return [(body.inside(0, 0, 0.76, 0.85) * (1 - body.inside(-x * shift, -y * shift, 0.74, 0.83)), 1.0)]


def _cyst(rng: np.random.Generator, body: _Body, side: Side) -> list[Paint]:
    x, y = _place(rng, side, (0.36, 0.54), (-0.3, 0.15))
    return [(body.disc(x, y, rng.uniform(0.15, 0.22)), 0.1)]


def _tumour(rng: np.random.Generator, body: _Body, side: Side) -> list[Paint]:
    x, y = _place(rng, side, (0.4, 0.52), (-0.28, 0.12))
    turn = rng.uniform(0, 2 * np.pi) + np.arange(4) * np.pi / 2
    return [(body.disc(x + 0.13 * np.cos(a), y + 0.13 * np.sin(a), rng.uniform(0.1, 0.14)), 0.85) for a in turn]


def _specks(rng: np.random.Generator, body: _Body, side: Side) -> list[Paint]:
    x, y = _place(rng, side, (0.38, 0.52), (-0.28, 0.12))
    turn = rng.uniform(0, 2 * np.pi) + np.arange(5) * 2 * np.pi / 5
    return [(body.disc(x + 0.12 * np.cos(a), y + 0.12 * np.sin(a), rng.uniform(0.035, 0.05)), 1.0) for a in turn]


def _nodule(rng: np.random.Generator, body: _Body, side: Side) -> list[Paint]:
    x, y = _place(rng, side, (0.36, 0.52), (-0.4, 0.2))
    return [(body.disc(x, y, rng.uniform(0.1, 0.14)), 0.9)]


def _consolidation(rng: np.random.Generator, body: _Body, side: Side) -> list[Paint]:
    x, y = _place(rng, side, (0.38, 0.48), (-0.35, 0.1))
    haze = body.inside(x, y, rng.uniform(0.26, 0.32), rng.uniform(0.28, 0.36), 2.5)
    return [(haze * _inside(_lung(body, side)), 0.62 + _texture(rng, 20, 0.1))]


def _effusion(rng: np.random.Generator, body: _Body, side: Side) -> list[Paint]:
    level = rng.uniform(0.05, 0.25) - 0.5 * (np.abs(X - body.cx) - 0.4)
    return [(_inside(_lung(body, side)) * np.clip((Y - level) * 20, 0, 1).astype(np.float32), 0.88)]


def _pneumothorax(rng: np.random.Generator, body: _Body, side: Side) -> list[Paint]:
    inward, down = -np.sign(LUNGS[side]) * rng.uniform(0.1, 0.14), rng.uniform(0.2, 0.28)
    collapsed = body.radius(LUNGS[side] + inward, -0.05 + down, 0.22, 0.5)
    air = _inside(_lung(body, side)) * (1 - _inside(collapsed))
    line = _inside(collapsed) * (1 - _inside(collapsed / 0.86))
    return [(air, 0.0), (line, 0.75)]


_ANATOMY: dict[Modality, Callable[[np.random.Generator, _Body], Plane]] = {
    "MR": _brain,
    "CT": _abdomen,
    "X-ray": _chest,
}
_FINDINGS: dict[Modality, dict[str, Callable[[np.random.Generator, _Body, Side], list[Paint]]]] = {
    "MR": {"solid mass": _solid_mass, "ring lesion": _ring, "infarct": _infarct, "haemorrhage": _crescent},
    "CT": {"cyst": _cyst, "solid tumour": _tumour, "calcification": _specks, "abscess": _ring},
    "X-ray": {
        "nodule": _nodule,
        "consolidation": _consolidation,
        "effusion": _effusion,
        "pneumothorax": _pneumothorax,
    },
}
FINDINGS: dict[Modality, tuple[str, ...]] = {modality: tuple(kinds) for modality, kinds in _FINDINGS.items()}


def draw(seed: int, modality: Modality, finding: str | None = None, side: Side | None = None) -> Phantom:
    """The phantom of that seed. Anatomy and noise depend on seed and modality alone, never on the finding."""
    if (finding is None) != (side is None):
        raise ValueError(f"finding {finding!r} with side {side!r}; give both, or neither for a normal image")
    rng_body, rng_finding, rng_noise = (
        np.random.default_rng([seed, MODALITIES.index(modality), part]) for part in range(3)
    )
    cx, cy = rng_body.uniform(-0.05, 0.05, 2)
    body = _Body(cx, cy, rng_body.uniform(0.93, 1.03))
    normal = _ANATOMY[modality](rng_body, body)
    gain, sigma = rng_noise.uniform(0.85, 1.05), rng_noise.uniform(0.01, 0.035)
    noise = rng_noise.normal(0, sigma, normal.shape)

    def expose(plane: Plane) -> NDArray[np.uint8]:
        return np.round(np.clip(plane * gain + noise, 0, 1) * 255).astype(np.uint8)

    if finding is None or side is None:
        return Phantom(expose(normal), Facts(modality, None, None), None)
    pixels = expose(_paint(normal, *_FINDINGS[modality][finding](rng_finding, body, side)))
    rows, columns = np.nonzero(pixels != expose(normal))
    box = (float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1))
    return Phantom(pixels, Facts(modality, finding, side), box)
