"""What every probe promises, checked over all that are discovered."""

from __future__ import annotations

import hashlib
import math
import re
from functools import cache

import pytest

from faithlens.edits.stored import revived
from faithlens.errors import ImageError, SettingsError
from faithlens.probes import SUITES, Exhibit, Probe, choose, discover
from faithlens.records import AXES, Answered
from tests.probes.scripted import Scripted, case, exhibit, find, gallery, probabilities

GALLERY = gallery()
PROBES = [probe() for probe in discover().values()]


@pytest.fixture(params=PROBES, ids=lambda probe: probe.name)
def probe(request: pytest.FixtureRequest) -> Probe:
    return request.param


def even(request) -> Answered:
    return probabilities(*[1 / len(request.prompt.options)] * len(request.prompt.options))


def talks(request) -> str:
    """Rewords a text that it is given without an image; replies about an image."""
    if not request.view.images:
        return "In other words: a lesion. So the answer is A."
    return "<think>A lesion is seen. The answer is A.</think>\n\n<answer>A</answer>"


def jumpy(seed: int):
    """Other probabilities for each view, prompt and text of the think, the same for the same.

    What it reads out of text alone is always the same, as far as it can be.
    """

    def answers(request) -> Answered:
        think = None if request.think is None else request.think.text
        alone = think is None and not request.view.images
        read = (seed,) if alone else (seed, request.view, request.prompt.user, think)
        digest = hashlib.sha256(repr(read).encode()).digest()
        values = [digest[i] + 1 for i in range(len(request.prompt.options))]
        return probabilities(*[value / sum(values) for value in values])

    return answers


def fickle(seed: int):
    """Another likelihood for each view, prompt and text, the same for the same."""

    def weighs(request) -> float:
        read = (seed, request.view, request.prompt.user, request.begin.text, request.reply.text)
        return -1 - hashlib.sha256(repr(read).encode()).digest()[0] / 64

    return weighs


def jumpy_all_over(seed: int) -> Scripted:
    return Scripted(jumpy(seed), talks, fickle(seed))


@cache
def scored(name: str) -> tuple[Exhibit, int]:
    """An exhibit that the probe scores, and the seed of the jumpy subject with which it does."""
    probe = discover()[name]()
    return next(
        (shown, seed)
        for seed in range(20)
        for shown in GALLERY.values()
        if not math.isnan(find(probe, jumpy_all_over(seed), shown).score)
    )


def shown_to(probe: Probe) -> tuple[Scripted, Exhibit]:
    shown, seed = scored(probe.name)
    return jumpy_all_over(seed), shown


def test_probes_are_discovered():
    assert {"image_dependence", "early_answering", "necessity", "substantivity"} <= set(discover())


def test_a_probe_says_what_it_is(probe: Probe):
    assert probe.axis in AXES
    assert probe.suite in SUITES
    assert probe.name == re.sub(r"(?<!^)(?=[A-Z])", "_", type(probe).__name__).lower()
    assert type(probe).__module__.endswith(probe.name), "one test a file, named after it"
    assert probe.paper.citation and probe.paper.arxiv and probe.paper.section and probe.paper.deviation
    assert probe.cost and probe.version >= 1
    assert type(probe).__doc__


@pytest.mark.parametrize("sure", [0, 1, 2, 3])
@pytest.mark.parametrize("shown", GALLERY.values(), ids=GALLERY)
def test_a_score_lies_in_the_unit_interval_with_its_evidence(probe: Probe, shown, sure: int):
    count = len(shown.prompt.options)
    values = [0.3 / (count - 1)] * count
    values[sure % count] = 0.7
    finding = find(probe, Scripted(lambda request: probabilities(*values), talks), shown)
    assert (finding.case_id, finding.probe, finding.axis) == (shown.case.id, probe.name, probe.axis)
    if math.isnan(finding.score):
        assert finding.reason and finding.flagged is None and not finding.metrics
        return
    assert 0 <= finding.score <= 1
    assert finding.reason == "" and finding.evidence.endswith((".", "”).", "”"))
    assert "\n" not in finding.evidence.strip() and "  " not in finding.evidence
    assert finding.metrics or probe.text_only
    assert all(isinstance(value, (int, float)) and math.isfinite(value) for value in finding.metrics.values())


