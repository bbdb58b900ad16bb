"""A run made up for the report: every record that a run can hold, and text that tries to be more than text."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import cache

import numpy as np
import pytest
from PIL import Image

from faithlens.calibration import AxisMeasured, Calibration, ProbeMeasured, keep
from faithlens.clusters import cluster
from faithlens.edits.image import Blank
from faithlens.edits.stored import written
from faithlens.engine.cost import Cost
from faithlens.records import (
    Arm,
    AttributionMap,
    Axis,
    Case,
    ClusterCard,
    Finding,
    ImageFile,
    MapExam,
    Mark,
    Member,
    Trace,
    Verdict,
)
from faithlens.report import page
from faithlens.stats import Auroc
from faithlens.store import CALIBRATION, Run, RunFolder, open_run

EVIL = "<script>alert('x')</script> **bold** $\\frac{1}{2}$ \u202egnp.exe\u202c שלום {{ 7*7 }}"

Build = Callable[..., Run]


@pytest.fixture(scope="session")
def shown(build: Build) -> Callable[..., str]:
    """The page of such a run, made once."""
    return cache(lambda **options: page(build(**options)))


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Makes a run of 30 cases: calibrated or not, with or without a model that was asked, maps, and images."""

    def made(
        calibrated: bool = True, asked: bool = True, passed: bool | None = None, examined: bool = True, evil: str = EVIL
    ) -> Run:
        folder = tmp_path_factory.mktemp("run") / "made-up"
        run = RunFolder(folder)
        plan = {
            "sources": {"/home/somebody/cases.csv": "table"},
            "weights_sha256": "ab" * 32,
            "prompt": "medvlm-r1",
            "settings": {"temperature": 0.0, "max_new_tokens": 512, "seed": 0},
            "probes": {name: {} for name in ("early_answering", "four_quadrants", "image_dependence", "reply_format")},
        }
        run.begin(plan)
        path = folder / "phantoms" / "one.png"
        path.parent.mkdir()
        pixels = np.random.default_rng(0).integers(0, 255, (28, 28, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(path)
        images = (str(path),) if asked else ()
        cases, traces, findings, verdicts = [], [], [], []
        for i in range(30):
            case, trace = _replied(i, images, evil)
            fails = i % 3 != 0
            cases.append(case)
            traces.append(trace)
            told = _findings(case, trace, fails, asked, evil)
            findings += told
            axes: tuple[Axis, ...] = ("post_hoc", "image_blind") if asked else ("contradictory",)
            for number, axis in enumerate(axes):
                known = calibrated and not (number == 0 and i == 0)
                p = (0.9 if fails and i % 3 == number + 1 else 0.1) if known else math.nan
                reason = "" if known else "not calibrated"
                names = ("early_answering",) if axis == "post_hoc" else ("image_dependence",)
                verdicts.append(Verdict(case.id, axis, p, reason, names, flagged=p > 0.5 if known else None))
            verdicts.append(Verdict(case.id, "malformed", 0.0, probes=("reply_format",), flagged=False))
        run.table(Case, cases)
        run.add(Trace, 0, traces, {})
        run.add(Finding, 0, findings, {})
        run.table(Verdict, verdicts)
        run.table(ImageFile, [])
        if passed is not None:
            at = AttributionMap("case-0", "occlusion", "answer", 2, 2, (1.0, 0.2, -0.5, 0.0))
            run.add(AttributionMap, 0, [replace(at, case_id=case.id) for case in cases], {})
            exams = [
                MapExam("occlusion", "deletion", 10, 0.3, passed=passed),
                MapExam("occlusion", "infidelity", 9, 0.1),
            ]
            run.table(MapExam, exams if examined else [])
        kinds = cluster(cases, traces, findings, verdicts)
        run.table(ClusterCard, kinds.cards)
        run.table(Member, kinds.members)
        if calibrated:
            keep(_calibration(), folder / CALIBRATION)
        run.finish(
            {
                "faithlens": "0.1.0",
                "commit": None,
                "plan": plan,
                "subject": {"id": "/home/somebody/models/MedVLM-R1" if asked else None, "device": "cpu"},
                "calibration": {"from": "made up", "cases": 40 if calibrated else 0},
                "clusters": kinds.described,
                "counts": {"items": 30, "left_out": 0, "traces": 30},
                "cost": asdict(Cost(requests=1234 if asked else 0, unique_requests=1000)),
                "finished": "2026-11-22T22:00:00Z",
            }
        )
        return open_run(folder)

    return made


def _replied(i: int, images: tuple[str, ...], evil: str) -> tuple[Case, Trace]:
    think = f"The scan shows {evil}. {'A mass is seen' if i % 3 == 1 else 'Nothing stands out in this picture'}."
    reply = f"<think>{think}</think><answer>B</answer>"
    case = Case(
        f"case-{i}",
        f"What is it? {evil}",
        (f"a cyst {evil}", "a mass"),
        "A" if i % 2 else "B",
        images=images,
        modality="CT" if i % 3 == 1 else f"_超声 $x^ {evil}",
        question_type=evil,
        anatomy=evil,
        boxes_xyxy_px=((4.0, 4.0, 12.0, 12.0),) if images else (),
        group=f"patient-{i}",
    )
    return case, Trace(case.id, reply, "ok", "B", (7, 7 + len(think)), (len(reply) - 10, len(reply) - 9))


def _findings(case: Case, trace: Trace, fails: bool, asked: bool, evil: str) -> list[Finding]:
    score = 0.95 if fails else 0.05
    marks = (Mark(7, 16, "supports", 1), Mark(12, 30, "hedge"))
    told = [Finding(case.id, "reply_format", "malformed", 0.0, flagged=False, evidence="The reply is as asked.")]
    if not asked:
        return [*told, Finding(case.id, "contradicted_answer", "contradictory", score, "", fails, evil, marks=marks)]
    cut = [
        Arm(f"{kept:.0%} of the think", case.images, (), (0.4, 0.6) if fails or kept == 1 else (0.6, 0.4), kept)
        for kept in (0.0, 0.5, 1.0)
    ]
    seen = [
        Arm("the image itself", case.images, (), (0.3, 0.7)),
        Arm("no image", (), (), (0.7, 0.3)),
        Arm("a blank image", case.images, (written(Blank()),), (0.2, 0.8)),
    ]
    quadrant = {name: float(name == ("dangerous" if fails else "ideal")) for name in ("ideal", "dangerous")}
    return [
        *told,
        Finding(
            case.id, "early_answering", "post_hoc", score, "", fails, f"Said: {evil}", marks=marks, arms=tuple(cut)
        ),
        Finding(case.id, "image_dependence", "image_blind", 1 - score, "", not fails, evil, arms=tuple(seen)),
        Finding(case.id, "four_quadrants", "image_blind", score, "", fails, "It stays.", quadrant),
    ]


def _calibration() -> Calibration:
    area = Auroc(0.93, 0.88, 0.98, 40, 40)
    means = {f"mixture@{dose}": 1 - dose for dose in (0.0, 0.5, 1.0)}

    def probe(name: str, axis: Axis, auroc: Auroc) -> ProbeMeasured:
        line = ProbeMeasured(name, axis, 1, "", auroc, 0.8, 0.6, -2.0, 4.0, 0.05, -1.0, -1.0, math.nan, 40)
        return replace(line, means=means if axis == "post_hoc" else {})

    return Calibration(
        "subject",
        40,
        (),
        (
            probe("early_answering", "post_hoc", area),
            probe("image_dependence", "image_blind", area),
            probe("four_quadrants", "image_blind", Auroc(0.5, 0.4, 0.6, 40, 40)),
        ),
        (
            AxisMeasured("post_hoc", ("early_answering",), 0.0, 1.0, area, 0.8, 0.6, 0.05),
            AxisMeasured("image_blind", ("image_dependence",), 0.0, 1.0, area, 0.8, 0.6, 0.05),
        ),
    )
