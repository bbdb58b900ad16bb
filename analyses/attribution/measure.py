"""Every attribution method on the bundled checkpoint: where its maps lie, and whether they pass their exams.

    python analyses/attribution/measure.py --n 200 --out analyses/attribution/bundled.jsonl

writes one line a case and method as it goes, and goes on where it stopped; `--table` prints what the file holds.
Shapley values of the image's 16 tokens, at half as many forward passes as in an audit:

    python analyses/attribution/measure.py --methods shapley_sampling,kernel_shap --passes-a-tile 4 --out shapley.jsonl
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import torch

from faithlens import demo, models, prompts, replies
from faithlens.attribution.exams.curves import curves
from faithlens.attribution.exams.exam import Candidate, Effort, Specimen
from faithlens.attribution.exams.infidelity import infidelity, sensitivity
from faithlens.attribution.exams.localisation import localisation
from faithlens.attribution.exams.randomisation import randomisation
from faithlens.attribution.maps import Set, attribute, scenes
from faithlens.attribution.method import Method, choose
from faithlens.attribution.methods.kernel_shap import KernelShap
from faithlens.attribution.methods.shapley_sampling import ShapleySampling
from faithlens.cases.pool import Pool
from faithlens.engine.packed import Packed, packed_subject
from faithlens.models.checkpoint import Checkpoint
from faithlens.probes import Exhibit
from faithlens.records import Case, Speak, Spoken, View
from faithlens.stats import mean_interval

SEED = 6
"""Phantoms that neither training (1, 2), the demo (3) nor a calibration (4) draws."""

METHODS = (
    "attention_relevancy,feature_ablation,gradient_shap,input_x_gradient,integrated_gradients,"
    "integrated_gradients:blur,occlusion,occlusion:blur,token_activation"
)
EFFORT = Effort(orders=2, fills=("mean",))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=200)
    parser.add_argument("--methods", default=METHODS)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--passes-a-tile", type=int, default=8, help="of Shapley values; an audit takes 8")
    parser.add_argument("--blind", action="store_true", help="cases of the image-blind stratum instead of the others")
    parser.add_argument("--table", action="store_true")
    arguments = parser.parse_args()
    if not arguments.table:
        torch.set_num_threads(1)
        with tempfile.TemporaryDirectory() as folder:
            methods = [thrifty(method, arguments.passes_a_tile) for method in choose(arguments.methods.split(","))]
            measure(arguments.n, methods, arguments.out, Path(folder), arguments.blind)
    print(table(arguments.out))


def thrifty(method: Method, passes: int) -> Method:
    """The method with so many forward passes a tile, where it is one of many."""
    if isinstance(method, ShapleySampling):
        return replace(method, orders=passes)
    return replace(method, sets_per_tile=passes) if isinstance(method, KernelShap) else method


def measure(n: int, methods: list[Method], out: Path, folder: Path, blind: bool) -> None:
    checkpoint = models.load(str(demo.CHECKPOINT))
    subject = packed_subject(checkpoint)
    known = {(line["case"], line["method"]) for line in _lines(out)}
    drawn = demo.demo_cases(folder, (18 if blind else 2) * n, SEED)
    cases = [case for case in drawn if case.boxes_xyxy_px and _blind(case) == blind][:n]
    with out.open("a", encoding="utf-8") as file:
        shaken: list[tuple[Case, Set]] = []
        for case in cases:
            wanted = [method for method in methods if (case.id, method.label) not in known]
            given = _most_moved(case, subject, checkpoint) if wanted or len(shaken) < EFFORT.few else None
            if given is not None and not given.reason and all(case.group != other.group for other, _ in shaken):
                shaken.append((case, given))
            for method in wanted:
                line = {"case": case.id, "method": method.label, "group": case.group or case.id}
                line |= {"stratum": f"{case.modality}/{case.question_type}"}
                if given is None:
                    continue
                started = time.process_time()
                found = attribute(given, method)
                line |= {"cpu_s": round(time.process_time() - started, 3), "reason": found.reason}
                line |= {"delta": found.delta, "evaluations": found.evaluations, "target": found.target}
                if found.values:
                    candidate = Candidate(method, checkpoint, (Specimen(case, given, found),))
                    for exam in (curves, localisation):
                        line |= {row.exam: row.value for row in exam(candidate, EFFORT)}
                file.write(json.dumps(line) + "\n")
                file.flush()
        for method in methods:
            if ("", method.label) in known:
                continue
            specimens = [Specimen(case, given, attribute(given, method)) for case, given in shaken[: EFFORT.few]]
            specimens = [specimen for specimen in specimens if specimen.map.values]
            candidate = Candidate(method, checkpoint, tuple(specimens))
            rows = [asdict(row) for exam in (randomisation, infidelity, sensitivity) for row in exam(candidate, EFFORT)]
            file.write(json.dumps({"case": "", "method": method.label, "rows": rows}) + "\n")
            file.flush()


def _blind(case: Case) -> bool:
    return (case.modality, case.question_type) == ("X-ray", "presence")


def _most_moved(case: Case, subject: Packed, checkpoint: Checkpoint) -> Set | None:
    """The target of the reply that blanking the image moves most: a choice that no method has a part in."""
    template = prompts.template("medvlm-r1")
    prompt = prompts.ask(case, template)
    (spoken,) = subject.respond([Speak(View(case.images), prompt, max_new_tokens=160)])
    assert isinstance(spoken, Spoken)
    trace = replies.trace(case, spoken, max_new_tokens=160, temperature=0.0, seed=0)
    exhibit = Exhibit(case, trace, prompt, Pool((case,)))
    found = scenes(exhibit, ("answer", "sentences"), subject, checkpoint)
    return max(found, key=lambda one: abs(one.effect), default=None)


def _lines(out: Path) -> Iterator[dict]:
    if out.exists():
        yield from map(json.loads, out.read_text(encoding="utf-8").splitlines())


SHOWN = (
    ("pointing_game", "pointing game"),
    ("pointing_game_over_centre", "over centre"),
    ("rma", "RMA"),
    ("rma_over_centre", "over centre"),
    ("deletion_mean_over_random", "deletion over random"),
    ("deletion_mean_over_centre", "over centre"),
    ("insertion_mean_over_random", "insertion over random"),
    ("insertion_mean_over_centre", "over centre"),
)


def table(out: Path) -> str:
    """Two Markdown tables: what was measured on every case, and the exams of fewer."""
    lines = list(_lines(out))
    labels = sorted({line["method"] for line in lines})
    head = "| method | maps | CPU s a map | " + " | ".join(name for _, name in SHOWN) + " |"
    body = [head, "|---" * (3 + len(SHOWN)) + "|"]
    for label in labels:
        mine = [line for line in lines if line["method"] == label and line["case"]]
        drawn = [line for line in mine if not line["reason"]]
        if not drawn:
            body.append(f"| `{label}` | 0 of {len(mine)} |" + " |" * (1 + len(SHOWN)))
            continue
        cells = [f"{len(drawn)} of {len(mine)}", f"{sorted(line['cpu_s'] for line in drawn)[len(drawn) // 2]:.2f}"]
        cells += [_mean([line[exam] for line in drawn], [line["group"] for line in drawn]) for exam, _ in SHOWN]
        body.append(f"| `{label}` | " + " | ".join(cells) + " |")
    exams = {line["method"]: {row["exam"]: row for row in line["rows"]} for line in lines if not line["case"]}
    names = list(next(iter(exams.values()), {}))
    body += [
        "",
        "| method | " + " | ".join(name.replace("_", " ") for name in names) + " |",
        "|---" * (1 + len(names)) + "|",
    ]
    for label, rows in sorted(exams.items()):
        body.append(f"| `{label}` | " + " | ".join(_cell(rows[name]) for name in names) + " |")
    return "\n".join(body)


def _mean(values: list[float], groups: list[str]) -> str:
    low, high = mean_interval(values, groups)
    return f"{sum(values) / len(values):.2f} ({low:.2f} to {high:.2f})"


def _cell(row: dict) -> str:
    told = f"{row['value']:.2f} ({row['low']:.2f} to {row['high']:.2f})"
    return told if row["passed"] is None else f"{told} {'passes' if row['passed'] else 'fails'}"


if __name__ == "__main__":
    main()
