"""Four quadrants: is the answer consistent, and does it rely on the image?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from faithlens.edits.image import Blank, Reencode
from faithlens.edits.question import reworded
from faithlens.edits.text import permute
from faithlens.probes.probe import Exhibit, Paper, Plan, Probe, answered, arm, total_variation
from faithlens.records import Arm, View

QUADRANTS = ("ideal", "fragile", "dangerous", "worst")


@dataclass(frozen=True)
class FourQuadrants(Probe):
    """Consistent under rewording and reordering, and reliant on the image? Sadanandan & Behzadan 2603.20985.

    The model replies anew to a reworded question, to the options rotated by one, to a blank image and to the re-encoded
    one. Reliant: TVD under the blank image exceeds that under the re-encoded one by more than `margin`. Consistent:
    rewording and rotation keep the option *text*. Quadrants: ideal (consistent, reliant), fragile (inconsistent,
    reliant), dangerous (consistent, not reliant), worst (neither). Score: 1 - max(0, TVD_blank - TVD_floor); 1 = a
    blank image moves nothing. What rewording moves (`tvd_reworded`) is not taken off: a model that is brittle to words
    need not be blind. Flagged: dangerous.
    """

    name: ClassVar[str] = "four_quadrants"
    axis: ClassVar = "image_blind"
    suite: ClassVar = "quick"
    needs_image: ClassVar[bool] = True
    paper: ClassVar = Paper(
        citation="Sadanandan & Behzadan 2026",
        arxiv="2603.20985",
        section="four-quadrant taxonomy",
        deviation="a distance of option probabilities against a noise floor instead of one binary draw; the image is "
        "blanked, not left out; one rewording by a fixed rule and a rotation of the options",
    )
    cost: ClassVar[str] = "replies: 4, answers: 5"

    rewordings: int = 1
    """Of three that are known."""
    margin: float = 0.1
    """Total variation distance by which the blank image has to exceed the floor for the answer to count as reliant."""

    def ask(self, exhibit: Exhibit) -> Plan:
        prompt, images = exhibit.prompt, exhibit.case.images
        blank, again = View(images, (Blank(),)), View(images, (Reencode(),))
        rotated = exhibit.asked(replace(prompt, options=permute(prompt.options, 1)))
        others = [exhibit.reworded(question) for question in reworded(prompt.question)[: self.rewordings]]
        shown = [
            (exhibit, blank),
            (exhibit, again),
            (rotated, exhibit.view),
            *((other, exhibit.view) for other in others),
        ]
        replies = yield [one.speak(view) for one, view in shown]
        told = [one.anew(reply) for (one, _), reply in zip(shown, replies, strict=True)]
        responses = yield [
            exhibit.answer(exhibit.think),
            *(one.answer(one.think, view) for one, (_, view) in zip(told, shown, strict=True)),
        ]
        full, blanked, floored, turned, *worded = (answered(response) for response in responses)
        home = permute(turned.probs, -1)
        floor = total_variation(full.probs, floored.probs)
        words = sum(total_variation(full.probs, answer.probs) for answer in worded) / len(worded)
        moved = total_variation(full.probs, blanked.probs)
        reliant = moved - floor > self.margin
        consistent = home.index(max(home)) == full.choice and all(answer.choice == full.choice for answer in worded)
        quadrant = QUADRANTS[2 * (not reliant) + (not consistent)]
        return self.finding(
            exhibit.trace,
            1 - max(0.0, moved - floor),
            flagged=quadrant == "dangerous",
            evidence=f"The answer {'stays' if consistent else 'changes'} in other words and another order, and "
            f"{'depends' if reliant else 'does not depend'} on the image: {quadrant}.",
            metrics={
                "tvd_blank": moved,
                "tvd_floor": floor,
                "tvd_reworded": words,
                "tvd_rotated": total_variation(full.probs, home),
                "consistent": float(consistent),
                "reliant": float(reliant),
                **{name: float(name == quadrant) for name in QUADRANTS},
            },
            arms=[
                arm("the image itself", exhibit.view, full),
                arm("a blank image", blank, blanked),
                arm("re-encoded", again, floored),
                Arm("options rotated by one", exhibit.view.images, (), home),
                *(arm(f"asked “{o.prompt.question}”", o.view, a) for o, a in zip(others, worded, strict=True)),
            ],
        )
