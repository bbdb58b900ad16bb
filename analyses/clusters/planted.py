"""Whether clusters of failing replies find the strata in which failures were planted.

    python analyses/clusters/planted.py draw 300 7 phantoms-7            # phantoms of seed 7, and their cases.jsonl
    faithlens audit --cases phantoms-7/cases.jsonl --max-new-tokens 192 --out runs/phantoms-7
    python analyses/clusters/planted.py measure runs/phantoms-7

The bundled checkpoint fails in a known way by stratum (`faithlens/demo/checkpoint/README.md`); the clusters are not
told. Replies of sound strata that are called failing count as a kind of their own, those in no cluster as one cluster.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np

from faithlens import demo
from faithlens.clusters import of_run
from faithlens.clusters.grouping import agree
from faithlens.demo.strata import PLANTED
from faithlens.records import Case
from faithlens.store import Run, open_run


def draw(count: int, seed: int, folder: Path) -> None:
    """Phantoms as PNG and a table of their cases."""
    rows = [_row(case, folder) for case in demo.demo_cases(folder / "images", count, seed)]
    (folder / "cases.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _row(case: Case, folder: Path) -> dict[str, object]:
    return {
        "id": case.id,
        "question": case.question,
        "options": case.options,
        "key": case.key,
        "image": str(Path(case.images[0]).relative_to(folder.resolve())),
        "modality": case.modality,
        "anatomy": case.anatomy,
        "question_type": case.question_type,
        "boxes": case.boxes_xyxy_px,
        "group": case.group,
        "source": case.source,
    }


def measure(run: Run) -> None:
    """The figures, and which strata each cluster holds."""
    cases, found = {case.id: case for case in run.rows(Case)}, of_run(run)
    planted = [PLANTED[cases[m.case_id].modality, cases[m.case_id].question_type] for m in found.members]  # type: ignore[index]
    kinds = np.array([sorted(set(planted)).index(kind) for kind in planted], dtype=np.int64)
    labels = np.array([member.cluster for member in found.members], dtype=np.int64)
    print(f"{found.replies} {found.over}, of {len(cases)} cases; {found.unclustered} in no cluster")
    print(f"adjusted Rand with the planted behaviours   {agree(kinds, labels):.2f}")
    mixed = [agree(kinds, np.random.default_rng(seed).permutation(labels)) for seed in range(20)]
    print(f"the same with clusters shuffled among them  {np.mean(mixed):.2f}")
    print(
        f"bootstraps {found.bootstrap_ari:.2f}, shuffled features {found.shuffled_ari:.2f}, cloud {found.cloud_ari:.2f}"
    )
    for card in found.cards:
        held = Counter(kind for kind, label in zip(planted, labels, strict=True) if label == card.cluster)
        print(f"cluster {card.cluster}: {card.axis}, {dict(held)}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    jobs = parser.add_subparsers(dest="job", required=True)
    drawing = jobs.add_parser("draw")
    drawing.add_argument("count", type=int)
    drawing.add_argument("seed", type=int)
    drawing.add_argument("folder", type=Path)
    measuring = jobs.add_parser("measure")
    measuring.add_argument("run", type=Path)
    given = parser.parse_args()
    if given.job == "draw":
        draw(given.count, given.seed, given.folder)
    else:
        measure(open_run(given.run))


if __name__ == "__main__":
    main()
