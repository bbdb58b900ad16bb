"""Cases about phantoms of a seed, as a table that `faithlens audit --cases` reads: planted strata that nobody has seen.

Training has drawn seed 1, `demo.measure` 2, the demo's cases 3, calibrations 4.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from faithlens.demo import demo_cases

KEPT = ("id", "question", "options", "key", "modality", "anatomy", "question_type", "group", "source")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--n", type=int, default=180)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    rows = [
        {
            **{name: getattr(case, name) for name in KEPT},
            "image": f"images/{Path(case.images[0]).name}",
            "boxes": [list(box) for box in case.boxes_xyxy_px],
        }
        for case in demo_cases(given.out / "images", given.n, given.seed)
    ]
    (given.out / "cases.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print(given.out / "cases.json")


if __name__ == "__main__":
    main()
