"""The image viewer: image, heat layers and think as a Streamlit component of its own, without a build step."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

import streamlit as st

from faithlens.errors import FaithlensError
from faithlens.overlay import OPACITY, scale
from faithlens.records import ROLES, AttributionMap, Case, MapExam, Mark, Trace
from faithlens.showing import pictures
from faithlens.showing.highlight import STYLE, highlighted
from faithlens.showing.words import ROLE_MEANING

SIDE_PX = 1400
"""Longer side of the image that is sent to a browser; larger ones are made smaller, none is enlarged."""

VERDICT = "verdict"
"""The exam that sums up all others of a method."""

BELIEVED = ("passes", "unexamined", "fails")
"""What exams may say of a method; maps are offered in this order."""

_FILES = Path(__file__).parent / "viewer"

_SENTENCE = re.compile(r"sentence:(\d+)")


_component = st.components.v2.component(
    "faithlens_viewer",
    html='<div class="viewer"></div>',
    css=(_FILES / "viewer.css").read_text(encoding="utf-8") + STYLE,
    js=(_FILES / "viewer.js").read_text(encoding="utf-8"),
)


def viewer(
    case: Case,
    trace: Trace,
    marks: Sequence[Mark],
    maps: Sequence[AttributionMap],
    exams: Sequence[MapExam],
    below: str,
) -> None:
    """Show a case's images with its maps, and its think with the words that decide, and HTML of our own below it."""
    images = [_image(path) for path in case.images] or [{"absent": "This case has no image."}]
    shrunk = images[0].get("scale", 1.0)
    drawn = sorted(
        (found for found in maps if found.values),
        key=lambda found: (BELIEVED.index(verdict_on(found.method, exams)[0]), found.method, _order(found)),
    )
    data = {
        "key": f"{case.id} {trace.rollout}",
        "images": images,
        "boxes": [[edge * shrunk for edge in box] for box in case.boxes_xyxy_px],
        "maps": [_map(i, found, exams, trace) for i, found in enumerate(drawn)],
        "pieces": _pieces(trace, marks, drawn),
        "scale": scale(),
        "opacity": round(100 * OPACITY),
        "legend": _legend(marks),
        "below": below,
        "empty": _why_none(maps),
    }
    _component(data=data, key="viewer", height="content")


def _order(found: AttributionMap) -> tuple[int, int, str]:
    """The answer first, then the margin, then sentences by number."""
    sentence = _SENTENCE.fullmatch(found.target)
    if sentence:
        return 2, int(sentence[1]), ""
    return {"answer": 0, "margin": 1}.get(found.target, 3), 0, found.target


def _image(path: str) -> dict[str, Any]:
    """One image as the browser takes it, or why there is none."""
    try:
        source, width, height, scale = _sent(path, Path(path).stat().st_mtime_ns)
    except OSError:
        return {"absent": f"The image {Path(path).name} is not where the run says: {path}"}
    except FaithlensError as error:
        return {"absent": str(error)}
    return {"src": source, "width": width, "height": height, "scale": scale, "absent": ""}


@st.cache_data(show_spinner=False, max_entries=32)
def _sent(path: str, changed_ns: int) -> tuple[str, int, int, float]:
    picture = pictures.opened(path)
    longer = max(picture.size)
    if longer > SIDE_PX:
        picture = pictures.fitted(picture, SIDE_PX)
    return pictures.data_uri(picture), picture.width, picture.height, max(picture.size) / longer


def _map(number: int, found: AttributionMap, exams: Sequence[MapExam], trace: Trace) -> dict[str, Any]:
    mark, told = verdict_on(found.method, exams)
    values = [0.0 if math.isnan(value) else float(f"{value:.4g}") for value in found.values]
    left = "" if math.isnan(found.delta) else f" It leaves {found.delta:.0%} of the change unexplained."
    target = named(found.target)
    sign = {"passes": "✓", "fails": "✗"}.get(mark, "?")
    return {
        "id": number,
        "name": f"{found.method} · {target}  {sign}",
        "method": found.method,
        "target": target,
        "sentence": _sentence(found),
        "rows": found.rows,
        "cols": found.cols,
        "values": values,
        "largest": max(map(abs, values), default=0.0),
        "mark": mark,
        "told": told + left,
    }


def named(target: str) -> str:
    """A map's target in plain words."""
    kind, _, number = target.partition(":")
    if kind == "sentence" and number.isdecimal():
        return f"sentence {int(number) + 1}"
    if kind == "claim" and number.isdecimal():
        return f"claim {int(number) + 1}"
    words = {"answer": "the answer", "margin": "the answer over the runner-up", "think": "the whole reasoning"}
    return words.get(target, target)


def verdict_on(method: str, exams: Sequence[MapExam]) -> tuple[str, str]:
    """Whether a method's maps may be believed on this checkpoint: "passes", "fails" or "unexamined", and in words."""
    found = next((exam for exam in exams if exam.method == method and exam.exam == VERDICT), None)
    if found is None:
        return "unexamined", f"{method} has not been examined on this checkpoint."
    if found.passed:
        return "passes", f"{method} passes its exams on this checkpoint, held on {found.cases} cases."
    return "fails", f"{method} fails on this checkpoint ({found.reason}): do not believe its maps."


def _sentence(found: AttributionMap) -> int | None:
    matched = _SENTENCE.fullmatch(found.target)
    return int(matched[1]) if matched else None


def _pieces(trace: Trace, marks: Sequence[Mark], maps: Sequence[AttributionMap]) -> list[dict[str, Any]]:
    """The think in pieces, each with the number of the sentence whose map it shows."""
    first, last = trace.think_span or (0, len(trace.reply))
    spans = {
        (found.start, found.end): _sentence(found)
        for found in maps
        if found.start is not None and found.end is not None and _sentence(found) is not None
    }
    edges = {first, last, *(max(first, min(last, edge)) for span in spans for edge in span)}
    return [
        {
            "html": highlighted(trace.reply, marks, a, b),
            "sentence": next((n for (start, end), n in spans.items() if start <= a and end >= b), None),
        }
        for a, b in pairwise(sorted(edges))
    ]


def _legend(marks: Sequence[Mark]) -> str:
    used = [role for role in ROLES if any(mark.role == role for mark in marks)]
    return "".join(f'<span><mark class="{role}">{escape(ROLE_MEANING[role])}</mark></span>' for role in used)


def _why_none(maps: Sequence[AttributionMap]) -> str:
    reasons = list(dict.fromkeys(found.reason for found in maps if found.reason))
    return "No map: " + "; ".join(reasons) if reasons else "This run has no attribution maps."
