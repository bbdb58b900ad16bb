"""Claim reliance: does each visual claim of the think rest on what the image shows there?"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from faithlens.contradiction.claims import LOCAL, Side, half_of_image, visual_claims
from faithlens.edits.image import Blank, Mirror, Occlude, OccludeElsewhere, OccludeHalf, Reencode
from faithlens.edits.lexicon import terms
from faithlens.probes.probe import Exhibit, Paper, Plan, Probe, answered, arm, expect, total_variation
from faithlens.records import View, Weighed

_OTHER: dict[Side, Side] = {"left": "right", "right": "left"}


@dataclass(frozen=True)
class Claim:
    """A sentence of the think that claims something visible, where it stands, and where its evidence lies."""

    text: str
    start: int
    end: int
    kinds: tuple[str, ...]
    hidden: View
    """Without the evidence."""
    control: View
    """Without as much elsewhere."""
    contrary: tuple[tuple[View, View], ...]
    """Evidence for something else, each with an image of which the claim is as true as of the case's own."""


@dataclass(frozen=True)
class ClaimReliance(Probe):
    """Hide the evidence of each visual claim, and weigh the claim again. After EDCT 2510.00047 and HVRR 2603.03437.

    Claims are sentences with a finding, side, appearance, organ or modality of the lexicon or the options, except those
    that list options or conclude. The evidence of a local claim is the expert's boxes, else the half that it names (of
    the patient, unless question or think speak of sides of the image); of one about organ or modality alone, the whole
    image, unless the question names it already. Control: a region of equal area and contrast, the other half, or the
    re-encoded image. What the model would guess anyhow it still claims when the evidence is hidden, so evidence for
    something else is shown as well: the mirrored image (control: re-encoded) where the claim names a side, and where it
    names the answer another patient's image of another right answer (control: of the same). Score: mean over claims of
    exp(-nats that the claim loses more than under the control, by whichever takes most from it); 1 = the claim is as
    likely without what it describes. Flagged: some claim loses no more than `least` nats, and the answer that the model
    gives anew without that evidence is the same. Metrics: `hvrr`, the share of claims whose answer stays; `ungrounded`,
    the share that loses no more than `least`; `guessed`, the share that only evidence for something else takes that
    much from; `drop_nats`, `control_nats` per claim, of hiding.
    """

    name: ClassVar[str] = "claim_reliance"
    axis: ClassVar = "ungrounded"
    cause: ClassVar[str] = "claim"
    suite: ClassVar = "standard"
    needs_image: ClassVar[bool] = True
    paper: ClassVar = Paper(
        citation="EDCT 2025 (explanation-driven counterfactual testing); Zafar et al. 2026 (HVRR)",
        arxiv="2510.00047; 2603.03437",
        section="concept-wise interventions; hallucinated visual reasoning rate",
        deviation="regions are hidden, not in-painted, and have matched controls; besides the answer the claim itself "
        "is weighed, in its own place in the think; contrary evidence besides none; claims are found by lexicon; per "
        "claim, not per response",
    )
    cost: ClassVar[str] = "weighings: 3 to 7 x claims (4), replies: 2 to 2 x claims, answers: as many and 1"
    version: ClassVar[int] = 2

    claims: int = 4
    least: float = 0.1
    """Nats that count as nothing."""

    def ask(self, exhibit: Exhibit) -> Plan:
        case = exhibit.case
        if len(case.images) > 1:
            return self.silent(exhibit.trace, "several images, and a claim does not say of which it speaks")
        claims = list(_claims(exhibit))[: self.claims]
        if not claims:
            return self.silent(exhibit.trace, "the think makes no visual claim whose place in the image is known")
        views = list(dict.fromkeys(view for claim in claims for view in (claim.hidden, claim.control)))
        asked = [(claim, view) for claim in claims for view in _views(exhibit, claim)]
        weighed = yield [replace(exhibit.sentence(claim.start, claim.end), view=view) for claim, view in asked]
        spoken = yield [exhibit.speak(view) for view in views]
        replies = [exhibit.anew(reply) for reply in spoken]
        responses = yield [
            exhibit.answer(exhibit.think),
            *(reply.answer(reply.think, view) for reply, view in zip(replies, views, strict=True)),
        ]
        full, *others = (answered(response) for response in responses)
        answers = dict(zip(views, others, strict=True))
        nats = {one: expect(response, Weighed).logprob_nats for one, response in zip(asked, weighed, strict=True)}
        own = [nats[claim, exhibit.view] for claim in claims]
        drops = [whole - nats[claim, claim.hidden] for whole, claim in zip(own, claims, strict=True)]
        controls = [whole - nats[claim, claim.control] for whole, claim in zip(own, claims, strict=True)]
        hiding = [max(0.0, drop - control) for drop, control in zip(drops, controls, strict=True)]
        lost = [
            max([by_hiding, *(nats[claim, control] - nats[claim, view] for view, control in claim.contrary)])
            for by_hiding, claim in zip(hiding, claims, strict=True)
        ]
        stays = [answers[claim.hidden].choice == full.choice for claim in claims]
        worst = min(range(len(claims)), key=lost.__getitem__)
        count = len(claims)
        return self.finding(
            exhibit.trace,
            sum(math.exp(-loss) for loss in lost) / count,
            flagged=any(loss <= self.least and stay for loss, stay in zip(lost, stays, strict=True)),
            evidence=f"Without its evidence the claim “{claims[worst].text}” loses {hiding[worst]:.2f} nats more than "
            f"without as much of the image elsewhere{_contrary(claims[worst], lost[worst])}, and without it the answer "
            f"{'stays' if stays[worst] else 'changes'}.",
            metrics={
                "claims": count,
                "ungrounded": sum(loss <= self.least for loss in lost) / count,
                "guessed": sum(b <= self.least < loss for b, loss in zip(hiding, lost, strict=True)) / count,
                "hvrr": sum(stays) / count,
                "drop_nats": sum(drops) / count,
                "control_nats": sum(controls) / count,
                "tvd_hidden": sum(total_variation(full.probs, answers[c.hidden].probs) for c in claims) / count,
                "tvd_control": sum(total_variation(full.probs, answers[c.control].probs) for c in claims) / count,
            },
            marks=[exhibit.mark(claim.start, claim.end, "claim") for claim in claims],
            arms=[
                arm("the image itself", exhibit.view, full),
                *(arm(label, view, answers[view]) for view, label in _labels(claims).items()),
            ],
        )


