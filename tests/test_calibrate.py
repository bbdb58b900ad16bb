"""Calibrations as a user meets them: measured once, found again by audits, and never over an audit's own cases."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import faithlens
from faithlens import demo
from faithlens.calibrate import calibrate
from faithlens.calibration import load
from faithlens.errors import RunError, SettingsError
from faithlens.material import CALIBRATION_SEED
from faithlens.records import MapExam
from faithlens.store import read

PROBES = ("necessity", "explicit_conclusion")
SMALL = {"probes": PROBES, "max_new_tokens": 4, "maps": ()}


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FAITHLENS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "calibrations"


@pytest.fixture(scope="module")
def tiny(checkpoints: dict[str, Path]) -> str:
    return str(checkpoints["qwen2_vl"])


def table(folder: Path, n: int, seed: int = 3) -> Path:
    """A plain table of phantoms."""
    rows = [
        {
            "id": case.id,
            "question": case.question,
            "options": list(case.options),
            "key": case.key,
            "image": case.images[0],
            "modality": case.modality,
            "group": case.group,
        }
        for case in demo.demo_cases(folder / "images", n, seed)
    ]
    for row in rows:
        row["image"] = f"images/{Path(row['image']).name}"
    file = folder / "cases.json"
    file.write_text(json.dumps(rows))
    return file


def test_a_checkpoint_that_writes_no_think_cannot_be_judged(tiny: str, tmp_path: Path):
    """Scripted organisms score as they should; they are no evidence about a checkpoint that gives no replies."""
    found = calibrate(tiny, out=tmp_path / "calibration", limit=9, **SMALL).calibration
    assert found.cases == 9
    assert all(not axis.probes for axis in found.axes)
    assert all("checkpoint has a part in" in probe.blindness for probe in found.probes if probe.auroc.positives >= 10)
    assert repr(load(tmp_path / "calibration" / "calibration.json")) == repr(found)


def test_an_audit_finds_the_calibration_of_its_checkpoint(tiny: str, tmp_path: Path, shelf: Path):
    file = table(tmp_path, 6)
    before = faithlens.audit(tiny, file, out=tmp_path / "before", **SMALL)
    assert "none kept" in before.manifest["calibration"]["from"] and before.manifest["calibration"]["cases"] == 0
    calibrate(tiny, out=tmp_path / "calibration", limit=9, **SMALL)
    assert len(list(shelf.glob("*.json"))) == 1
    after = faithlens.audit(tiny, file, out=tmp_path / "after", **SMALL)
    assert after.manifest["calibration"]["cases"] == 9 and (after.path / "calibration.json").exists()
    refused = faithlens.audit(tiny, file, out=tmp_path / "refused", calibrate=False, **SMALL)
    assert refused.manifest["calibration"]["cases"] == 0
    other = faithlens.audit(tiny, file, out=tmp_path / "other", probes=PROBES, max_new_tokens=5)
    assert other.manifest["calibration"]["cases"] == 0, "it was measured with another length of replies"


def test_an_audit_is_not_judged_by_its_own_cases(tiny: str, tmp_path: Path):
    calibrate(tiny, table(tmp_path, 6, CALIBRATION_SEED), out=tmp_path / "calibration", **SMALL)
    run = faithlens.audit(tiny, table(tmp_path, 3, CALIBRATION_SEED), out=tmp_path / "run", **SMALL)
    assert run.manifest["calibration"]["cases"] == 0


def test_an_audit_calibrates_itself_on_what_the_limit_leaves_over(tiny: str, tmp_path: Path, shelf: Path):
    # 18 phantoms are two rounds of patients: the first nine share none with the last nine
    file = table(tmp_path, 18)
    run = faithlens.audit(tiny, file, out=tmp_path / "run", limit=9, calibrate=True, **SMALL)
    assert "reduced size by this audit" in run.manifest["calibration"]["from"]
    assert run.manifest["calibration"]["cases"] == 9 and run.manifest["calibration"]["cost"]["requests"] > 0
    assert len(list(shelf.glob("*.json"))) == 1
    with pytest.raises(SettingsError, match="give --limit"):
        faithlens.audit(tiny, file, out=tmp_path / "all", calibrate=True, **SMALL)


def test_patients_of_the_audit_are_left_out_of_its_calibration(tiny: str, tmp_path: Path):
    # the other cases of the first round show patients that the first case shares: nothing is left over
    file = table(tmp_path, 3)
    with pytest.raises(SettingsError, match="give --limit"):
        faithlens.audit(tiny, file, out=tmp_path / "run", limit=1, calibrate=True, **SMALL)


def test_an_interrupted_calibration_goes_on(tiny: str, tmp_path: Path):
    def stop(stage: str, done: int, total: int) -> None:
        if stage == "calibrating" and done:
            raise KeyboardInterrupt

    options = {"limit": 12, **SMALL}
    with pytest.raises(KeyboardInterrupt):
        calibrate(tiny, out=tmp_path / "c", progress=stop, **options)
    first = next((tmp_path / "c" / "trials").iterdir()).stat().st_mtime_ns
    resumed = calibrate(tiny, out=tmp_path / "c", **options)
    assert min(part.stat().st_mtime_ns for part in (tmp_path / "c" / "trials").iterdir()) == first
    whole = calibrate(tiny, out=tmp_path / "d", **options)
    assert [repr(p) for p in resumed.calibration.probes] == [repr(p) for p in whole.calibration.probes]
    with pytest.raises(RunError, match="another calibration"):
        calibrate(tiny, out=tmp_path / "c", **(options | {"seed": 1}))
    with pytest.raises(RunError, match="holds no calibration"):
        calibrate(tiny, out=tmp_path, **options)


def test_the_commands(tiny: str, tmp_path: Path):
    file = table(tmp_path, 6)
    small = ["--probes", ",".join(PROBES), "--max-new-tokens", "4"]
    method = ["--maps", "input_x_gradient"]
    commands = [
        ["calibrate", "--checkpoint", tiny, "--limit", "9", "--out", str(tmp_path / "calibration"), *small, *method],
        ["audit", "--checkpoint", tiny, "--cases", str(file), "--out", str(tmp_path / "one"), *small],
        ["audit", "--checkpoint", tiny, "--cases", str(file), "--out", str(tmp_path / "two"), "--seed", "1", *small],
        ["compare", str(tmp_path / "one"), str(tmp_path / "two")],
    ]
    said = []
    for command in commands:
        done = subprocess.run([sys.executable, "-m", "faithlens", *command], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        said.append(done.stdout)
    assert "necessity" in said[0] and "cannot tell" in said[0]
    assert "input_x_gradient: fails on this checkpoint" in said[0]
    assert "Verdicts" in said[1] and "kept from an earlier one" in said[1]
    assert "6 replies are paired" in said[3] and "too few" in said[3]


def test_a_calibration_marks_attribution_methods_for_audits(tiny: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    asked: list[list[str]] = []

    def examined(subject, exhibits, stored, methods, wanted, effort, told) -> list[MapExam]:
        asked.append([method.label for method in methods])
        undecided = float("nan") if len(asked) == 1 else 0.75
        return [
            MapExam(method.label, "verdict", 12, value, passed=False, reason=f"{len(exhibits)} replies")
            for method, value in zip(methods, (0.5, undecided), strict=False)
        ]

    monkeypatch.setattr("faithlens.attribution.stage.examined", examined)
    maps = {**SMALL, "maps": ("occlusion", "input_x_gradient")}
    found = calibrate(tiny, out=tmp_path / "calibration", limit=9, **maps)
    assert [exam.reason for exam in found.map_exams] == ["9 replies", "9 replies"]
    assert repr(tuple(read(found.path / "map_exams.parquet", MapExam))) == repr(found.map_exams)
    run = faithlens.audit(tiny, table(tmp_path, 3), out=tmp_path / "run", **maps)
    # what was decided is not asked again; what was not is held on the audit's own cases
    assert asked == [["occlusion", "input_x_gradient"], ["input_x_gradient"]]
    marks = {exam.method: exam.reason for exam in run.rows(MapExam)}
    assert marks == {"occlusion": "9 replies", "input_x_gradient": "3 replies"}
    other = faithlens.audit(tiny, table(tmp_path, 3), out=tmp_path / "other", **maps, map_targets=("answer",))
    assert asked[-1] == ["occlusion", "input_x_gradient"] and other.rows(MapExam)
