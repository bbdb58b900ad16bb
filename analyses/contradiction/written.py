"""How well contradiction is found in written traces.

    python analyses/contradiction/written.py tests/contradiction/traces.tsv … [--errors]

Each file is a table with the columns label, style, answer (a letter, or several: "A,C"), question, options (with |
between them) and think. Prints accuracy, macro-F1, AUROC of `contradicts` against the rest, the confusion, how many
contradicting, supporting and unsupported ones reach some thresholds on the probability of `contradicts`, and how fast
they were read.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, roc_auc_score

from faithlens.contradiction.assess import LABELS, Label, assess
from faithlens.contradiction.benchmark import likeliest
from faithlens.records import LETTERS

NAMES: list[str] = list(LABELS)
THRESHOLDS = (0.5, 0.7, 0.8, 0.9)


@dataclass(frozen=True)
class Written:
    """One trace with its label; `name` is its file and line."""

    name: str
    style: str
    label: Label
    question: str
    options: tuple[str, ...]
    chosen: tuple[int, ...]
    think: str


def written(file: Path) -> Iterator[Written]:
    """The traces of one file."""
    with file.open(encoding="utf-8") as lines:
        for number, row in enumerate(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), start=2):
            options = tuple(row["options"].split("|"))
            chosen = tuple(LETTERS.index(letter.strip()) for letter in row["answer"].split(","))
            name, style = f"{file.name}:{number}", row["style"]
            label = LABELS[NAMES.index(row["label"])]
            yield Written(name, style, label, row["question"], options, chosen, row["think"])


def main() -> None:
    parser = argparse.ArgumentParser(description="Score written traces.")
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--errors", action="store_true", help="print every trace that is read otherwise than labelled")
    given = parser.parse_args()
    print("| set | traces | accuracy | macro-F1 | AUROC | confusion: rows true, columns read, as " + ", ".join(LABELS))
    every: list[tuple[Written, str, float]] = []
    begun = time.process_time()
    assess("", "", ("cyst", "stone"), 0)
    loaded = time.process_time()
    for file in given.files:
        scored = []
        for item in written(file):
            found = assess(item.think, item.question, item.options, item.chosen)
            scored.append((item, likeliest(found), found.contradicts))
        print(line(file.name, scored))
        every += scored
    seconds = time.process_time() - loaded
    if len(given.files) > 1:
        print(line("all", every))
    print("\n| from | contradicting | supporting | unsupported |\n|---|---|---|---|")
    for least in THRESHOLDS:
        reached = [(item.label, value >= least) for item, _, value in every]
        print(
            f"| {least} | {' | '.join(share(reached, label) for label in ('contradicts', 'supports', 'unsupported'))} |"
        )
    length = sum(len(item.think.split()) for item, _, _ in every) / len(every)
    print(
        f"\n{len(every) / seconds:.0f} traces of {length:.0f} words a CPU second; first {loaded - begun:.1f} s to load"
    )
    if given.errors:
        for item, read, _ in every:
            if read != item.label:
                answer = ",".join(LETTERS[k] for k in item.chosen)
                print(f"\n{item.name} {item.style}: {item.label}, read {read}\n  {item.question}")
                print(f"  {answer} of {' | '.join(item.options)}\n  {item.think}")


def share(reached: list[tuple[Label, bool]], label: Label) -> str:
    own = [high for name, high in reached if name == label]
    return f"{sum(own)} of {len(own)}"


def line(name: str, scored: list[tuple[Written, str, float]]) -> str:
    truth, read = [item.label for item, _, _ in scored], [label for _, label, _ in scored]
    positive = [label == "contradicts" for label in truth]
    confusion = confusion_matrix(truth, read, labels=LABELS).tolist()
    return (
        f"| {name} | {len(scored)} | {accuracy_score(truth, read):.3f} "
        f"| {f1_score(truth, read, labels=LABELS, average='macro'):.3f} "
        f"| {roc_auc_score(positive, [score for _, _, score in scored]):.3f} | {confusion} |"
    )


if __name__ == "__main__":
    main()
