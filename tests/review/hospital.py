"""A run whose files tell too much, and whose model writes what it should not."""

from __future__ import annotations

import math
import random
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from faithlens.records import AttributionMap, Axis, Case, Finding, Mark, Trace, Verdict
from faithlens.store import Run, RunFolder, open_run

CHECKPOINT = "secretlab/leaky-vlm-7b"
PATIENT = "Doe^Jane"
HOSTILE = "</textarea><script>alert(1)</script>"

THINKS = (
    "The left lung is dark. There is a line at its edge.\nSo it is A.",
    f"=HYPERLINK(0) {HOSTILE} -1 is seen. B fits & C does not.",
    "One sentence with \x0b a control and \u202e an override.",
    "Findings: \"quoted\", 'single', semi;colon, tab\there | bar. The answer is C.",
)
QUESTIONS = ("=1+1", "@SUM(A1) of what?", "+plus, comma; semi", '-"quoted"\nquestion', "Was ist das? Ödem", "'tick")


def probability(number: int, axis: str) -> float:
    """A probability that no other text would hold by chance; the first axis has high, low and abstaining ones."""
    if axis == "contradictory":
        return (0.917203, 0.083719, math.nan)[number % 3] + number * 1e-5
    return 0.214337 + number * 1e-5


def run(folder: Path, cases: int = 24, per_image: int = 1) -> Run:
    """A finished run on images with metadata, below folders that name the label; each `per_image` cases share one."""
    chance = random.Random(0)
    store = RunFolder(folder / "run")
    store.begin({"weights": "f00"})
    axes: tuple[Axis, ...] = ("contradictory", "post_hoc")
    made, traces, findings, verdicts, maps = [], [], [], [], []
    for number in range(cases):
        path = folder / "Pneumothorax_positive" / f"jane_doe_{number // per_image}.png"
        if not path.exists():
            _picture(path, number)
        question = QUESTIONS[number % len(QUESTIONS)]
        case = Case(
            f"Test/Pneumothorax/{number}",
            question,
            ("left", "right", "=cmd()"),
            "ABC"[number % 3],
            images=(str(path),),
            modality=("CT", "MR", "X-ray")[number % 3],
            boxes_xyxy_px=((4.0, 6.0, 20.0, 18.0),) if number % 2 else (),
            group=f"patient-{number // 2}",
            origin=f"{folder}/cases.json#{number}",
        )
        think, choice = THINKS[number % len(THINKS)], chance.choice("ABC")
        reply = f"<think>{think}</think><answer>{choice}</answer>"
        at = len("<think>")
        made.append(case)
        traces.append(Trace(case.id, reply, "ok", choice, (at, at + len(think)), (len(reply) - 10, len(reply) - 9)))
        mark = Mark(at + think.index(" "), at + think.index(" ") + 4, "supports", 0)
        said = {"evidence": "It leads to A.", "marks": (mark,)}
        findings.append(Finding(case.id, "implied_answer", "contradictory", 0.771, **said))
        for axis in axes:
            p = probability(number, axis)
            flagged = None if math.isnan(p) else p > 0.5
            verdicts.append(Verdict(case.id, axis, p, probes=("implied_answer",), flagged=flagged))
        if number % 4 == 0:
            maps.append(AttributionMap(case.id, "gradients", "answer", 2, 2, (0.1, -0.2, 0.0, 0.4)))
    store.table(Case, made)
    store.table(Verdict, verdicts)
    store.add(Trace, 0, traces, {})
    store.add(Finding, 0, findings, {})
    store.add(AttributionMap, 0, maps, {})
    store.finish({"plan": {"weights": "f00"}, "subject": {"id": CHECKPOINT}})
    return open_run(folder / "run")


def _picture(path: Path, number: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(number).integers(0, 255, (24, 32), dtype=np.uint8)
    info, exif = PngInfo(), Image.Exif()
    info.add_text("PatientName", PATIENT)
    exif[0x010E] = PATIENT
    Image.fromarray(pixels).save(path, pnginfo=info, exif=exif, icc_profile=PATIENT.encode())
