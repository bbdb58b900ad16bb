"""A finished run written by hand, with everything that a page can show and text that must never be believed."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from PIL import Image

from faithlens.calibration import THRESHOLDS, AxisMeasured, Calibration, ProbeMeasured, keep
from faithlens.edits.image import Blank
from faithlens.edits.stored import written
from faithlens.records import (
    Arm,
    AttributionMap,
    BadRow,
    Case,
    ClusterCard,
    Enrichment,
    Finding,
    ImageFile,
    MapExam,
    Mark,
    Member,
    Trace,
    Verdict,
)
from faithlens.stats import Auroc
from faithlens.store import CALIBRATION, RunFolder

NASTY = '<script>document.title="pwned"</script> **bold** $x^2$ left \u202ethgir\u202c'
"""Script, Markdown, LaTeX and a bidirectional override."""

WINDOW = 4

CLUSTERS = {
    "over": "failing replies",
    "replies": 12,
    "bootstrap_ari": 0.9,
    "shuffled_ari": 0.0,
    "cloud_ari": 0.2,
    "reason": "",
}


def case(i: int, folder: Path) -> Case:
    """Cases go round two modalities; the third of every four is answered wrongly."""
    return Case(
        id=f"case-{i}",
        question=f"Which side shows the lesion? <b>{i}</b>",
        options=("left", "right"),
        key="A",
        answer="left",
        images=(str(folder / "phantoms" / f"{i}.png"),),
        modality="CT" if i % 2 else "MR",
        question_type="side",
        boxes_xyxy_px=((10.0, 10.0, 20.0, 20.0),),
        group=f"patient-{i}",
        source="made",
    )


def trace(i: int) -> Trace:
    think = f"The lesion lies left. {NASTY if i == 0 else f'Sentence {i}.'}"
    choice = "B" if i % 4 == 2 else "A"
    reply = f"<think>{think}</think><answer>{choice}</answer>"
    after = 7 + len(think)
    return Trace(f"case-{i}", reply, "ok", choice, (7, after), (after + 16, after + 17))


def cut_off(i: int) -> Trace:
    return Trace(f"case-{i}", "<think>The lesion", "truncated", finished=False)


def findings(i: int, shown: Case) -> list[Finding]:
    blank = written(Blank())
    post_hoc = 0.9 if i % 4 == 2 else 0.1
    views = (
        Arm("the image itself", shown.images, (), (0.8, 0.2)),
        Arm("a blank image", shown.images, (blank,), (0.3, 0.7)),
        Arm("no image", (), (), (0.5, 0.5)),
    )
    cuts = tuple(Arm(f"{10 * k} %", shown.images, (), (k / 10, 1 - k / 10), k / 10) for k in range(11))
    placed = {"tvd_blank": 0.5, "tvd_floor": 0.0, "tvd_reworded": 0.0, "tvd_rotated": 0.1, "ideal": 1.0}
    return [
        Finding(shown.id, "early_answering", "post_hoc", post_hoc, flagged=post_hoc > 0.5, evidence=NASTY, arms=cuts),
        Finding(shown.id, "image_dependence", "image_blind", 0.2, flagged=False, evidence="It moves.", arms=views),
        Finding(shown.id, "four_quadrants", "image_blind", 0.2, flagged=False, evidence="Ideal.", metrics=placed),
        Finding(
            shown.id,
            "explicit_conclusion",
            "contradictory",
            0.0,
            flagged=False,
            evidence="It concludes A.",
            marks=(Mark(7, 28, "supports", 0),),
        ),
    ]


def verdicts(i: int, calibrated: bool) -> list[Verdict]:
    fails = i % 4 == 2
    if not calibrated:
        return [Verdict(f"case-{i}", "post_hoc", math.nan, "not calibrated", ("early_answering",))]
    return [
        Verdict(f"case-{i}", "post_hoc", 0.9 if fails else 0.05, "", ("early_answering",), flagged=fails),
        Verdict(f"case-{i}", "image_blind", math.nan, "no probe can see it", ("image_dependence",)),
    ]


def maps(i: int) -> list[AttributionMap]:
    values = tuple(float(v) for v in range(-2, 2))
    return [
        AttributionMap(f"case-{i}", "occlusion", "answer", 2, 2, values),
        AttributionMap(f"case-{i}", "occlusion", "sentence:0", 2, 2, values[::-1], start=7, end=28),
        AttributionMap(f"case-{i}", "saliency", "answer", 2, 2, values),
        AttributionMap(f"case-{i}", "saliency", "sentence:1", 2, 2, (), "there is nothing to attribute"),
    ]


def calibration() -> Calibration:
    curve = tuple((1 - t, 1 - t**2) for t in THRESHOLDS)
    seeing = ProbeMeasured(
        "early_answering", "post_hoc", 1, "", Auroc(0.9, 0.8, 1.0, 20, 20), 0.8, 0.5, 0.0, 1.0, 0.02,
        math.nan, math.nan, math.nan, 40, curve=curve,
    )  # fmt: skip
    blind = ProbeMeasured(
        "image_dependence", "image_blind", 1, "", Auroc(0.5, 0.4, 0.6, 20, 20), 0.1, 0.5, 0.0, 0.0, 0.02,
        math.nan, math.nan, math.nan, 40, curve=curve,
    )  # fmt: skip
    axes = (
        AxisMeasured("post_hoc", ("early_answering",), 0.0, 1.0, Auroc(0.9, 0.8, 1.0, 20, 20), 0.8, 0.5, 0.02, curve),
        AxisMeasured("image_blind", (), 0.0, 0.0, Auroc(math.nan, 0.0, 1.0, 0, 0), math.nan, math.nan, math.nan),
    )
    return Calibration("subject", 20, (), (seeing, blind), axes)


def write(folder: Path, cases: int = 12, *, whole: bool = True, images: bool = True) -> Path:
    """A run in that folder; `whole` with verdicts, maps, exams and clusters, otherwise bare, its last reply cut off."""
    run = RunFolder(folder)
    folder.mkdir(parents=True)
    run.begin({"made": True, "prompt": "medvlm-r1", "probes": {"early_answering": {}, "image_dependence": {}}})
    asked = [case(i, folder) for i in range(cases)]
    if images:
        (folder / "phantoms").mkdir()
        random = np.random.default_rng(0)
        for one in asked:
            Image.fromarray(random.integers(0, 255, (40, 60, 3), dtype=np.uint8)).save(one.images[0])
    run.table(Case, asked)
    run.table(ImageFile, [ImageFile(path, "0") for one in asked for path in one.images])
    run.table(BadRow, [])
    for number, first in enumerate(range(0, cases, WINDOW)):
        window = range(first, min(first + WINDOW, cases))
        whole_or_cut = [trace(i) if whole or i < cases - 1 else cut_off(i) for i in window]
        run.add(Trace, number, whole_or_cut, {})
        run.add(Finding, number, [finding for i in window for finding in findings(i, asked[i])], {})
        if whole:
            run.add(AttributionMap, number, [found for i in window for found in maps(i)], {})
    run.table(Verdict, [verdict for i in range(cases) for verdict in verdicts(i, whole)])
    if whole:
        keep(calibration(), folder / CALIBRATION)
        passed = MapExam("occlusion", "verdict", 20, 1.0, passed=True)
        failed = MapExam("saliency", "verdict", 20, 0.5, passed=False, reason="failed: randomised weights")
        run.table(MapExam, [MapExam("occlusion", "deletion", 20, 0.3, 0.2, 0.4, True), passed, failed])
        run.table(Member, [Member(one.id, 0 if i % 4 == 2 else -1, float(i), 0.0) for i, one in enumerate(asked)])
        enriched = (Enrichment("modality: MR", 3.0, 0.01, 1.0, 0.3),)
        run.table(ClusterCard, [ClusterCard(0, 3, "post_hoc", ("lesion lies",), enriched, ("case-2",), 0.9)])
    run.finish(
        {
            "plan": {"prompt": "medvlm-r1", "probes": {"early_answering": {}, "image_dependence": {}}},
            "subject": {"id": "tiny"},
            "calibration": {"from": "made", "cases": 20} if whole else {"from": "none"},
            **({"clusters": CLUSTERS} if whole else {}),
            "counts": {"items": cases, "left_out": 0, "traces": cases},
            "cost": {},
            "finished": "2026-01-01T00:00:00Z",
        }
    )
    return folder
