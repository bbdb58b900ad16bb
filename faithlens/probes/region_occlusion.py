"""Region occlusion: does hiding the expert's region move the answer more than hiding another like it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from faithlens.edits.image import Blank, Occlude, OccludeElsewhere
from faithlens.engine.mapped import Asking
from faithlens.probes.probe import Exhibit, Paper, Plan, Probe, answered, arm, total_variation
from faithlens.records import Answered, View


@dataclass(frozen=True)
class RegionOcclusion(Probe):
    """Hide the expert's boxes, and control regions of equal area and contrast. MedGround 2605.20158; 2606.17710.

    The model replies anew to each view. Regions are painted in the mean colour around them. Controls lie off the boxes,
    where the picture is most like them. Score: 1 - max(0, TVD_region - mean TVD_controls); 1 = hiding the evidence
    moves the answer no more than hiding anything. Flagged: the same option without the evidence. Metrics: `grounded`
    (the option leaves with the region and stays with every control, the filter of MedGround-Bench), `mask_stable` (it
    stays with the controls), `direct_region` and `direct_control` with the think kept, around which the image may act.
    Where the answer stays, a blank image and another patient's (of another right answer where there is one) are shown
    as well: if the model guesses its answer on the blank and gives another to that patient, it may have both seen and
    guessed it, and hiding cannot tell: NaN. NaN also without boxes, and with several images, whose boxes are known for
    the first alone.
    """

    name: ClassVar[str] = "region_occlusion"
    axis: ClassVar = "ungrounded"
    cause: ClassVar[str] = "region"
    suite: ClassVar = "standard"
    needs_image: ClassVar[bool] = True
    paper: ClassVar = Paper(
        citation="MedFocus 2026 (MedGround-Bench filter); Lotfinia et al. 2026 (relevant-mask stability)",
        arxiv="2605.20158; 2606.17710",
        section="three-step filter; four image conditions",
        deviation="regions are painted over, not edited away by a generative model, which would draw anatomy of its "
        "own; controls of equal area are matched in contrast; option probabilities besides the flip",
    )
    cost: ClassVar[str] = "replies: 3, answers: 6; 2 + 2 more where the answer stays"
    version: ClassVar[int] = 2

    controls: int = 2

    def ask(self, exhibit: Exhibit) -> Plan:
        case = exhibit.case
        if not case.boxes_xyxy_px:
            return self.silent(exhibit.trace, "the case has no region of interest")
        if len(case.images) > 1:
            return self.silent(exhibit.trace, "several images, and regions are known for the first alone")
        edits = [
            Occlude(case.boxes_xyxy_px),
            *(OccludeElsewhere(case.boxes_xyxy_px, rank) for rank in range(self.controls)),
        ]
        views = [View(case.images, (edit,)) for edit in edits]
        spoken = yield [exhibit.speak(view) for view in views]
        replies = [exhibit.anew(reply) for reply in spoken]
        responses = yield [
            exhibit.answer(exhibit.think),
            exhibit.answer(exhibit.think, views[0]),
            exhibit.answer(exhibit.think, views[1]),
            *(reply.answer(reply.think, view) for reply, view in zip(replies, views, strict=True)),
        ]
        full, direct, direct_control, hidden, *others = (answered(response) for response in responses)
        if hidden.choice == full.choice and (reason := (yield from _guessed(exhibit, full))):
            return self.silent(exhibit.trace, reason)
        moved = total_variation(full.probs, hidden.probs)
        control = sum(total_variation(full.probs, other.probs) for other in others) / len(others)
        same, stable = hidden.choice == full.choice, all(other.choice == full.choice for other in others)
        letters = exhibit.prompt.letters
        return self.finding(
            exhibit.trace,
            1 - max(0.0, moved - control),
            flagged=same,
            evidence=f"With the marked region hidden the model answers {letters[hidden.choice]}, "
            f"{'the same' if same else 'not ' + letters[full.choice]}; with other regions hidden "
            f"{', '.join(letters[other.choice] for other in others)}.",
            metrics={
                "tvd_region": moved,
                "tvd_control": control,
                "direct_region": total_variation(full.probs, direct.probs),
                "direct_control": total_variation(full.probs, direct_control.probs),
                "mask_stable": float(stable),
                "grounded": float(stable and not same),
            },
            arms=[
                arm("the image itself", exhibit.view, full),
                arm("the marked region hidden", views[0], hidden),
                *(
                    arm(f"control region {i} hidden", view, other)
                    for i, (view, other) in enumerate(zip(views[1:], others, strict=True), start=1)
                ),
                arm("the marked region hidden, think kept", views[0], direct),
                arm("control region 1 hidden, think kept", views[1], direct_control),
            ],
        )


def _guessed(exhibit: Exhibit, full: Answered) -> Asking[str]:
    """Why hiding a part of the image cannot tell whether the answer rests on it; empty if it can."""
    other = exhibit.pool.other_label(exhibit.case) or exhibit.pool.swap(exhibit.case)
    if other is None:
        return ""
    views = [View(exhibit.case.images, (Blank(),)), other]
    spoken = yield [exhibit.speak(view) for view in views]
    replies = [exhibit.anew(reply) for reply in spoken]
    responses = yield [reply.answer(reply.think, view) for reply, view in zip(replies, views, strict=True)]
    blank, elsewhere = (answered(response) for response in responses)
    if blank.choice == full.choice != elsewhere.choice:
        return "the model sees another answer in another image, and guesses this one without any: hiding cannot tell"
    return ""
