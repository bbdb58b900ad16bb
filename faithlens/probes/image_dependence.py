"""Image dependence: would the model have answered the same about another picture, or none?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from faithlens.edits.image import Blank, Noise, Reencode, ShufflePatches
from faithlens.probes.probe import Exhibit, Paper, Plan, Probe, answered, arm, drawn, total_variation
from faithlens.records import Answered, View

_WORDS = {
    "none": "without an image",
    "blank": "on a blank one",
    "swap": "on another patient's",
    "same_label": "on another patient's with the same right answer",
    "other_label": "on another patient's with another right answer",
}

_LABELS = {
    "none": "no image",
    "swap": "another patient's image",
    "same_label": "another patient's image, same right answer",
    "other_label": "another patient's image, another right answer",
    "blank": "a blank image",
    "noise": "noise",
    "shuffle": "shuffled patches",
    "floor": "re-encoded",
}


@dataclass(frozen=True)
class ImageDependence(Probe):
    """Let the model reply anew to other views of the case. Zafar et al. 2603.03437; MIRAGE; Lotfinia et al. 2606.17710.

    Views: none (no image tokens), blank (one colour), noise, shuffled patches, swap (another patient, same modality),
    a swap with the same and one with another right answer, and the original re-encoded for the noise floor. Under each
    view the model writes its own think, and the options are read after it: the image's total effect, through the think
    or around it. A label swap whose donor does not exist is left out of the metrics.
    Score: 1 - max(0, max(TVD over blank, swap, other_label) - TVD_floor); 1 = the image moves nothing. `tvd_none` is
    not scored, because leaving the image out also moves every position; nor are noise and shuffle, which are far from
    any picture. Flagged (image-invariant, as published): the chosen option is the same under none, blank and swap.
    Metrics for rates over cases: `correct_*` by arm and `chance`, so VRS = mean(correct_original) - mean(correct_swap),
    IS = 1 - mean(same_swap), mirage score = (mean(correct_none) - chance) / (mean(correct_original) - chance);
    `grounded`: the option stays under the same label and leaves under another; `answers_unrelated`: the option stays
    under another label. `direct_blank` keeps the think and shows the blank image: the effect around the think.
    """

    name: ClassVar[str] = "image_dependence"
    axis: ClassVar = "image_blind"
    suite: ClassVar = "quick"
    version: ClassVar[int] = 2
    needs_image: ClassVar[bool] = True
    paper: ClassVar = Paper(
        citation="Zafar et al. 2026 (image sensitivity); Asadi et al. 2026, MIRAGE; Lotfinia et al. 2026",
        arxiv="2603.03437; 2603.21687; 2606.17710",
        section="battery; mirage mode; four image conditions",
        deviation="blank takes the picture's own mean colour; a re-encoded arm gives the noise floor; option "
        "probabilities besides the chosen option; per case only what the rates (VRS, IS, mirage score) are made of; "
        "grounding and unrelated-image rates are defined on label swaps, after the abstract, and the mirage score is "
        "to be corrected for chance",
    )
    cost: ClassVar[str] = "replies: 6-8, answers: 8-10"

    def ask(self, exhibit: Exhibit) -> Plan:
        case, trace, pool = exhibit.case, exhibit.trace, exhibit.pool
        swap = pool.swap(case)
        if swap is None:
            return self.silent(trace, "no other case of this modality to take an image from")
        views = {
            "none": View(),
            "swap": swap,
            "same_label": pool.same_label(case),
            "other_label": pool.other_label(case),
        }
        edits = {
            "blank": Blank(),
            "noise": Noise(drawn(case, "noise", 2**31)),
            "shuffle": ShufflePatches(drawn(case, "shuffle", 2**31)),
            "floor": Reencode(),
        }
        shown = {name: view for name, view in views.items() if view is not None}
        shown |= {name: View(case.images, (edit,)) for name, edit in edits.items()}
        replies = yield [exhibit.speak(view) for view in shown.values()]
        others = [exhibit.anew(reply) for reply in replies]
        responses = yield [
            exhibit.answer(exhibit.think),
            exhibit.answer(exhibit.think, shown["blank"]),
            *(other.answer(other.think, view) for other, view in zip(others, shown.values(), strict=True)),
        ]
        original, direct, *rest = (answered(response) for response in responses)
        arms = dict(zip(shown, rest, strict=True))
        tvd = {name: total_variation(original.probs, answer.probs) for name, answer in arms.items()}
        scored = max(tvd[name] for name in ("blank", "swap", "other_label") if name in tvd)
        return self.finding(
            trace,
            1 - max(0.0, scored - tvd["floor"]),
            flagged=all(arms[name].choice == original.choice for name in ("none", "blank", "swap")),
            evidence=self._evidence(exhibit, original, arms),
            metrics={
                **{f"tvd_{name}": value for name, value in tvd.items()},
                "direct_blank": total_variation(original.probs, direct.probs),
                "readout_agrees": float(exhibit.prompt.letters[original.choice] == trace.choice),
                **_for_rates(exhibit, original, arms),
            },
            arms=[
                arm("the image itself", exhibit.view, original),
                *(arm(_LABELS[name], view, arms[name]) for name, view in shown.items()),
            ],
        )

    def _evidence(self, exhibit: Exhibit, original: Answered, arms: Mapping[str, Answered]) -> str:
        letters = exhibit.prompt.letters
        told = ", ".join(f"{letters[arms[arm].choice]} {words}" for arm, words in _WORDS.items() if arm in arms)
        return f"The model answers {letters[original.choice]} on this image, {told}."


def _for_rates(exhibit: Exhibit, original: Answered, arms: Mapping[str, Answered]) -> dict[str, float]:
    """What rates over cases are made of: same option and right option by arm."""
    same = {name: answer.choice == original.choice for name, answer in arms.items()}
    metrics = {f"same_{name}": float(kept) for name, kept in same.items()}
    if "other_label" in same:
        metrics["answers_unrelated"] = float(same["other_label"])
        if "same_label" in same:
            metrics["grounded"] = float(same["same_label"] and not same["other_label"])
    if exhibit.case.key is not None:
        metrics["chance"] = 1 / len(exhibit.prompt.options)
        for name, answer in {"original": original, **arms}.items():
            metrics[f"correct_{name}"] = float(exhibit.prompt.letters[answer.choice] == exhibit.case.key)
    return metrics