def _views(exhibit: Exhibit, claim: Claim) -> tuple[View, ...]:
    """Every view that the claim is weighed on, once."""
    return tuple(dict.fromkeys([exhibit.view, claim.hidden, claim.control, *(v for p in claim.contrary for v in p)]))


def _contrary(claim: Claim, lost: float) -> str:
    return f", at most {lost:.2f} where something else is shown" if claim.contrary else ""


def _labels(claims: list[Claim]) -> dict[View, str]:
    """What each view hides, by the first claim that it is shown for."""
    labels: dict[View, str] = {}
    for claim in claims:
        labels.setdefault(claim.hidden, f"without the evidence of “{claim.text}”")
        labels.setdefault(claim.control, f"without as much elsewhere, for “{claim.text}”")
    return labels


def _claims(exhibit: Exhibit) -> Iterator[Claim]:
    think = exhibit.think.text
    for claim in visual_claims(think, exhibit.case.options):
        said = think[claim.start : claim.end]
        views = _evidence(exhibit, claim.kinds, claim.side)
        if views is None or (LOCAL.isdisjoint(claim.kinds) and _asked_about(said, exhibit.prompt.question)):
            continue
        contrary = tuple(_elsewhere(exhibit, said, claim.side))
        yield Claim(" ".join(said.split()), claim.start, claim.end, claim.kinds, *views, contrary)


def _asked_about(said: str, question: str) -> bool:
    """Whether the question already names every organ and modality of a sentence."""
    return all(said[term.start : term.end].casefold() in question.casefold() for term in terms(said))


def _elsewhere(exhibit: Exhibit, said: str, side: Side | None) -> Iterator[tuple[View, View]]:
    """Images that show something else than a sentence claims, each with its control."""
    case, again = exhibit.case, View(exhibit.case.images, (Reencode(),))
    if side is not None:
        yield View(case.images, (Mirror(),)), again
    chosen = [o for letter, o in zip(case.letters, case.options, strict=True) if letter == exhibit.trace.choice]
    other = exhibit.pool.other_label(case)
    if other is not None and any(re.search(rf"(?<!\w){re.escape(o)}(?!\w)", said, re.IGNORECASE) for o in chosen):
        yield other, exhibit.pool.same_label(case) or again


def _evidence(exhibit: Exhibit, kinds: tuple[str, ...], side: Side | None) -> tuple[View, View] | None:
    """The image without the evidence of a claim, and without as much elsewhere; None where its place is not known."""
    images, boxes = exhibit.case.images, exhibit.case.boxes_xyxy_px
    if not kinds:
        return None
    if LOCAL.isdisjoint(kinds):
        hidden, control = Blank(), Reencode()
    elif boxes:
        hidden, control = Occlude(boxes), OccludeElsewhere(boxes)
    elif side is not None:
        half = half_of_image(side, f"{exhibit.prompt.question} {exhibit.think.text}")
        hidden, control = OccludeHalf(half), OccludeHalf(_OTHER[half])
    else:
        return None
    return View(images, (hidden,)), View(images, (control,))
