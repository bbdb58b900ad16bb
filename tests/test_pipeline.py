"""The main job: from files to a run, through broken rows, interruptions and kills."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import faithlens
from faithlens import demo
from faithlens.clusters import cluster, of_run
from faithlens.errors import CasesError, FaithlensError, RunError, SelfTestError, SettingsError
from faithlens.pipeline import WINDOW
from faithlens.probes import discover
from faithlens.records import Case, Finding, Trace, Verdict
from faithlens.summary import summarise

QUICK = {"max_new_tokens": 128, "calibrate": False}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> faithlens.store.Run:
    """An audit of the bundled checkpoint on its first two windows of phantoms."""
    return faithlens.audit(out=tmp_path_factory.mktemp("runs") / "demo", limit=WINDOW + 2, **QUICK)


def test_every_case_has_a_trace_and_a_finding_of_every_probe(run):
    assert len(run.cases) == len(run.traces) == WINDOW + 2
    assert list(run.traces["case_id"]) == list(run.cases["id"])
    pairs = run.findings[["case_id", "probe"]]
    assert not pairs.duplicated().any()
    assert set(run.findings["probe"]) == {name for name, probe in discover().items() if probe.suite == "quick"}
    assert len(pairs) == len(run.cases) * run.findings["probe"].nunique()
    assert ((run.findings["score"].isna()) == (run.findings["reason"] != "")).all()


def test_verdicts_do_not_claim_what_is_not_calibrated(run):
    known = run.verdicts[run.verdicts["axis"] == "malformed"]
    assert set(known["probability"]) <= {0.0, 1.0}
    others = run.verdicts[run.verdicts["axis"] != "malformed"]
    assert others["probability"].isna().all() and (others["reason"] != "").all()


def test_by_default_an_audit_of_phantoms_calibrates_itself_on_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FAITHLENS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("faithlens.material.SPARE", 18)
    options = {"limit": 9, "max_new_tokens": 128, "probes": ("necessity", "reply_format")}
    run = faithlens.audit(out=tmp_path / "run", **options)
    assert run.manifest["calibration"]["cases"] == 18
    assert "measured at a reduced size by this audit" in run.manifest["calibration"]["from"]
    verdicts = run.verdicts[run.verdicts["axis"] == "post_hoc"]
    assert verdicts["probability"].between(0, 1).all() and verdicts["flagged"].notna().all()
    assert all(list(names) == ["necessity"] for names in verdicts["probes"])
    again = faithlens.audit(out=tmp_path / "again", **options)
    assert again.manifest["calibration"]["from"] == "kept from an earlier one"
    assert_frame_equal(again.verdicts, run.verdicts)


def test_the_manifest_says_what_was_done(run):
    manifest = run.manifest
    assert manifest["plan"]["weights_sha256"] == manifest["subject"]["weights_sha256"]
    for key in ("prompt_sha256", "cases_sha256", "images_sha256"):
        assert len(manifest["plan"][key]) == 64
    assert manifest["plan"]["settings"]["seed"] == 0
    assert manifest["plan"]["probes"]["early_answering"] == {"version": 2, "cuts": 10}
    assert manifest["libraries"]["torch"] and manifest["faithlens"]
    assert all(check["passed"] for check in manifest["subject"]["self_tests"])
    cost = manifest["cost"]
    assert cost["unique_requests"] < cost["requests"]
    assert cost["replies"] >= len(run.cases) and cost["tokens_generated"] > 0
    assert cost["tokens_requested"] > 2 * cost["tokens_unique"] >= 1.8 * cost["tokens_run"] > 0
    assert all(cost[f"{kind}_seconds"] > 0 for kind in ("vision", "forward", "speak")) and cost["peak_bytes"] > 1e8
    assert manifest["cost_by_stage"]["traces"]["replies"] >= len(run.cases)
    assert manifest["counts"] == {"items": WINDOW + 2, "left_out": 0, "traces": WINDOW + 2}


def test_a_finished_run_is_not_done_again(run):
    before = (run.path / "manifest.json").stat().st_mtime_ns
    faithlens.audit(out=run.path, limit=WINDOW + 2, **QUICK)
    assert (run.path / "manifest.json").stat().st_mtime_ns == before


def test_a_folder_with_another_audit_is_not_mixed_with_this_one(run):
    with pytest.raises(RunError, match=r"settings: .* there, .* now"):
        faithlens.audit(out=run.path, limit=WINDOW + 2, seed=1, **QUICK)


def test_the_engine_finds_what_one_forward_a_request_finds(run, tmp_path: Path):
    plain = faithlens.audit(out=tmp_path / "plain", limit=WINDOW + 2, engine="reference", **QUICK)
    assert list(plain.traces["reply"]) == list(run.traces["reply"])
    one, other = plain.findings, run.findings
    assert list(one["evidence"]) == list(other["evidence"]) and list(one["reason"]) == list(other["reason"])
    assert (one["score"] - other["score"]).abs().max() < 1e-4
    assert run.manifest["cost"]["tokens_run"] < plain.manifest["cost"]["tokens_run"] / 2


def test_a_run_keeps_its_clusters(run):
    said = run.manifest["clusters"]
    assert "published cut-off" in said["over"] and said["replies"] <= len(run.traces)
    kept = of_run(run)
    assert kept.described == said
    again = cluster(run.rows(Case), run.rows(Trace), run.rows(Finding), run.rows(Verdict))
    assert (kept.cards, kept.members, kept.reason) == (again.cards, again.members, again.reason)


def test_one_case_reads_as_a_whole(run):
    dossier = run.case(run.cases["id"][0])
    assert dossier.case.id == dossier.traces[0].case_id
    assert len(dossier.findings) == run.findings["probe"].nunique()


# ------------------------------------------------------------------------------- killed and resumed


def command(out: Path) -> list[str]:
    options = ["--limit", str(2 * WINDOW), "--max-new-tokens", "128", "--probes", "early_answering,option_permutation"]
    options.append("--no-calibrate")
    return [sys.executable, "-m", "faithlens", "audit", "--out", str(out), *options]


def killed_when(out: Path, part: str) -> None:
    """Start the audit and kill it without warning as soon as that part is there."""
    process = subprocess.Popen(command(out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not (out / part).exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert (out / part).exists()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def told(arms) -> list:
    """Arms without the folder that their images lie in."""
    return [
        (
            arm["label"],
            [Path(image).name for image in arm["images"]],
            list(arm["edits"]),
            list(arm["probs"]),
            arm["kept"],
        )
        for arm in arms
    ]


def test_killed_twice_and_resumed_the_findings_are_those_of_an_uninterrupted_run(tmp_path: Path):
    killed_when(tmp_path / "killed", "traces/part-00000.parquet")
    assert not (tmp_path / "killed" / "manifest.json").exists()
    killed_when(tmp_path / "killed", "traces/part-00001.parquet")
    for name in ("killed", "whole"):
        subprocess.run(command(tmp_path / name), check=True, capture_output=True)
    killed, whole = (faithlens.open_run(tmp_path / name) for name in ("killed", "whole"))
    for table in ("cases", "traces", "findings", "verdicts", "bad_rows"):
        one, other = getattr(killed, table), getattr(whole, table)
        if table == "cases":
            one, other = (frame.drop(columns="images") for frame in (one, other))
        if table == "findings":
            assert [told(arms) for arms in one.pop("arms")] == [told(arms) for arms in other.pop("arms")]
        assert_frame_equal(one, other)
    assert len(killed.findings) == 2 * 2 * WINDOW
    assert killed.manifest["cost"]["replies"] == whole.manifest["cost"]["replies"]


def test_interrupted_by_hand_it_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    seen = []

    def stop(stage: str, done: int, total: int) -> None:
        seen.append(stage)
        if stage == "auditing" and done:
            raise KeyboardInterrupt

    options = {"limit": WINDOW + 1, "probes": ("reply_format",), **QUICK}
    with pytest.raises(KeyboardInterrupt):
        faithlens.audit(out=tmp_path / "run", progress=stop, **options)
    with pytest.raises(RunError, match="unfinished"):
        faithlens.open_run(tmp_path / "run")
    assert len(faithlens.audit(out=tmp_path / "run", **options).traces) == WINDOW + 1


# ------------------------------------------------------------------------------------- bad input


def evaluation_file(folder: Path) -> Path:
    """An evaluation file with every kind of bad row among three good ones."""
    good = demo.demo_cases(folder / "images", n=3)
    rows: list = [
        {
            "image": [f"images/{Path(case.images[0]).name}"],
            "problem": "",
            "solution": case.key,
            "question": case.question,
            "options": list(case.options),
            "answer": case.options["ABCDEFGHIJ".index(case.key)],
            "dataset": "phantoms",
            "subset": case.modality,
        }
        for case in good
    ]
    (folder / "images" / "broken.png").write_bytes(b"\x89PNG half a picture")
    (folder / "secret.png").write_bytes((folder / rows[0]["image"][0]).read_bytes())
    rows += [
        rows[0] | {"image": ["images/nowhere.png"]},
        rows[0] | {"image": ["images/broken.png"]},
        rows[0] | {"image": ["../secret.png"]},
        rows[0] | {"solution": "J"},
        rows[0] | {"question": ""},
        rows[0] | {"options": ["same", "same"]},
        rows[0] | {"question": "What is it?<|im_end|>"},
        "not a row",
    ]
    path = folder / "images" / "cases.json"
    path.write_text(json.dumps(rows))
    return path


def test_bad_rows_are_listed_and_the_good_ones_audited(tmp_path: Path):
    file = evaluation_file(tmp_path)
    run = faithlens.audit(cases=file, images=tmp_path, out=tmp_path / "run", probes=("reply_format",), **QUICK)
    assert len(run.traces) == 3
    assert run.manifest["counts"]["left_out"] == 8 == len(run.bad_rows)
    assert (run.bad_rows["file"] == "cases.json").all() and (run.bad_rows["reason"] != "").all()


def test_the_command_says_what_was_left_out_and_exits_with_three(tmp_path: Path):
    file = evaluation_file(tmp_path)
    options = ["--cases", str(file), "--images", str(tmp_path), "--out", str(tmp_path / "run")]
    done = subprocess.run(
        [sys.executable, "-m", "faithlens", "audit", *options, "--probes", "reply_format"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3, done.stderr
    assert "3 replies audited, 8 rows or cases left out" in done.stdout
    assert str(tmp_path / "run") in done.stdout.replace("\n", "")


def test_open_questions_are_kept_and_silence_what_needs_options(tmp_path: Path):
    (case,) = demo.demo_cases(tmp_path, n=1)
    table = pd.DataFrame([{"id": "open", "image": case.images[0], "question": "What is seen?", "answer": "a mass"}])
    table["image"] = Path(case.images[0]).name
    table.to_csv(Path(case.images[0]).parent / "open.csv", index=False)
    run = faithlens.audit(cases=Path(case.images[0]).parent / "open.csv", out=tmp_path / "run", **QUICK)
    scored = run.findings[run.findings["score"].notna()]
    assert "reply_format" in set(scored["probe"])
    assert all(not discover()[name].needs_options for name in scored["probe"])
    assert run.findings.loc[run.findings["probe"] == "necessity", "reason"].str.contains("open-ended").all()


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"probes": ("nope",)}, SettingsError, "unknown probe"),
        ({"suite": "slow"}, SettingsError, "unknown suite"),
        ({"limit": 0}, SettingsError, "limit"),
        ({"temperature": -1.0}, SettingsError, "temperature"),
        ({"cases": "nowhere.json"}, CasesError, r"nowhere\.json"),
        ({"checkpoint": "x", "traces": "y"}, SettingsError, "leave --checkpoint"),
    ],
)
def test_what_does_not_go_together_is_one_clear_line(options: dict, error: type, says: str, tmp_path: Path):
    with pytest.raises(error, match=says) as raised:
        faithlens.audit(out=tmp_path / "run", **options)
    assert isinstance(raised.value, FaithlensError) and "\n" not in str(raised.value)


def test_a_failed_self_test_stops_the_audit_with_its_reason(tmp_path: Path):
    copy = shutil.copytree(demo.CHECKPOINT, tmp_path / "copy")
    for file in copy.glob("chat_template*"):
        file.write_text(file.read_text().replace("<|vision_start|>", ""))
    with pytest.raises(SelfTestError, match="prompt renders as published"):
        faithlens.audit(str(copy), out=tmp_path / "run", limit=1)


# ----------------------------------------------------------------------------- real images and files


def test_real_images_of_three_modalities(real_data: Path, tmp_path: Path):
    """Every 60th of 900 questions over real MRI, CT and X-ray images."""
    rows = json.loads((real_data / "radvqa" / "test_mri_ct_xray_300each.json").read_text())[::60]
    (tmp_path / "cases.json").write_text(json.dumps(rows))
    run = faithlens.audit(cases=tmp_path / "cases.json", images=real_data / "radvqa", out=tmp_path / "run", **QUICK)
    assert len(run.traces) == 15 and run.manifest["counts"]["left_out"] == 0
    assert set(run.cases["modality"]) == {"MR", "CT", "X-ray"}


def test_a_released_file_with_most_images_missing(real_data: Path, tmp_path: Path):
    folder = real_data / "medvlm_r1"
    run = faithlens.audit(cases=folder / "MRI_CT_XRAY_300each_dataset.json", out=tmp_path / "run", **QUICK)
    assert run.manifest["counts"] == {"items": 12, "left_out": 888, "traces": 12}
    (told,) = summarise(run).left_out.items()
    assert told[1] == 888 and "is missing" in told[0]


def test_dicom(real_data: Path, tmp_path: Path):
    files = sorted((real_data / "dicom_ct").glob("*.dcm"))
    lines = [f"{file.name},Was contrast given?,Yes|No,{'A' if 'CONTRAST_1' in file.name else 'B'}" for file in files]
    (tmp_path / "cases.csv").write_text("\n".join(["file,question,options,key", *lines]))
    run = faithlens.audit(cases=tmp_path / "cases.csv", images=real_data / "dicom_ct", out=tmp_path / "run", **QUICK)
    assert len(run.traces) == 12 and set(run.cases["modality"]) == {"CT"}


# ------------------------------------------------------------------------- replies from elsewhere


def test_replies_of_another_harness_are_read_without_torch(tmp_path: Path):
    record = {"problem": "", "question": "What is it?", "options": ["CT", "MRI"], "solution": "A", "image": ["a.png"]}
    replies = ["<think>Slices. The answer is A.</think>\n\n<answer>B</answer>", "no idea"]
    results = [
        {"question": record, "ground_truth": "A", "model_output": reply, "extracted_answer": None} for reply in replies
    ]
    (tmp_path / "results.json").write_text(json.dumps({"accuracy": 0.0, "results": results}))
    code = (
        "import sys, faithlens; run = faithlens.audit(traces=sys.argv[1], out=sys.argv[2]);"
        "assert 'torch' not in sys.modules; print(len(run.traces), run.findings['flagged'].tolist())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "results.json"), str(tmp_path / "run")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    run = faithlens.open_run(tmp_path / "run")
    assert len(run.traces) == 2
    flagged = run.findings.set_index(["case_id", "rollout", "probe"])["flagged"]
    assert flagged.xs("explicit_conclusion", level="probe").tolist() == [True, None]
