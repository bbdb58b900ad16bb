"""Whether fitted weights read thinks better than those set by hand in `faithlens/contradiction/assess.py`.

    python analyses/contradiction/fit.py --cases MRI_CT_XRAY_300each_dataset.json

A multinomial logistic regression is fitted on planted thinks of four fifths of the questions (all cases that share
question and options stay together) and read on the last fifth, five times round, and on the written traces in
`tests/contradiction`, with the weights of all questions. Writes fit.md beside this file.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, log_loss, roc_auc_score
from sklearn.model_selection import GroupKFold

from faithlens import cases
from faithlens.contradiction.assess import LABELS, Standing, assess, stand
from faithlens.contradiction.constructed import Constructed, construct
from faithlens.contradiction.evidence import steps
from faithlens.contradiction.targets import targets
from faithlens.records import LETTERS

HERE = Path(__file__).parent
TRACES = HERE.parents[1] / "tests" / "contradiction"


def features(standing: Standing, choice: int) -> list[float]:
    """What words say for and against the answered option and for the best other one, then what bare letters say.

    Last, of words and of letters, by how much more is said for one of the two than for the other.
    """
    others = [option for option in range(len(standing.said)) if option != choice]
    own, letter = standing.said[choice], standing.lettered[choice]
    rival = max(0.0, *(standing.said[option] for option in others))
    rival_letter = max(0.0, *(standing.lettered[option] for option in others))
    support, named = max(own, 0.0), max(letter, 0.0)
    return [
        *(support, max(-own, 0.0), rival, named, max(-letter, 0.0), rival_letter),
        *(max(rival - support, 0.0), max(support - rival, 0.0)),
        *(max(rival_letter - named, 0.0), max(named - rival_letter, 0.0)),
    ]


def table(items: Sequence[Constructed]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Features, the probabilities of the hand-set weights, and labels."""
    rows, by_hand = [], []
    for item in items:
        known = targets(item.question, item.options)
        rows.append(features(stand(steps(item.think, known), known), item.choice))
        found = assess(item.think, item.question, item.options, item.choice)
        by_hand.append([found.contradicts, found.unsupported, found.supports])
    return np.array(rows), np.array(by_hand), np.array([LABELS.index(item.label) for item in items])


def written(file: Path) -> list[Constructed]:
    """The traces of one file of tests."""
    with file.open(encoding="utf-8") as lines:
        return [
            Constructed(
                f"{file.name}#{number}",
                "written",
                row["label"],
                row["question"],
                tuple(row["options"].split("|")),
                LETTERS.index(row["answer"]),
                row["think"],
            )
            for number, row in enumerate(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
        ]


def line(name: str, truth: NDArray[np.int64], hand: NDArray[np.float64], fitted: NDArray[np.float64]) -> str:
    """Accuracy, macro-F1, AUROC of `contradicts` and log loss, by hand and fitted."""
    cells = []
    for score in (
        lambda probs: accuracy_score(truth, probs.argmax(1)),
        lambda probs: f1_score(truth, probs.argmax(1), average="macro"),
        lambda probs: roc_auc_score(truth == 0, probs[:, 0]),
        lambda probs: log_loss(truth, probs, labels=[0, 1, 2]),
    ):
        cells += [f"{score(hand):.3f}", f"{score(fitted):.3f}"]
    return f"| {name} | {len(truth)} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare fitted weights with those set by hand.")
    parser.add_argument("--cases", type=Path, help="a file of cases; left out: the questions that faithlens ships")
    given = parser.parse_args()
    file = given.cases or Path(cases.__file__).parents[1] / "contradiction" / "questions.csv"
    built = list(construct(case for case in cases.read(file).cases if len(case.options) >= 2))
    groups = [f"{item.question.lower()}|{'|'.join(sorted(map(str.lower, item.options)))}" for item in built]
    seen, hand, truth = table(built)
    model = LogisticRegression(C=1.0, max_iter=2000)
    held = np.zeros_like(hand)
    for train, test in GroupKFold(5, shuffle=True, random_state=0).split(seen, truth, groups):
        held[test] = model.fit(seen[train], truth[train]).predict_proba(seen[test])
    model.fit(seen, truth)
    page = [
        "# Weights by hand and fitted",
        "",
        f"`python analyses/contradiction/fit.py --cases {file.name}`",
        "",
        f"{len(built)} planted thinks on {len(set(groups))} distinct questions with options, each read with weights "
        "fitted without its question; then the written traces, with weights fitted on all planted ones.",
        "",
        "| thinks | number | accuracy by hand | fitted | macro-F1 by hand | fitted | AUROC by hand | fitted | "
        "log loss by hand | fitted |",
        "|---|---|---|---|---|---|---|---|---|---|",
        line("planted, held-out questions", truth, hand, held),
    ]
    sets = {path.name: table(written(path)) for path in sorted(TRACES.glob("traces*.tsv"))}
    for name, (of, by_hand, labels) in sets.items():
        page.append(line(f"`{name}`", labels, by_hand, model.predict_proba(of)))
    of, by_hand, labels = (np.concatenate(column) for column in zip(*sets.values(), strict=True))
    page.append(line("all written", labels, by_hand, model.predict_proba(of)))
    text = "\n".join(page) + "\n"
    (HERE / "fit.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
