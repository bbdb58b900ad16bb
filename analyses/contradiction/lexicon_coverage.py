"""How much of what is asked and answered the lexicon knows.

python analyses/contradiction/lexicon_coverage.py --cases MRI_CT_XRAY_300each_dataset.json
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Collection, Sequence
from importlib import resources
from pathlib import Path

from faithlens import cases
from faithlens.contradiction.lexicon import build, lexicon, rows
from faithlens.contradiction.tokens import tokens


def covered(texts: Collection[str]) -> float:
    """Share of texts in which at least one concept is named; NaN of none."""
    known = lexicon()
    named = sum(any(hit.sense == "name" for hit in known.hits(tokens(text))) for text in texts)
    return named / len(texts) if texts else float("nan")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Measure what the lexicon covers.")
    parser.add_argument("--cases", type=Path, required=True, help="a file of cases")
    read = list(cases.read(parser.parse_args(arguments).cases).cases)
    begun = time.process_time()
    known = build(rows())
    seconds = time.process_time() - begun
    phrases = [phrase for listed in known.by_first.values() for phrase in listed]
    kinds = Counter(concept.kind for concept in known.concepts.values())
    described = {id(one) for listed in known.described.values() for one in listed}
    print(f"concepts {sum(kinds.values()) - kinds['idiom']}, idioms {kinds['idiom']}; {dict(kinds.most_common(12))}")
    print(
        f"names {sum(phrase.sense == 'name' for phrase in phrases)}, signs and descriptions "
        f"{sum(phrase.sense != 'name' for phrase in phrases) + len(described)}, read in {seconds:.2f} s"
    )
    folder = resources.files("faithlens.contradiction").joinpath("associations")
    lines = [line.partition(":") for file in folder.iterdir() for line in file.read_text(encoding="utf-8").splitlines()]
    listed = [words.split() for name, _, words in lines if words and not name.startswith("#")]
    print(f"associations: {len(listed)} lines, {sum(map(len, listed))} words")
    for label, texts in (
        ("questions", {case.question for case in read}),
        ("options", {option for case in read for option in case.options}),
    ):
        print(f"{label}: {len(texts)} texts, {covered(texts):.1%} name a concept")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
