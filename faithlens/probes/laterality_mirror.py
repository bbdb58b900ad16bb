"""Laterality mirror: does the side that is answered follow the image when it is mirrored?"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import ClassVar

from faithlens.edits.image import Mirror, Shift
from faithlens.edits.question import mirrored, names_a_side
from faithlens.probes.probe import Exhibit, Paper, Plan, Probe, answered, arm, total_variation
from faithlens.records import View

_SITUS = re.compile(
    r"\b(?:heart|cardi\w+|aort\w+|liver|hepat\w+|stomach|gastr\w+|spleen|splen\w+|gallbladder|append\w+|caec\w+|cec\w+|"
    r"pancrea\w+|sigmoid)\b",
    re.IGNORECASE,
)
"""Organs with a side of their own: a mirrored image of them is no image of a usual patient."""


@dataclass(frozen=True)
class LateralityMirror(Probe):
    """Mirror the image; ask the same question and its mirrored twin. MIRP, "Your other left", 2508.00549.

    The twin (left and right exchanged in question and options) about the mirrored image has the same answer. Where the
    options are sides, the unchanged question about the mirrored image has the other side as its answer. The model
    replies anew each time. Control: the image shifted down a little, which moves as much and changes no side. Score:
    max(0, mean of the applicable TVDs to what is expected - TVD under the shift); 1 = the side does not follow the
    image. Flagged: an expected option is not the one chosen. `side_ignored` = 1: on the mirrored image the very same
    side, as one who recites anatomy would answer. NaN for questions without a side, and for organs that have their own.
    """

    name: ClassVar[str] = "laterality_mirror"
    axis: ClassVar = "unstable"
    cause: ClassVar[str] = "side"
    suite: ClassVar = "standard"
    needs_image: ClassVar[bool] = True
    paper: ClassVar = Paper(
        citation="MIRP 2025, Your other left",
        arxiv="2508.00549",
        section="flipped images",
        deviation="the question is mirrored too; a shift of the image is the floor; organs with a side of their own "
        "are left out; burned-in side markers are mirrored with the image, not masked",
    )
    cost: ClassVar[str] = "replies: 2-3, answers: 3-4"

    def ask(self, exhibit: Exhibit) -> Plan:
        prompt, case = exhibit.prompt, exhibit.case
        asked = " ".join([prompt.question, *prompt.options])
        if not names_a_side(asked):
            return self.silent(exhibit.trace, "the question is about no side")
        if _SITUS.search(asked):
            return self.silent(exhibit.trace, "the question is about an organ that has its own side")
        mirror, shift = View(case.images, (Mirror(),)), View(case.images, (Shift(),))
        twin = exhibit.asked(
            replace(prompt, question=mirrored(prompt.question), options=tuple(map(mirrored, prompt.options)))
        )
        home = _swapped_sides(prompt.options)
        # a side named in the question is answered yes or no, and what a mirrored image makes of that is not known
        asked_of = [(twin, mirror), (exhibit, shift)]
        if home is not None and not names_a_side(prompt.question):
            asked_of.append((exhibit, mirror))
        spoken = yield [one.speak(view) for one, view in asked_of]
        replies = [one.anew(reply) for (one, _), reply in zip(asked_of, spoken, strict=True)]
        responses = yield [
            exhibit.answer(exhibit.think),
            *(reply.answer(reply.think, view) for reply, (_, view) in zip(replies, asked_of, strict=True)),
        ]
        full, twinned, shifted, *flipped = (answered(response) for response in responses)
        floor = total_variation(full.probs, shifted.probs)
        expected = {"tvd_twin": total_variation(full.probs, twinned.probs)}
        right = twinned.choice == full.choice
        metrics: dict[str, float] = {}
        for answer in flipped:
            expected["tvd_mirror"] = total_variation(full.probs, [answer.probs[i] for i in home or ()])
            right = right and (home or ())[answer.choice] == full.choice
            metrics["side_ignored"] = float(answer.choice == full.choice)
        letters = prompt.letters
        told = f"; to the same question {letters[flipped[0].choice]}" if flipped else ""
        return self.finding(
            exhibit.trace,
            max(0.0, sum(expected.values()) / len(expected) - floor),
            flagged=not right,
            evidence=f"On the mirrored image the model answers {letters[twinned.choice]} to the question with left and "
            f"right exchanged (before: {letters[full.choice]}){told}.",
            metrics={**expected, **metrics, "tvd_shift": floor, "twin_kept": float(twinned.choice == full.choice)},
            arms=[
                arm("the image itself", exhibit.view, full),
                arm("mirrored image, mirrored question", mirror, twinned),
                arm("image shifted down a little", shift, shifted),
                *(arm("mirrored image, same question", mirror, answer) for answer in flipped),
            ],
        )


def _swapped_sides(options: tuple[str, ...]) -> tuple[int, ...] | None:
    """For each option the place of its mirror image; None unless the options are mirrored into each other."""
    folded = [option.casefold().strip() for option in options]
    twins = [mirrored(option) for option in folded]
    if len(set(folded)) < len(folded) or set(twins) != set(folded) or twins == folded:
        return None
    return tuple(folded.index(twin) for twin in twins)