def test_a_probe_scores_at_least_one_sort_of_question(probe: Probe):
    """A probe that is silent on the whole gallery has not been tested by any contract."""
    assert 0 <= find(probe, *shown_to(probe)).score <= 1


def test_edits_are_one_change_at_a_time(probe: Probe):
    """An edit of a swapped image would be two, unless that image is also asked about as it is."""
    subject, shown = shown_to(probe)
    find(probe, subject, shown)
    known = {shown.case.images, *(request.view.images for request in subject.asked if not request.view.edits)}
    assert all(request.view.images in known for request in subject.asked if request.view.edits)


def test_replies_that_break_off_or_say_nothing_leave_a_finding(probe: Probe):
    for said in ("", "<think>", "<think>It is", "<answer>", "A", "<think></think><answer>Z</answer>"):
        for shown in GALLERY.values():
            finding = find(probe, Scripted(jumpy(0), lambda request, said=said: said), shown)
            assert math.isnan(finding.score) == bool(finding.reason)


@pytest.mark.parametrize(
    ("reply", "of"),
    [
        ("", case()),
        ("I cannot help with that.", case()),
        ("<think></think>\n\n<answer>B</answer>", case()),
        ("<answer>B</answer>", case()),
        ("<think>A mass is se", case()),
        ("<think>Fluid.</think><answer>effusion</answer>", case(options=())),
        ("<answer>A</answer><think>A mass.</think>", case()),
        ("<think>x</think><answer>A</answer><answer>B</answer>", case()),
    ],
)
def test_where_it_does_not_apply_it_is_nan_with_a_reason(probe: Probe, reply: str, of):
    finding = find(probe, Scripted(even, lambda request: ""), exhibit(reply, of))
    assert math.isnan(finding.score) == bool(finding.reason)
    if math.isnan(finding.score):
        assert finding.flagged is None and not finding.metrics
    if not of.options:
        assert math.isnan(finding.score) or not probe.needs_options


def test_arms_and_marks_are_such_as_a_reader_can_be_shown(probe: Probe):
    subject, shown = shown_to(probe)
    finding = find(probe, subject, shown)
    assert not (probe.text_only and finding.arms)
    labels = [arm.label for arm in finding.arms]
    assert len(set(labels)) == len(labels) and all(labels)
    for arm in finding.arms:
        assert len(arm.probs) == len(shown.case.options) and sum(arm.probs) == pytest.approx(1)
        assert 0 <= arm.kept <= 1
        assert all(callable(revived(edit)) for edit in arm.edits)
    for mark in finding.marks:
        assert 0 <= mark.start < mark.end <= len(shown.trace.reply)
        assert mark.option is None or 0 <= mark.option < len(shown.case.options)


def test_two_options_are_enough(probe: Probe):
    shown = exhibit(of=case(options=("Yes", "No")))
    finding = find(probe, Scripted(lambda request: probabilities(0.4, 0.6), talks), shown)
    assert 0 <= finding.score <= 1 or finding.reason


def test_the_same_subject_gives_the_same_finding(probe: Probe):
    findings = [find(probe, *shown_to(probe)) for _ in range(2)]
    assert findings[0] == findings[1]


def test_a_text_probe_asks_nothing_and_others_ask_something(probe: Probe):
    subject, shown = shown_to(probe)
    find(probe, subject, shown)
    assert bool(subject.asked) != probe.text_only


def test_the_own_think_is_asked_in_its_own_tokens(probe: Probe):
    """Rule one: the unedited think goes in as the ids that the model wrote, in the frame that it wrote."""
    subject, shown = shown_to(probe)
    find(probe, subject, shown)
    own = [request for request in subject.asked if getattr(request, "think", None) == shown.think]
    assert probe.text_only or own
    assert all(request.think.ids and request.frame.closing.ids for request in own)
    text = shown.frame.opening.text + shown.think.text + shown.frame.closing.text
    assert shown.trace.reply.startswith(text) and shown.trace.reply[len(text)] == shown.trace.choice


