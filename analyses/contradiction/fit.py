"""The weights of `faithlens/contradiction`, of words (`telling.tsv`) and evidence (`weighing.py`), fitted and tested.

    python analyses/contradiction/fit.py --cases MRI_CT_XRAY_300each_dataset.json --out analyses/contradiction

First a logistic regression (L2, C = 5) on the words of written traces, and of 150 planted thinks of each of three sets
of phrasings, drawn with seed 0, tells `unsupported` from the rest; then a multinomial one (L2, C = 3) on that value and
on the evidence, of written traces and planted thinks, tells all three labels. Each group of authors weighs as much as
all planted thinks together.
Each group is read with weights that have not seen it, and the second step is fitted on values of the first for authors
that the first has not seen. Planted thinks are read by weights that have not seen their question (five folds), but
their phrasing; those of the sixth phrasings by weights that have not seen it. Writes fit.md, which ends in the weights
of the second step fitted on everything, and with --words the first step's, as telling.tsv.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, log_loss, roc_auc_score
from sklearn.model_selection import GroupKFold
from written import Written, written

from faithlens import cases
from faithlens.contradiction import telling
from faithlens.contradiction.assess import LABELS, weigh
from faithlens.contradiction.constructed import Constructed, construct
from faithlens.contradiction.tokens import tokens
from faithlens.contradiction.weighing import FEATURES, features

PHRASINGS = ("phrasings_fifth.toml", "phrasings_seventh.toml")
SIXTH = "phrasings_sixth.toml"
_TELLING = FEATURES.index("telling")
TRACES = Path(__file__).parents[2] / "tests" / "contradiction"

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """Thinks of one author: their words, what is said of the answer, and their labels."""

    words: list[list[str]]
    rows: Values
    labels: NDArray[np.int64]


@dataclass(frozen=True)
class Planted:
    """Planted thinks by phrasing, and the question of each."""

    by_phrasing: list[Group]
    questions: list[str]

    @property
    def all(self) -> Group:
        return Group(
            [text for one in self.by_phrasing for text in one.words],
            np.concatenate([one.rows for one in self.by_phrasing]),
            np.concatenate([one.labels for one in self.by_phrasing]),
        )


Words = dict[str, tuple[float, float]]
"""Inverse document frequency and weight of each word; the bias under the empty one."""


def group(items: Sequence[Constructed | Written]) -> Group:
    words, rows, labels = [], [], []
    for item in items:
        chosen = item.chosen if isinstance(item, Written) else (item.choice,)
        words.append(telling.terms(tokens(item.think)))
        rows.append(features(weigh(item.think, item.question, item.options), chosen))
        labels.append(LABELS.index(item.label))
    return Group(words, np.array(rows), np.array(labels))


def plant(file: Path | None) -> Planted:
    """Every case with the phrasings that are shipped, and every other with each of the further ones."""
    read = cases.read(file or Path(cases.__file__).parents[1] / "contradiction" / "questions.csv").cases
    chosen = [case for case in read if len(case.options) >= 2]
    built = [list(construct(chosen)), *(list(construct(chosen[::2], phrasings=phrased(name))) for name in PHRASINGS)]
    questions = [f"{i.question.lower()}|{'|'.join(sorted(map(str.lower, i.options)))}" for own in built for i in own]
    return Planted([group(own) for own in built], questions)


def phrased(name: str) -> dict[str, list[str]]:
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def author(file: Path) -> str:
    """`traces_a.tsv` is by the authors a; whatever has no such letter is by the author of the first rules."""
    letter = file.stem.removeprefix("traces_")
    return letter if len(letter) == 1 else "first"


def drawn(planted: Planted, count: int = 150) -> list[Group]:
    """A few of the planted thinks of each phrasing."""
    found: list[Group] = []
    for one in planted.by_phrasing:
        picked = np.random.default_rng(0).permutation(len(one.labels))[:count]
        found.append(Group([one.words[at] for at in picked], one.rows[picked], one.labels[picked]))
    return found


def fitted_words(groups: Sequence[Group], planted: Planted) -> Words:
    """The first step; positive where a think is not unsupported. Words of at least five thinks."""
    groups = [*groups, *drawn(planted)]
    texts = [text for one in groups for text in one.words]
    labels = np.concatenate([one.labels for one in groups])
    vectorizer = TfidfVectorizer(analyzer=list, min_df=5, sublinear_tf=True)
    model = LogisticRegression(C=5.0, max_iter=2000)
    model.fit(vectorizer.fit_transform(texts), labels != LABELS.index("unsupported"))
    weights = zip(vectorizer.idf_, model.coef_[0], strict=True)
    found = dict(zip(vectorizer.get_feature_names_out(), weights, strict=True))
    return {"": (0.0, float(model.intercept_[0]))} | {word: (float(a), float(b)) for word, (a, b) in found.items()}


def with_words(one: Group, words: Words) -> Values:
    """The rows with the value of these words instead of the shipped ones."""
    found = one.rows.copy()
    found[:, _TELLING] = [telling.weighed(text, words) for text in one.words]
    return found


def without_words(one: Group) -> Values:
    """The rows without the first step, and without what words go with."""
    return one.rows[:, :_TELLING]


def fitted(tables: Sequence[tuple[Values, NDArray[np.int64]]]) -> Values:
    """The second step: intercept and weights for each label; every group weighs alike."""
    rows, labels = (np.concatenate(column) for column in zip(*tables, strict=True))
    weights = np.concatenate([np.full(len(own), 120 / len(own)) for _, own in tables])
    model = LogisticRegression(C=3.0, max_iter=2000).fit(rows, labels, sample_weight=weights)
    return np.column_stack([model.intercept_, model.coef_])


def tables(groups: Sequence[Group], planted: Planted) -> list[tuple[Values, NDArray[np.int64]]]:
    """What the second step is fitted on: each group with values of a first step that has seen the others only."""
    found = [(planted.all, fitted_words(groups, planted))]
    found += [(one, fitted_words([other for other in groups if other is not one], planted)) for one in groups]
    return [(with_words(one, words), one.labels) for one, words in found]


def probabilities(rows: Values, weights: Values) -> Values:
    powers = np.exp(np.column_stack([np.ones(len(rows)), rows]) @ weights.T)
    return powers / powers.sum(axis=1, keepdims=True)


def scores(truth: NDArray[np.int64], found: Values) -> list[str]:
    """Accuracy, macro-F1, AUROC of `contradicts` and log loss."""
    read = found.argmax(1)
    return [
        f"{accuracy_score(truth, read):.3f}",
        f"{f1_score(truth, read, average='macro'):.3f}",
        f"{roc_auc_score(truth == 0, found[:, 0]):.3f}",
        f"{log_loss(truth, found, labels=[0, 1, 2]):.3f}",
    ]


def held_out(planted: Planted, groups: Sequence[Group]) -> Values:
    """Probabilities of planted thinks, each by weights that have not seen its question."""
    others = tables(groups, planted)
    rows, labels = others[0]
    found = np.zeros((len(labels), len(LABELS)))
    for train, test in GroupKFold(5, shuffle=True, random_state=0).split(rows, labels, planted.questions):
        found[test] = probabilities(rows[test], fitted([*others[1:], (rows[train], labels[train])]))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the weights of contradiction on written and planted traces.")
    parser.add_argument("--cases", type=Path, help="a file of cases; left out: the questions that faithlens ships")
    parser.add_argument("--out", type=Path, help="folder for fit.md")
    parser.add_argument("--words", type=Path, help="where to write telling.tsv")
    given = parser.parse_args()
    planted = plant(given.cases)
    files = sorted(TRACES.glob("traces*.tsv"))
    groups = {name: group([i for f in files if author(f) == name for i in written(f)]) for name in map(author, files)}
    every = list(groups.values())
    page = [
        "# Weights, on authors that they have not seen",
        "",
        f"`python analyses/contradiction/fit.py{f' --cases {given.cases.name}' if given.cases else ''}`",
        "",
        f"{len(planted.questions)} planted thinks on {len(set(planted.questions))} distinct questions, in the "
        f"phrasings that are shipped and {', '.join(PHRASINGS)}; written traces by group of authors. "
        "Each is read by weights fitted on all other groups (planted thinks: and on other questions; held-out ones: on "
        "all that are not), of the evidence of rules alone, and of the evidence and the words.",
        "",
        "| thinks | number | accuracy, evidence | and words | macro-F1, evidence | and words | AUROC, evidence "
        "| and words | log loss, evidence | and words |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]

    def line(name: str, truth: NDArray[np.int64], without: Values, found: Values) -> str:
        cells = [cell for pair in zip(scores(truth, without), scores(truth, found), strict=True) for cell in pair]
        return f"| {name} | {len(truth)} | {' | '.join(cells)} |"

    bare = [(without_words(one), one.labels) for one in (planted.all, *every)]
    page.append(line("planted", bare[0][1], probabilities(bare[0][0], fitted(bare)), held_out(planted, every)))
    for name, one in groups.items():
        others = [other for other in every if other is not one]
        alone = fitted([(without_words(other), other.labels) for other in (planted.all, *others)])
        found = probabilities(with_words(one, fitted_words(others, planted)), fitted(tables(others, planted)))
        page.append(line(name, one.labels, probabilities(without_words(one), alone), found))
    words, weights = fitted_words(every, planted), fitted(tables(every, planted))
    chosen = [case for case in cases.read(given.cases).cases if len(case.options) >= 2] if given.cases else []
    unseen = {SIXTH: group(list(construct(chosen, phrasings=phrased(SIXTH))))} if chosen else {}
    unseen |= {file.stem: group(list(written(file))) for file in sorted(TRACES.glob("held_out_*.tsv"))}
    for name, one in unseen.items():
        found = probabilities(with_words(one, words), weights)
        page.append(line(name, one.labels, probabilities(without_words(one), fitted(bare)), found))
    page += ["", "```python", "WEIGHTS = ("]
    page += [f"    ({', '.join(f'{value:.2f}' for value in row)})," for row in weights]
    page += [")", "```"]
    text = "\n".join(page) + "\n"
    if given.out:
        (given.out / "fit.md").write_text(text, encoding="utf-8")
    if given.words:
        listed = [f"{word}\t{idf:.3f}\t{weight:.3f}\n" for word, (idf, weight) in sorted(words.items())]
        given.words.write_text("word\tinverse document frequency\tweight\n" + "".join(listed), encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
