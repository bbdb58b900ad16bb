"""Calibration on subjects whose every effect is scripted: what it must find is known."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import pytest

from faithlens.calibration import (
    THRESHOLDS,
    Calibration,
    Trial,
    fingerprints,
    fit,
    keep,
    load,
    lookup,
    specimens,
    subject_key,
)
from faithlens.calibration.battery import Remembering
from faithlens.calibration.figure import draw
from faithlens.calibration.fitting import _curve
from faithlens.calibration.measured import strongest
from faithlens.calibration.measuring import measure
from faithlens.calibration.mentions import SOURCES, measure_judge, mentions
from faithlens.edits.hints import HINTS
from faithlens.engine.cost import Cost
from faithlens.errors import RunError
from faithlens.organisms import Facts, discover
from faithlens.probes import Exhibit, Paper, Plan, Probe, choose
from faithlens.probes.necessity import Necessity
from faithlens.prompts import PUBLISHED
from faithlens.records import Answer, Case, Finding, Speak, View
from faithlens.verdicts import UNCALIBRATED, verdicts
from tests.organisms.bases import Restless, cases, prompt

TEMPLATE = PUBLISHED["medvlm-r1"]


@dataclass(frozen=True)
class CoinToss(Probe):
    """Scores by the hash of the reply: it can see nothing."""

    name: ClassVar[str] = "coin_toss"
    axis: ClassVar = "post_hoc"
    suite: ClassVar = "full"
    paper: ClassVar = Paper("none", "none", "none", "none")
    cost: ClassVar[str] = "nothing"

    def ask(self, exhibit: Exhibit) -> Plan:
        yield from ()
        digest = hashlib.sha256(f"{exhibit.case.id}{exhibit.trace.reply}".encode()).digest()
        return self.finding(exhibit.trace, digest[0] / 255, flagged=None, evidence="Tossed.", metrics={})


@dataclass(frozen=True)
class Inverted(Necessity):
    """Necessity upside down: a probe that is wrong as reliably as the other is right."""

    name: ClassVar[str] = "inverted"

    def ask(self, exhibit: Exhibit) -> Plan:
        found = yield from super().ask(exhibit)
        return replace(found, score=1 - found.score)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, ...]:
    return cases(tmp_path_factory.mktemp("noise"), 20)


PROBES = (*choose("quick", ("necessity", "early_answering", "explicit_conclusion", "image_dependence")), CoinToss())


def calibrated(shown: tuple[Case, ...], probes: tuple[Probe, ...] = PROBES, **options) -> Calibration:
    """The calibration of a subject that follows its think, which is made from the facts."""
    facts, kinds = Facts(shown), discover()
    honest = kinds["honest"]().over(kinds["sighted"]().over(Restless(), facts), facts)
    arguments = {
        "subject": lambda cost: honest,
        "cases": shown,
        "template": TEMPLATE,
        "probes": probes,
        "key": "k",
        "about": {},
        "max_new_tokens": 128,
        "seed": 0,
        "progress": lambda stage, done, total: None,
    }
    return measure(**arguments | options)


@pytest.fixture(scope="module")
def calibration(shown: tuple[Case, ...]) -> Calibration:
    return calibrated(shown)


def finding(probe: str, score: float, axis="post_hoc", reason: str = "") -> Finding:
    return Finding("case", probe, axis, score, reason)


# ---------------------------------------------------------------------------------- what is seen


def test_a_probe_that_sees_is_measured_as_seeing(calibration: Calibration):
    for name in ("necessity", "explicit_conclusion", "image_dependence"):
        measured = calibration.probe(name)
        assert measured is not None and measured.auroc.value == 1.0 and measured.blindness == ""
        assert measured.tpr == 1.0 and 0 <= measured.threshold < 1
        assert 0 <= measured.ece < 0.2


def test_a_threshold_can_be_picked_afterwards(calibration: Calibration, tmp_path: Path):
    # sound .1 .5, failing .5 .9: above .3 lie one sound and both failing ones, above .5 one failing one
    curve = dict(zip(THRESHOLDS, _curve([0.1, 0.5, 0.5, 0.9], [False, False, True, True]), strict=True))
    assert (curve[0.0], curve[0.3], curve[0.5], curve[1.0]) == ((1, 1), (0.5, 1), (0, 0.5), (0, 0))
    assert _curve([0.5], [True]) == ()
    measured = calibration.probe("necessity")
    assert measured is not None and (0.0, 1.0) in measured.curve  # AUROC 1
    assert load(keep(calibration, tmp_path / "kept.json")).probe("necessity") == measured


def test_a_probe_that_sees_nothing_gives_no_verdict_and_says_so(calibration: Calibration, shown):
    coin = calibration.probe("coin_toss")
    assert coin is not None and coin.auroc.low < 0.5 < coin.auroc.high
    axis = calibration.axis("post_hoc")
    assert axis is not None and "coin_toss" not in axis.probes and "necessity" in axis.probes
    only = calibrated(shown, (CoinToss(),))
    (verdict,) = verdicts([finding("coin_toss", 0.99)], only)
    assert math.isnan(verdict.probability) and verdict.flagged is None
    assert "cannot see post_hoc on this checkpoint (AUROC" in verdict.reason


def test_a_probe_that_is_reliably_wrong_is_not_trusted_either(shown):
    found = calibrated(shown, (Inverted(),))
    measured = found.probe("inverted")
    assert measured is not None and measured.auroc.value == 0.0 and measured.blindness
    assert math.isnan(verdicts([finding("inverted", 1.0)], found)[0].probability)


def test_too_few_replies_are_no_calibration(shown):
    few = calibrated(shown[:2], choose("quick", ("necessity",)))
    measured = few.probe("necessity")
    assert measured is not None and "needed" in measured.blindness
    assert math.isnan(verdicts([finding("necessity", 1.0)], few)[0].probability)


def test_the_dose_is_monotone_and_its_slope_is_that_of_the_means(calibration: Calibration):
    measured = calibration.probe("necessity")
    assert measured is not None
    means = [measured.means[f"mixture@{weight}"] for weight in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert means == sorted(means, reverse=True) and means[0] == pytest.approx(1.0) and means[-1] < 0.3
    assert measured.dose_spearman == pytest.approx(-1)
    # least squares over 0, .25 … 1: sum (x - .5) y / .625
    slope = sum((i / 4 - 0.5) * mean for i, mean in enumerate(means)) / 0.625
    assert measured.dose_slope == pytest.approx(slope)


def test_the_same_calibration_comes_out_again(calibration: Calibration, shown):
    assert repr(calibrated(shown)) == repr(calibration)


def test_only_what_is_planted_in_a_reply_is_labelled(shown):
    # a subject whose think concludes nothing gives `honest` nothing to follow
    kept: list[Trial] = []

    def windows(number, measured):
        kept.extend(measured())
        return kept[-1:]

    calibrated(shown[:4], choose("quick", ("necessity",)), windows=windows)
    labels = {(trial.specimen, trial.failing) for trial in kept}
    assert ("post_hoc", True) in labels and ("honest", False) in labels
    assert ("generic", True) in labels and ("sighted", True) in labels
    assert all(failing is None for specimen, failing in labels if "@" in specimen)
    assert {specimen for specimen, _ in labels} <= {specimen.name for specimen in specimens()}


@dataclass(frozen=True)
class Reworded(CoinToss):
    """A probe of stability that W8 has nothing to say about: it moves no options."""

    name: ClassVar[str] = "reworded"
    axis: ClassVar = "unstable"


def test_a_behaviour_is_no_evidence_about_probes_that_it_does_not_answer_to(shown):
    found = calibrated(shown[:6], (Reworded(), *choose("quick", ("option_permutation",))))
    reworded, moved = found.probe("reworded"), found.probe("option_permutation")
    assert reworded is not None and moved is not None
    assert (reworded.auroc.positives, reworded.auroc.negatives) == (0, 6) and reworded.blindness
    assert (moved.auroc.positives, moved.auroc.negatives) == (12, 12)


def test_scripted_replies_alone_say_nothing_about_a_checkpoint():
    rows = [replace(trial(i, failing, float(failing)), own=False) for i in range(20) for failing in (True, False)]
    measured = fit(rows, (Necessity(),), "k", 20, (), {}).probe("necessity")
    assert measured is not None and measured.auroc.value == 1.0
    assert "0 replies that this checkpoint has a part in" in measured.blindness


# ---------------------------------------------------------------------------------- fit by hand


def trial(case: int, failing: bool, score: float, probe: str = "necessity") -> Trial:
    name = "post_hoc" if failing else "honest"
    return Trial(f"c{case}", f"p{case}", name, probe, "post_hoc", failing, None, score, "")


def test_a_score_that_says_nothing_becomes_one_half():
    rows = [trial(i, failing, 0.5) for i in range(20) for failing in (True, False)]
    found = fit(rows, (Necessity(),), "k", 20, (), {})
    measured = found.probe("necessity")
    assert measured is not None and measured.auroc.value == 0.5 and measured.blindness
    assert measured.log_odds(0.5) == pytest.approx(0, abs=1e-6)
    assert measured.ece == pytest.approx(0, abs=1e-6)


def test_the_map_meets_the_share_that_failed():
    # of the replies at 0.2 one in four fails, at 0.8 three in four: the map has to say about that, at even prior
    rows = [trial(i, i % 4 == 0, 0.2) for i in range(200)] + [trial(200 + i, i % 4 != 0, 0.8) for i in range(200)]
    found = fit(rows, (Necessity(),), "k", 400, (), {})
    verdict_low, verdict_high = (verdicts([finding("necessity", score)], found)[0] for score in (0.2, 0.8))
    assert verdict_low.probability == pytest.approx(0.25, abs=0.03)
    assert verdict_high.probability == pytest.approx(0.75, abs=0.03)
    assert verdict_low.probes == verdict_high.probes == ("necessity",)
    measured, axis = found.probe("necessity"), found.axis("post_hoc")
    assert measured is not None and axis is not None and measured.ece < 0.05 and axis.ece < 0.05
    # a quarter of the sound replies score as high as the failing ones: at 5 % false ones nothing passes
    assert axis.tpr == 0.0 and verdict_high.flagged is False


def test_the_number_of_failing_replies_does_not_move_the_map():
    rows = [trial(i, True, 0.9) for i in range(90)] + [trial(100 + i, False, 0.1) for i in range(30)]
    found = fit(rows, (Necessity(),), "k", 120, (), {})
    assert verdicts([finding("necessity", 0.5)], found)[0].probability == pytest.approx(0.5, abs=0.02)


def test_agreement_by_hand():
    rows = []
    for i in range(20):
        rows += [trial(i, True, 0.9), trial(i, True, 0.9 if i < 10 else 0.1, "early_answering")]
        rows += [trial(i, False, 0.1), trial(i, False, 0.1, "early_answering")]
    found = fit(rows, choose("quick", ("necessity", "early_answering")), "k", 20, (), {})
    (line,) = found.agreement
    # 30 of 40 agree; chance .5 * .25 + .5 * .75 = .5: kappa = (.75 - .5) / .5
    assert {line.first, line.second} == {"necessity", "early_answering"}
    assert (line.kappa, line.replies) == (pytest.approx(0.5), 40)


# ------------------------------------------------------------------------------------ verdicts


def test_verdicts_rest_on_the_probes_that_see(calibration: Calibration):
    found = verdicts([finding("necessity", 1.0), finding("coin_toss", 0.0)], calibration)[0]
    assert found.probability > 0.8 and found.probes == ("necessity",) and found.flagged is True
    sound = verdicts([finding("necessity", 0.0)], calibration)[0]
    assert sound.probability < 0.2 and sound.flagged is False


def test_where_the_seeing_probes_are_silent_it_cannot_tell(calibration: Calibration):
    (found,) = verdicts([finding("necessity", math.nan, reason="no think"), finding("coin_toss", 1.0)], calibration)
    assert math.isnan(found.probability) and found.reason == "no think"
    (other,) = verdicts([finding("coin_toss", 1.0)], calibration)
    assert math.isnan(other.probability) and "was asked" in other.reason


def test_without_calibration_it_cannot_tell(calibration: Calibration):
    (found,) = verdicts([finding("necessity", 1.0)])
    assert math.isnan(found.probability) and found.reason == UNCALIBRATED
    (other,) = verdicts([finding("region", 1.0, "ungrounded")], calibration)
    assert math.isnan(other.probability) and other.reason == UNCALIBRATED


def test_malformed_is_read_off_the_reply(calibration: Calibration):
    (found,) = verdicts([finding("reply_format", 1.0, "malformed")], calibration)
    assert found.probability == 1.0 and found.flagged is True


# ----------------------------------------------------------------------------------- the figure


def test_the_figure_names_every_probe_its_interval_and_its_dose(calibration: Calibration, tmp_path: Path):
    first, second = (draw(calibration, tmp_path / f"{name}.svg") for name in ("one", "two"))
    text = first.read_text()
    for probe in calibration.probes:
        assert f"{probe.axis}  ·  {probe.probe}" in text
    assert "necessity (Spearman -1.00)" in text and f"organisms over {calibration.cases} cases" in text
    assert text == second.read_text(), "equal calibrations give equal files"
    blind = fit((), choose("quick", ("necessity",)), "k", 0, (), {})
    assert "not calibrated: 0 failing, 0 sound" in draw(blind, tmp_path / "blind.svg").read_text()


# ------------------------------------------------------------------------------------ the shelf


def test_what_is_kept_is_read_back(calibration: Calibration, tmp_path: Path):
    assert repr(load(keep(calibration, tmp_path / "c.json"))) == repr(calibration)
    assert "NaN" not in (tmp_path / "c.json").read_text()


def test_a_calibration_is_found_by_its_subject_probes_and_other_cases(
    calibration: Calibration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shown
):
    monkeypatch.setenv("FAITHLENS_CACHE", str(tmp_path))
    assert lookup("k", PROBES, frozenset()) is None
    keep(calibration)
    assert lookup("k", PROBES, frozenset()) is not None
    assert lookup("k", (*PROBES, *choose("quick", ("reply_format",))), frozenset()) is not None
    assert lookup("other", PROBES, frozenset()) is None
    assert lookup("k", PROBES, fingerprints(shown[:1])) is None, "an audit is not judged by its own cases"
    assert lookup("k", choose("quick"), frozenset()) is None, "substantivity was not calibrated"
    other = replace(choose("quick", ("early_answering",))[0], cuts=5)
    assert lookup("k", (other,), frozenset()) is None, "other settings were not calibrated"


def test_a_broken_file_is_passed_over_on_the_shelf_and_named_when_asked_for(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("FAITHLENS_CACHE", str(tmp_path))
    (tmp_path / "calibrations").mkdir()
    file = tmp_path / "calibrations" / "k-1.json"
    for content in ("{", "[]", '{"format": 1}', '{"format": 99}'):
        file.write_text(content)
        assert lookup("k", (), frozenset()) is None
        with pytest.raises(RunError, match=r"k-1\.json"):
            load(file)


def test_the_key_holds_what_a_calibration_depends_on():
    key = subject_key("w", None, TEMPLATE, {"dtype": "float32"})
    assert key == subject_key("w", None, TEMPLATE, {"dtype": "float32"})
    others = [
        subject_key("v", None, TEMPLATE, {"dtype": "float32"}),
        subject_key("w", "lora", TEMPLATE, {"dtype": "float32"}),
        subject_key("w", None, PUBLISHED["r1-v"], {"dtype": "float32"}),
        subject_key("w", None, TEMPLATE, {"dtype": "bfloat16"}),
    ]
    assert len({key, *others}) == 5


def test_patients_and_pictures_are_known_again(shown):
    moved = replace(shown[0], id="other", question="Other?")
    assert fingerprints([moved]) & fingerprints([shown[0]])
    assert not fingerprints(shown[:1]) & fingerprints(shown[1:2])
    same_patient = replace(shown[1], group=shown[0].group)
    assert fingerprints([same_patient]) & fingerprints([shown[0]])


def test_no_request_is_asked_twice(shown):
    beneath, cost = Restless(), Cost()
    subject = Remembering(beneath, cost)
    requests = [
        Speak(View(shown[0].images), prompt(shown[0])),
        Answer(View(shown[0].images), prompt(shown[0])),
        Answer(View(shown[0].images), prompt(shown[0])),
    ]
    assert subject.respond(requests) == subject.respond(requests)
    assert len(beneath.asked) == cost.unique_requests == 2 and cost.requests == 6


# ---------------------------------------------------------------------------- several causes


@dataclass(frozen=True)
class Elsewhere(CoinToss):
    """A second witness of the same axis, of another cause."""

    name: ClassVar[str] = "elsewhere"
    axis: ClassVar = "post_hoc"
    cause: ClassVar[str] = "elsewhere"


def test_of_one_cause_the_mean_counts_and_of_several_the_strongest():
    # cause a: (2 - 4) / 2 = -1; cause b: 1
    assert strongest([("a", 2.0), ("a", -4.0), ("b", 1.0)]) == 1.0
    assert strongest([("a", 2.0), ("a", -4.0)]) == -1.0


def test_one_strong_cause_is_enough_and_its_absence_elsewhere_no_evidence_against_it():
    rows: list[Trial] = []
    for i in range(20):
        # each failing reply fails for one cause; the probe of the other scores it as sound
        rows += [trial(i, True, 1.0), replace(trial(i, True, 0.0, "elsewhere"), reached=False)]
        other = f"other-{i}"
        rows += [replace(trial(i, True, 0.0), specimen=other, reached=False)]
        rows += [replace(trial(i, True, 1.0, "elsewhere"), specimen=other)]
        rows += [trial(i, False, 0.0), trial(i, False, 0.0, "elsewhere")]
    found = fit(rows, (Necessity(), Elsewhere()), "k", 20, (), {})
    for probe in found.probes:
        # what a probe does not look for is not held against it
        assert (probe.auroc.value, probe.auroc.positives) == (1.0, 20)
    axis = found.axis("post_hoc")
    assert axis is not None and axis.auroc.value == 1.0 and axis.auroc.positives == 40 and axis.tpr == 1.0
    one, none = (verdicts([finding("necessity", 0.0), finding("elsewhere", score)], found)[0] for score in (1.0, 0.0))
    assert one.flagged is True and one.probability > 0.8
    assert none.flagged is False and none.probability < 0.2


def test_a_verdict_hears_every_probe_about_replies_that_fail_for_one_cause(shown):
    kept: list[Trial] = []

    def windows(number, measured):
        kept.extend(measured())
        return kept[-1:]

    calibrated(shown[:4], choose("full", ("margin_cue", "text_hints")), windows=windows)
    heard = {(trial.specimen, trial.probe, trial.reached) for trial in kept if trial.failing}
    assert ("cornered", "margin_cue", True) in heard and ("cornered", "text_hints", False) in heard
    assert ("silent_cue", "margin_cue", False) in heard
    # a scripted subject beneath says nothing about the checkpoint: there the probe that sees it is enough
    assert ("cornered/sighted", "text_hints", False) not in heard
    sound = {trial.specimen: trial for trial in kept if trial.failing is False and trial.probe == "margin_cue"}
    assert "candid" in sound and all(trial.score == 0.0 and trial.reached for trial in sound.values())


# ------------------------------------------------------------------------------------- the judge


def test_the_judge_of_verbalisation_is_measured_with_the_probes_that_need_it(shown, calibration, tmp_path: Path):
    assert calibration.judges == ()
    found = calibrated(shown[:4], choose("full", ("margin_cue",)))
    (rules,) = found.judges
    # silent, and one sentence of each stance, and W6b's think
    assert rules.judge == "rules" and rules.sensitivity.of == 8 and rules.specificity.of == 12
    assert rules.called_relied["unmentioned"] == 0.0
    assert load(keep(found, tmp_path / "judged.json")).judges == found.judges


def test_a_judge_by_hand(shown):
    facts, kinds = Facts(shown), discover()
    honest = kinds["honest"]().over(kinds["sighted"]().over(Restless(), facts), facts)
    said = mentions(honest, shown, TEMPLATE, 128)
    assert {one.stance for one in said} == {"relied", "dismissed", "mentioned", "unmentioned"}
    assert all(one.cue not in one.think or one.stance == "relied" for one in said)
    knows = {one.think: one.stance for one in said}
    right = measure_judge(lambda cue, think: knows[think], "knows", said)
    assert right.sensitivity.value == right.specificity.value == 1.0 and right.called_relied["relied"] == 1.0
    credulous = measure_judge(lambda cue, think: "relied", "credulous", said)
    assert credulous.sensitivity.value == 1.0 and credulous.specificity.value == 0.0


def test_each_kind_of_hint_can_be_mentioned():
    assert set(SOURCES) == {hint.kind for hint in HINTS}
