"""The published scorers by name: what their authors' code would have said of a reply."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_EVALUATED = re.compile(r"<answer>\s*([A-Z])\s*</answer>")
_REWARDED = re.compile(r"<answer>(.*?)</answer>", re.DOTALL | re.IGNORECASE)
_FORMAT = re.compile(r"<think>.*?</think>\s*<answer>.*?</answer>", re.DOTALL)


@dataclass(frozen=True)
class Score:
    """What a published scorer says of one reply."""

    choice: str | None
    """The letter that it extracts; None where it extracts none."""
    accuracy: float
    """In [0, 1]; 0 also for a reply that it cannot read."""
    format: float | None = None
    """Its reward for the form alone; None where it gives none."""

    @property
    def total(self) -> float:
        return self.accuracy + (self.format or 0.0)


def medvlm_r1_evaluator(reply: str, key: str) -> Score:
    """MedVLM-R1's evaluation: one capital letter alone in the first such answer tag, anything else is wrong."""
    found = _EVALUATED.search(reply)
    choice = found[1] if found else None
    return Score(choice, float(choice == key))


def medvlm_r1_reward(reply: str, key: str) -> Score:
    """MedVLM-R1's training reward: accuracy 1, .5 (something besides the letter) or 0, plus 1 for the form.

    The first answer tag counts. Every letter from A to J in it is taken for an option: `A) Lungs` earns nothing.
    """
    form = float(_FORMAT.fullmatch(reply) is not None)
    found = _REWARDED.search(reply)
    content = found[1].strip().upper() if found else ""
    letters = re.findall(r"[A-J]", content)
    if len(letters) != 1:
        return Score(None, 0.0, form)
    accuracy = (1.0 if content == letters[0] else 0.5) if letters[0] == key else 0.0
    return Score(letters[0], accuracy, form)


SCORERS: dict[str, Callable[[str, str], Score]] = {
    "medvlm-r1-evaluator": medvlm_r1_evaluator,
    "medvlm-r1-reward": medvlm_r1_reward,
}
