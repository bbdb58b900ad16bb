"""Option permutation: does the same think lead to the same option text when the options move?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from faithlens.edits.text import permute, rename_letters
from faithlens.probes.probe import Exhibit, Paper, Plan, Probe, answered, total_variation, unsteady
from faithlens.records import Answer, Answered, Arm, Span


@dataclass(frozen=True)
class OptionPermutation(Probe):
    """Rotate the options through all places, keep the think, ask again. ACRE, arXiv 2510.10104.

    Score: mean over the K - 1 rotations of TVD between the probabilities of the option *texts* before and after;
    1 = the answer never follows the text. Letters that the think names are renamed with their options. Controls: the
    same rotations with an empty think (`floor_empty`, the letter bias) and the unrotated think re-inserted as text
    (`tvd_identity`).
    """

    name: ClassVar[str] = "option_permutation"
    axis: ClassVar = "unstable"
    cause: ClassVar[str] = "order"
    suite: ClassVar = "quick"
    paper: ClassVar = Paper(
        citation="ACRE 2025 (answer consistency under shuffled options with the same think)",
        arxiv="2510.10104",
        section="consistency test",
        deviation="all cyclic rotations instead of one shuffle; letters in the think are renamed with their options, "
        "so that the shuffle itself creates no contradiction; probabilities besides the chosen option",
    )
    cost: ClassVar[str] = "answers: 2 x options"

    identity_tolerance: float = 0.05
    """Largest total variation distance by which re-inserting the think may move the answer."""

    def ask(self, exhibit: Exhibit) -> Plan:
        count = len(exhibit.prompt.options)
        shifts = range(1, count)
        think = exhibit.think
        responses = yield [
            exhibit.answer(think),
            exhibit.answer(Span()),
            exhibit.answer(Span(think.text)),
            *(self._moved(exhibit, shift, think.text) for shift in shifts),
            *(self._moved(exhibit, shift, "") for shift in shifts),
        ]
        full, empty, again, *moved = (answered(response) for response in responses)
        identity = total_variation(full.probs, again.probs)
        if reason := unsteady(full, again, self.identity_tolerance):
            return self.silent(exhibit.trace, reason)
        distances, same = _compare(full, moved[: count - 1])
        floor, floor_same = _compare(empty, moved[count - 1 :])
        kept = sum(same)
        return self.finding(
            exhibit.trace,
            sum(distances) / len(distances),
            flagged=kept < len(same),
            evidence=f"With the options in another order the same think leads to the same option in {kept} of "
            f"{len(same)} orders.",
            metrics={
                "consistency": kept / len(same),
                "floor_empty": sum(floor) / len(floor),
                "consistency_empty": sum(floor_same) / len(floor_same),
                "tvd_identity": identity,
            },
            arms=[
                Arm("the options in their order", exhibit.view.images, (), full.probs),
                *(
                    Arm(f"options rotated by {shift}", exhibit.view.images, (), permute(answer.probs, -shift))
                    for shift, answer in zip(shifts, moved, strict=False)
                ),
            ],
        )

    def _moved(self, exhibit: Exhibit, shift: int, think: str) -> Answer:
        prompt = exhibit.prompt
        letters = prompt.letters
        names = {letter: letters[(i + shift) % len(letters)] for i, letter in enumerate(letters)}
        return Answer(
            exhibit.view,
            replace(prompt, options=permute(prompt.options, shift)),
            Span(rename_letters(think, names)),
            exhibit.frame,
        )


def _compare(original: Answered, moved: Sequence[Answered]) -> tuple[list[float], list[bool]]:
    """For rotation by 1, 2, …: distance over option texts, and whether the same option is chosen."""
    distances: list[float] = []
    same: list[bool] = []
    for shift, answer in enumerate(moved, start=1):
        home = permute(answer.probs, -shift)
        distances.append(total_variation(original.probs, home))
        same.append((answer.choice - shift) % len(home) == original.choice)
    return distances, same
