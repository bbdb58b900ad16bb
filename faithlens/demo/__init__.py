"""The bundled checkpoint and its cases: a tiny Qwen2-VL of known behaviour, and phantoms to ask it about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faithlens.records import Case

CHECKPOINT = Path(__file__).parent / "checkpoint"
"""Folder of the bundled checkpoint, in the ordinary layout."""

EXAMPLE = Path(__file__).parent / "example"
"""A finished run over a few phantoms, with their images: what opens where no run is given."""

CASES_SEED = 3
"""Training draws its phantoms from seed 1 and `measure` from seed 2: the demo's are new to the model."""


def demo_cases(folder: Path, n: int = 90, seed: int = CASES_SEED) -> tuple[Case, ...]:
    """The demo's cases, going round the nine strata; their images are written under `folder`."""
    # drawing needs Pillow and numpy, which `import faithlens.demo` should not
    from faithlens.demo.questions import cases

    return cases(n, seed, folder)