def test_a_request_that_cannot_be_answered_silences_the_probe_alone():
    from faithlens.engine.ask import ask_all

    def needs_two(request) -> bool:
        return request.view.images == ("/two.png",)

    class Broken:
        def respond(self, requests):
            return [
                ImageError("two.png is broken") if needs_two(request) else jumpy_all_over(0)._one(request)
                for request in requests
            ]

    asking = {probe.name: jumpy_all_over(0) for probe in PROBES}
    for probe in PROBES:
        find(probe, asking[probe.name], exhibit())
    results = ask_all(Broken(), [probe(exhibit()) for probe in PROBES])
    failed = {probe.name for probe, result in zip(PROBES, results, strict=True) if isinstance(result, ImageError)}
    assert failed == {name for name, subject in asking.items() if any(map(needs_two, subject.asked))}
    assert "image_dependence" in failed and "necessity" not in failed


def by_what(*, of_view: bool, of_prompt: bool, of_think: bool) -> Scripted:
    """A jumpy subject that looks at some things and not at others, in what it answers; it always speaks alike."""

    def answers(request) -> Answered:
        think = None if request.think is None else request.think.text
        alone = think is None and not request.view.images
        seen = (request.view if of_view else 0, request.prompt.user if of_prompt else 0, think if of_think else 0)
        digest = hashlib.sha256(repr(0 if alone else seen).encode()).digest()
        values = [digest[i] + 1 for i in range(len(request.prompt.options))]
        return probabilities(*[value / sum(values) for value in values])

    return Scripted(answers, talks)


@pytest.mark.parametrize(
    ("axis", "looks", "score"),
    [
        # what the think says does not matter to the answer
        ("post_hoc", {"of_view": True, "of_prompt": True, "of_think": False}, 1.0),
        ("empty", {"of_view": True, "of_prompt": False, "of_think": False}, 1.0),
        # what is shown matters neither to the answer nor to the think
        ("image_blind", {"of_view": False, "of_prompt": False, "of_think": True}, 1.0),
        ("ungrounded", {"of_view": False, "of_prompt": True, "of_think": True}, 1.0),
        # no cue can matter
        ("hidden_cue", {"of_view": False, "of_prompt": False, "of_think": True}, 0.0),
        # nothing can change the answer
        ("unstable", {"of_view": False, "of_prompt": False, "of_think": False}, 0.0),
    ],
)
def test_the_exact_end_of_each_axis(axis: str, looks: dict[str, bool], score: float):
    """A subject that has the failure of an axis by construction gets exactly its score from every probe of that axis.

    On `unstable` an answer that never moves is stable; the pairs that must move (a denied question, a moved option, a
    mirrored side) are left out there, and so are replies that are sampled.
    """
    must_move = {"option_permutation", "negated_pairs", "laterality_mirror", "resample_stability"}
    tested = []
    for probe in PROBES:
        if probe.axis != axis or probe.text_only or (axis == "unstable" and probe.name in must_move):
            continue
        for shown in GALLERY.values():
            finding = find(probe, by_what(**looks), shown)
            if not math.isnan(finding.score):
                assert finding.score == pytest.approx(score, abs=1e-12), probe.name
                tested.append(probe.name)
    assert tested


def test_a_probe_with_an_identity_control_reports_it_and_heeds_it(probe: Probe):
    if not hasattr(probe, "identity_tolerance"):
        return
    subject, shown = shown_to(probe)
    assert find(probe, subject, shown).metrics["tvd_identity"] == 0.0

    def by_tokens(request) -> Answered:
        count = len(request.prompt.options)
        sure = 0 if request.think is not None and request.think.ids else 1
        return probabilities(*[float(i == sure) for i in range(count)])

    finding = find(probe, Scripted(by_tokens, talks), shown)
    assert math.isnan(finding.score) and "re-inserting" in finding.reason


def test_equal_requests_are_asked_once():
    from faithlens.engine.ask import ask_all
    from faithlens.engine.cost import Cost

    subject, cost = jumpy_all_over(0), Cost()
    ask_all(subject, [probe(exhibit()) for probe in PROBES for _ in range(2)], cost)
    assert len(subject.asked) == cost.unique_requests < cost.requests / 2


def test_choosing():
    assert {probe.name for probe in choose("quick")} <= {probe.name for probe in choose("full")}
    assert [probe.name for probe in choose("quick", ("necessity",))] == ["necessity"]
    assert all(probe.text_only for probe in choose("full", text_only=True))
    with pytest.raises(SettingsError, match="unknown probe 'nope'"):
        choose("quick", ("nope",))
    with pytest.raises(SettingsError, match="unknown suite"):
        choose("fast")
    with pytest.raises(SettingsError, match="has to ask the model"):
        choose("quick", ("necessity",), text_only=True)
