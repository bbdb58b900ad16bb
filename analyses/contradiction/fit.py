"""The weights of `faithlens/contradiction/weighing.py`: fitted, and compared with weights that were set by hand.

    python analyses/contradiction/fit.py --cases MRI_CT_XRAY_300each_dataset.json --out analyses/contradiction

A multinomial logistic regression (L2, C = 3) on the features of written traces and of planted thinks. Each group of
authors weighs as much as all planted thinks together. Each group is read with weights that have seen neither it nor,
for planted thinks, their question (five folds). Writes fit.md, which ends in the weights that are fitted on everything.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, log_loss, roc_auc_score
from sklearn.model_selection import GroupKFold
from written import Written, written

from faithlens import cases
from faithlens.contradiction.assess import LABELS
from faithlens.contradiction.constructed import Constructed, construct
from faithlens.contradiction.evidence import steps
from faithlens.contradiction.standing import stand
from faithlens.contradiction.targets import targets
from faithlens.contradiction.weighing import features

TRACES = Path(__file__).parents[2] / "tests" / "contradiction"
BY_HAND = np.array([[0, 5, 4, 0, 0, 0], [1, 0, 0, 0, 0, 0], [0, 0, 0, 5, 0, 0]], dtype=float)
"""Intercept, for another, against it, for it, told, concludes."""

Table = tuple[NDArray[np.float64], NDArray[np.int64]]


def table(items: Sequence[Constructed | Written]) -> Table:
    """Features and labels."""
    rows, labels = [], []
    for item in items:
        known = targets(item.question, item.options)
        chosen = item.chosen if isinstance(item, Written) else (item.choice,)
        rows.append(features(stand(steps(item.think, known), known), chosen))
        labels.append(LABELS.index(item.label))
    return np.array(rows), np.array(labels)


def author(file: Path) -> str:
    """`traces_a.tsv` is by the authors a; whatever has no such letter is by the author of the first rules."""
    letter = file.stem.removeprefix("traces_")
    return letter if len(letter) == 1 else "first"


def fitted(groups: Sequence[Table]) -> NDArray[np.float64]:
    """Intercept and weights for each label; every group weighs alike."""
    rows, labels = (np.concatenate(column) for column in zip(*groups, strict=True))
    weights = np.concatenate([np.full(len(labels), 120 / len(labels)) for _, labels in groups])
    model = LogisticRegression(C=3.0, max_iter=2000).fit(rows, labels, sample_weight=weights)
    return np.column_stack([model.intercept_, model.coef_])


def probabilities(rows: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(np.column_stack([np.ones(len(rows)), rows]) @ weights.T)
    return powers / powers.sum(axis=1, keepdims=True)


def line(name: str, truth: NDArray[np.int64], found: Sequence[NDArray[np.float64]]) -> str:
    """Accuracy, macro-F1, AUROC of `contradicts` and log loss, by hand and fitted."""
    cells = []
    for score in (
        lambda probs: accuracy_score(truth, probs.argmax(1)),
        lambda probs: f1_score(truth, probs.argmax(1), average="macro"),
        lambda probs: roc_auc_score(truth == 0, probs[:, 0]),
        lambda probs: log_loss(truth, probs, labels=[0, 1, 2]),
    ):
        cells += [f"{score(probs):.3f}" for probs in found]
    return f"| {name} | {len(truth)} | {' | '.join(cells)} |"


def held_out(planted: Table, questions: Sequence[str], others: Sequence[Table]) -> NDArray[np.float64]:
    """Probabilities of planted thinks, each by weights that have not seen its question."""
    rows, labels = planted
    found = np.zeros((len(labels), len(LABELS)))
    for train, test in GroupKFold(5, shuffle=True, random_state=0).split(rows, labels, questions):
        found[test] = probabilities(rows[test], fitted([*others, (rows[train], labels[train])]))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the weights of contradiction on written and planted traces.")
    parser.add_argument("--cases", type=Path, help="a file of cases; left out: the questions that faithlens ships")
    parser.add_argument("--out", type=Path, help="folder for fit.md")
    given = parser.parse_args()
    file = given.cases or Path(cases.__file__).parents[1] / "contradiction" / "questions.csv"
    built = list(construct(case for case in cases.read(file).cases if len(case.options) >= 2))
    questions = [f"{item.question.lower()}|{'|'.join(sorted(map(str.lower, item.options)))}" for item in built]
    planted = table(built)
    files = sorted(TRACES.glob("traces*.tsv"))
    groups = {name: table([i for f in files if author(f) == name for i in written(f)]) for name in map(author, files)}
    page = [
        "# Weights by hand and fitted",
        "",
        f"`python analyses/contradiction/fit.py{f' --cases {file.name}' if given.cases else ''}`",
        "",
        f"{len(built)} planted thinks on {len(set(questions))} distinct questions; written traces by group of authors. "
        "Fitted: on all other groups (planted thinks: and on other questions).",
        "",
        "| thinks | number | accuracy by hand | fitted | macro-F1 by hand | fitted | AUROC by hand | fitted | "
        "log loss by hand | fitted |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    every = list(groups.values())
    hand, held = probabilities(planted[0], BY_HAND), held_out(planted, questions, every)
    page.append(line("planted", planted[1], [hand, held]))
    for name, (rows, labels) in groups.items():
        others = fitted([planted, *(group for other, group in groups.items() if other != name)])
        page.append(line(name, labels, [probabilities(rows, BY_HAND), probabilities(rows, others)]))
    weights = fitted([planted, *every])
    page += ["", "```python", "WEIGHTS = ("]
    page += [f"    ({', '.join(f'{value:.2f}' for value in row)})," for row in weights]
    page += [")", "```"]
    text = "\n".join(page) + "\n"
    if given.out:
        (given.out / "fit.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
