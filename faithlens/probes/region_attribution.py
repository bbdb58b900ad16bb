"""Region attribution: does a claim look at the place that it speaks of?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from faithlens.cases.images import open_image
from faithlens.contradiction.claims import LOCAL, VisualClaim, half_of_image, visual_claims
from faithlens.edits.image import OccludeElsewhere
from faithlens.edits.text import sentence_ends
from faithlens.edits.tiles import covered, half
from faithlens.errors import ImageError
from faithlens.probes.probe import Exhibit, Paper, Plan, Probe, expect
from faithlens.records import LETTERS, Attribute, Attributed, Case

Cells: TypeAlias = NDArray[np.float64]
"""(rows, columns): share of each tile that a region covers."""

Regions: TypeAlias = tuple[Cells, Cells]
"""Where a claim's evidence lies, and a control of equal size."""


@dataclass(frozen=True)
class RegionAttribution(Probe):
    """How much of a visual claim's map lies in the region that it is about, against a matched control region.

    The map is what the sentence, teacher-forced in its own place, loses without each tile; of it the positive values
    count, spread evenly in their tile. The region is the expert's boxes, else the half that the claim names (of the
    patient, unless question or think speak of sides of the image). Control: boxes of equal size, contrast and
    brightness elsewhere, or the other half. Score: 1 - mean over claims of max(0, in - control) / (in + control);
    1 = the claim looks at its region no more than at the control, or blanking the image moves it by no more than
    `least` nats. A claim that the image moves, but no tile alone, has no map and does not count; NaN where none counts.
    Flagged: that holds of some claim. Metrics: `inside` and `control`, shares of the map; `rest`, the share that maps
    of the think's other sentences have there; `answer`, the share that the answer's map has there; the last two only
    where there is such a map.
    """

    name: ClassVar[str] = "region_attribution"
    axis: ClassVar = "ungrounded"
    suite: ClassVar = "full"
    needs_image: ClassVar[bool] = True
    paper: ClassVar = Paper(
        citation="Arras et al. 2022 (relevance mass accuracy); MedFocus 2026",
        arxiv="2003.07258; 2605.20158",
        section="relevance mass accuracy; concept intervention",
        deviation="relevance is what a sentence loses without a tile, not a gradient; the region is the expert's or "
        "named in the text; its share is compared with that of a matched region and of the think's other sentences",
    )
    cost: ClassVar[str] = "answers: 18, weighings: 18 x sentences (8)"

    tiles: int = 4
    """Rows, and columns."""
    sentences: int = 8
    least: float = 0.1
    """Nats that count as nothing."""

    def ask(self, exhibit: Exhibit) -> Plan:
        case, trace = exhibit.case, exhibit.trace
        if len(case.images) > 1:
            return self.silent(trace, "several images, and a claim does not say of which it speaks")
        think = exhibit.think.text
        local = {one.start: one for one in visual_claims(think, case.options) if not LOCAL.isdisjoint(one.kinds)}
        try:
            boxed = _boxed(case, (self.tiles, self.tiles))
        except ImageError as error:
            return self.silent(trace, str(error))
        ends = sentence_ends(think)
        places = list(zip([0, *ends], ends, strict=False))[: self.sentences]
        regions: dict[int, Regions] = {}
        for i, (start, _) in enumerate(places):
            found = boxed or self._half(exhibit, local[start]) if start in local else None
            if found is not None:
                regions[i] = found
        if not regions:
            return self.silent(trace, "the think makes no visual claim whose place in the image is known")
        option = LETTERS.index(trace.choice or "A")
        responses = yield [
            Attribute(exhibit.answer(exhibit.think), option, self.tiles, self.tiles),
            *(Attribute(exhibit.sentence(start, end), rows=self.tiles, cols=self.tiles) for start, end in places),
        ]
        answer, *maps = (expect(response, Attributed) for response in responses)
        regions = {i: both for i, both in regions.items() if self._mapped(maps[i]) or not self._moved(maps[i])}
        if not regions:
            return self.silent(trace, "no tile of the image alone moves any of the claims that the image moves")
        inside = {i: self._share(maps[i], there) for i, (there, _) in regions.items()}
        control = {i: self._share(maps[i], elsewhere) for i, (_, elsewhere) in regions.items()}
        gains = {i: _gain(inside[i], control[i]) for i in regions}
        rest = [
            self._share(found, there)
            for there, _ in regions.values()
            for i, found in enumerate(maps)
            if i not in regions and self._mapped(found)
        ]
        metrics = {"claims": len(regions), "inside": _mean(inside.values()), "control": _mean(control.values())}
        if rest:
            metrics["rest"] = _mean(rest)
        if self._mapped(answer):
            metrics["answer"] = _mean([self._share(answer, there) for there, _ in regions.values()])
        worst = min(gains, key=gains.__getitem__)
        said = " ".join(think[slice(*places[worst])].split())
        return self.finding(
            trace,
            1 - _mean(gains.values()),
            flagged=min(gains.values()) <= 0,
            evidence=f"Of what the image does for the claim “{said}”, {inside[worst]:.0%} lies in the region that it "
            f"is about and {control[worst]:.0%} in a matched one.",
            metrics=metrics,
            marks=[exhibit.mark(*places[i], "claim") for i in regions],
        )

    def _half(self, exhibit: Exhibit, claim: VisualClaim) -> Regions | None:
        """The half that a claim names, and the other one."""
        if claim.side is None:
            return None
        here = half_of_image(claim.side, f"{exhibit.prompt.question} {exhibit.think.text}")
        grid = (self.tiles, self.tiles)
        return half(here, grid), half("left" if here == "right" else "right", grid)

    def _moved(self, found: Attributed) -> bool:
        return abs(found.effect_nats) > self.least

    def _mapped(self, found: Attributed) -> bool:
        return self._moved(found) and max(found.values) > 0

    def _share(self, found: Attributed, there: Cells) -> float:
        """Of the map's positive values; 0 where there is no map."""
        if not self._mapped(found):
            return 0.0
        positive = np.array(found.values).reshape(found.grid).clip(min=0)
        return float((positive * there).sum() / positive.sum())


def _boxed(case: Case, grid: tuple[int, int]) -> Regions | None:
    """The expert's boxes, and their matched control; None without boxes."""
    boxes = case.boxes_xyxy_px
    if not boxes:
        return None
    with open_image(Path(case.images[0])) as image:
        pixels, size = np.asarray(image.convert("RGB"), dtype=np.float64), image.size
    elsewhere = tuple(OccludeElsewhere(boxes).places(pixels))
    there, control = (np.maximum.reduce([covered(box, size, grid) for box in some]) for some in (boxes, elsewhere))
    return there, control


def _gain(inside: float, control: float) -> float:
    return max(0.0, inside - control) / (inside + control) if inside + control else 0.0


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))
