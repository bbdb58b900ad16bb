"""How well contradiction is found in constructed thinks.

python -m faithlens.contradiction.benchmark --cases MRI_CT_XRAY_300each_dataset.json --out analyses/contradiction
"""

from __future__ import annotations

import argparse
import json
import time
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from faithlens import cases
from faithlens.contradiction.assess import LABELS, Assessment, Label, assess
from faithlens.contradiction.constructed import KINDS, Constructed, construct
from faithlens.errors import FaithlensError, SettingsError

Scored = tuple[Constructed, Assessment]


def judge(built: Sequence[Constructed]) -> list[Scored]:
    """Every constructed think with its assessment."""
    return [(item, assess(item.think, item.question, item.options, item.choice)) for item in built]


def likeliest(found: Assessment) -> Label:
    """The likeliest of the three labels, inside the abstain band too."""
    values = (found.contradicts, found.unsupported, found.supports)
    return LABELS[values.index(max(values))]


def summary(scored: Sequence[Scored], seconds: float) -> dict[str, object]:
    """AUROC and F1 of `contradicts` against the rest, three-way accuracy and macro-F1, and the confusion by kind."""
    pairs: list[tuple[Label, Label]] = [(item.label, likeliest(found)) for item, found in scored]
    confusion = Counter(pairs)
    by_kind: dict[str, dict[str, int]] = {}
    for item, found in scored:
        row = by_kind.setdefault(item.kind, dict.fromkeys(LABELS, 0) | {"abstains": 0})
        row[likeliest(found)] += 1
        row["abstains"] += found.label is None
    f1 = {label: _f1(confusion, label) for label in LABELS}
    positive = [found.contradicts for item, found in scored if item.label == "contradicts"]
    negative = [found.contradicts for item, found in scored if item.label != "contradicts"]
    return {
        "traces": len(scored),
        "questions": len({item.case_id for item, _ in scored}),
        "auroc_contradicts": round(auroc(positive, negative), 4),
        "f1": {label: round(value, 4) for label, value in f1.items()},
        "macro_f1": round(sum(f1.values()) / len(f1), 4),
        "accuracy": round(sum(confusion[label, label] for label in LABELS) / max(len(scored), 1), 4),
        "by_kind": {kind: by_kind[kind] for kind in KINDS if kind in by_kind},
        "traces_per_second": round(len(scored) / seconds) if seconds else None,
    }


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Probability that a positive scores above a negative, ties half; NaN where either is missing."""
    if not positive or not negative:
        return float("nan")
    marked = sorted([(score, 1) for score in positive] + [(score, 0) for score in negative])
    ranks, at = 0.0, 0
    while at < len(marked):
        end = at
        while end < len(marked) and marked[end][0] == marked[at][0]:
            end += 1
        # tied scores share the mean of their ranks, counted from 1
        ranks += (at + 1 + end) / 2 * sum(is_positive for _, is_positive in marked[at:end])
        at = end
    count = len(positive)
    return (ranks - count * (count + 1) / 2) / (count * len(negative))


def _f1(confusion: Counter[tuple[Label, Label]], label: Label) -> float:
    right = confusion[label, label]
    said = sum(number for (_, given), number in confusion.items() if given == label)
    true = sum(number for (given, _), number in confusion.items() if given == label)
    return 2 * right / (said + true) if said + true else 0.0


def table(result: dict[str, object], command: str) -> str:
    """The result as a Markdown page."""
    by_kind = result["by_kind"]
    assert isinstance(by_kind, dict)
    lines = [
        "# Contradiction in constructed thinks",
        "",
        f"`{command}`",
        "",
        f"{result['traces']} thinks from {result['questions']} questions, text only. AUROC of `contradicts` against "
        f"the rest {result['auroc_contradicts']}, three-way macro-F1 {result['macro_f1']}, accuracy "
        f"{result['accuracy']}, F1 {result['f1']}.",
        "",
        f"| kind | label | {' | '.join(LABELS)} | abstains |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {kind} | {KINDS[kind]} | {' | '.join(str(row[label]) for label in LABELS)} | {row['abstains']} |"
        for kind, row in by_kind.items()
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m faithlens.contradiction.benchmark", description="Measure contradiction on constructed thinks."
    )
    parser.add_argument("--cases", type=Path, help="a file of cases; left out: the questions that faithlens ships")
    parser.add_argument("--limit", type=int, default=0, help="only so many questions, spread over the file")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--phrasings", type=Path, help="sentences to build from, as phrasings.toml; left out: those")
    parser.add_argument("--out", type=Path, help="folder for constructed.json and constructed.md")
    given = parser.parse_args(arguments)
    try:
        result = run(given.cases, given.limit, given.seed, given.phrasings)
    except FaithlensError as error:
        parser.exit(2, f"faithlens: {error}\n")
    source = f" --cases {given.cases.name}" if given.cases else ""
    source += f" --phrasings {given.phrasings.name}" if given.phrasings else ""
    page = table(result, f"python -m faithlens.contradiction.benchmark{source} --seed {given.seed}")
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
        stem = given.cases.stem if given.cases else "shipped"
        (given.out / f"constructed_{stem}.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        (given.out / f"constructed_{stem}.md").write_text(page, encoding="utf-8")
    print(page)
    return 0


def run(file: Path | None, limit: int, seed: int, phrasings: Path | None = None) -> dict[str, object]:
    """Build, assess and summarise."""
    chosen = list(cases.read(file or Path(__file__).with_name("questions.csv")).cases)
    chosen = [case for case in chosen if len(case.options) >= 2]
    if limit and len(chosen) > limit:
        chosen = [chosen[i * len(chosen) // limit] for i in range(limit)]
    if not chosen:
        raise SettingsError("no case in that file has options; contradiction needs two or more")
    try:
        said = tomllib.loads(phrasings.read_text(encoding="utf-8")) if phrasings else None
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{phrasings}: {error}") from error
    built = list(construct(chosen, seed, said))
    begun = time.process_time()
    scored = judge(built)
    return summary(scored, time.process_time() - begun)


if __name__ == "__main__":
    raise SystemExit(main())
