"""Med-R1's splits of OmniMedVQA: question and options in one line, the letter between tags.

{"image": "Images/ChestX/000143.png", "problem": "What modality is this? A)CT, B)MRI, C)X-ray, D)Ultrasound",
 "solution": "<answer> C </answer>"}
"""

import re

from faithlens.cases.drafts import Draft, pictures
from faithlens.cases.fields import Record, RowError, required, text
from faithlens.cases.reader import Reader
from faithlens.records import LETTERS


def _draft(record: Record) -> Draft:
    question, options = split(required(record, "problem"))
    return Draft(
        question=question,
        options=options,
        key=_key(required(record, "solution")),
        images=pictures(record, "image"),
        modality=text(record, "modality_type", "modality"),
        question_type=text(record, "question_type"),
        source=text(record, "dataset"),
    )


def split(problem: str) -> tuple[str, tuple[str, ...]]:
    """Question and options of `Q? A)x, B)y`. A comma or a line break ends an option only before the next letter."""
    opening = re.search(r"(?<!\w)A\)", problem)
    if opening is None or not problem[: opening.start()].strip():
        raise RowError(f"problem has no question with options after it, as in 'Which? A)x, B)y': {problem[:60]!r}")
    question, rest = problem[: opening.start()].strip(), problem[opening.end() :]
    options: list[str] = []
    for following in LETTERS[1:]:
        end = re.search(rf"(?:,|\n)\s*{following}\)", rest)
        if end is None:
            break
        options.append(rest[: end.start()].strip())
        rest = rest[end.end() :]
    options.append(rest.strip())
    if not all(options):
        raise RowError(f"problem has an empty option: {problem[-60:]!r}")
    return question, tuple(options)


def _key(solution: str) -> str:
    tagged = re.fullmatch(r"<answer>(.*)</answer>", solution, flags=re.DOTALL)
    return (tagged[1] if tagged else solution).strip()


READER = Reader(
    name="med_r1",
    about="Med-R1's splits: image, problem ('Q? A)x, B)y' in one line), solution ('<answer> B </answer>')",
    needs=(frozenset({"image", "problem", "solution"}),),
    draft=_draft,
    ids=("question_id", "id"),
    specimen={
        "image": "Images/ChestX/000143.png",
        "problem": "What modality is this? A)CT, with contrast, B)MRI, C)X-ray, D)Ultrasound",
        "solution": "<answer> C </answer>",
    },
)
