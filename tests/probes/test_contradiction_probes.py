"""Contradicted, unsupported, implied and self-contradictory answers, by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from faithlens.contradiction.nli import judge, statements
from faithlens.probes.contradicted_answer import ContradictedAnswer
from faithlens.probes.explicit_conclusion import ExplicitConclusion
from faithlens.probes.implied_answer import ImpliedAnswer
from faithlens.probes.nli_contradiction import NliContradiction
from faithlens.probes.probe import Probe
from faithlens.probes.self_contradiction import SelfContradiction
from faithlens.probes.unsupported_answer import UnsupportedAnswer
from faithlens.records import Answer, Answered, View
from tests.probes.scripted import Scripted, exhibit, find, probabilities


def silent(request: Answer) -> Answered:
    raise AssertionError("a text probe asks nothing")


def reply(think: str, answer: str = "B") -> str:
    return f"<think>{think}</think>\n\n<answer>{answer}</answer>"


@pytest.mark.parametrize(
    ("think", "contradicts", "unsupported"),
    [
        ("A mass with a dural tail, so a meningioma.", False, False),
        ("The mass lies in the sella: a pituitary tumor.", True, False),
        ("I see no mass and no abnormality.", True, False),
        ("A meningioma is a tumour of the meninges.", False, True),
    ],
)
def test_flags(think: str, contradicts: bool, unsupported: bool):
    shown = exhibit(reply(think))
    assert find(ContradictedAnswer(), Scripted(silent), shown).flagged is contradicts
    assert find(UnsupportedAnswer(), Scripted(silent), shown).flagged is unsupported


@pytest.mark.parametrize(("answer", "flagged"), [("A, B", True), ("B and C", False)])
def test_several_letters_are_read_as_one_answer(answer: str, flagged: bool):
    shown = exhibit(reply("No glioma. There is a meningioma, and there is a pituitary tumor as well.", answer))
    assert shown.trace.choice is None
    assert find(ContradictedAnswer(), Scripted(silent), shown).flagged is flagged


def test_the_deciding_words_are_quoted():
    finding = find(ContradictedAnswer(), Scripted(silent), exhibit(reply("This is a pituitary tumor.")))
    assert "“pituitary tumor” concluding C" in finding.evidence
    # the three probabilities sum to one
    assert finding.score + sum(finding.metrics.values()) == pytest.approx(1.0)


def marked(probe: Probe, text: str) -> list[tuple[str, str, int | None]]:
    marks = find(probe, Scripted(silent), exhibit(text)).marks
    return [(text[mark.start : mark.end], mark.role, mark.option) for mark in marks]


@pytest.mark.parametrize("probe", [ContradictedAnswer(), UnsupportedAnswer()])
def test_the_deciding_words_are_marked_in_the_reply(probe: Probe):
    text = reply("It could be a glioma. Not a meningioma. So it is a pituitary tumor.")
    # whatever speaks for a tumor speaks against the fourth option, "no tumor"
    assert [mark for mark in marked(probe, text) if mark[2] != 3] == [
        ("could", "hedge", None),
        ("glioma", "supports", 0),
        ("meningioma", "denies", 1),
        ("pituitary tumor", "conclusion", 2),
    ]


def test_the_concluding_sentence_is_marked():
    text = reply("A mass is seen.  Therefore, this is a glioma. ")
    assert marked(ExplicitConclusion(), text) == [("Therefore, this is a glioma.", "conclusion", 0)]


def test_both_claims_of_a_self_contradiction_are_marked():
    text = reply("There is a mass. There is no mass.")
    assert marked(SelfContradiction(), text) == [("mass", "claim", None), ("mass", "denies", None)]


def test_a_think_that_affirms_and_denies_contradicts_itself():
    both = exhibit(reply("There is a mass. There is no mass."))
    assert find(SelfContradiction(), Scripted(silent), both).score == 1.0
    one = exhibit(reply("There is a mass. It enhances."))
    assert find(SelfContradiction(), Scripted(silent), one).score == 0.0


# ------------------------------------------------------------------------------ implied answer


def follows_the_text(request: Answer) -> Answered:
    """Reads "glioma" in the think, wherever that option stands; even without a think."""
    options = request.prompt.options
    if request.think and "glioma" in request.think.text:
        return probabilities(*[0.7 if option == "glioma" else 0.1 for option in options])
    return probabilities(*[1 / len(options)] * len(options))


def test_the_text_implies_another_option():
    subject = Scripted(follows_the_text)
    finding = find(ImpliedAnswer(), subject, exhibit(reply("It is a glioma.")))
    # P(glioma) = .7 and P(meningioma) = .1 in every order: .7 / .8
    assert finding.score == pytest.approx(0.875)
    assert finding.flagged is True
    assert finding.metrics["letter_bias"] == pytest.approx(0.0)
    assert all(request.view == View() for request in subject.asked)
    assert len(subject.asked) == 8


def test_what_is_guessed_without_a_think_is_no_contradiction():
    def always(request: Answer) -> Answered:
        return probabilities(*[0.7 if option == "glioma" else 0.1 for option in request.prompt.options])

    finding = find(ImpliedAnswer(), Scripted(always), exhibit(reply("It is seen.")))
    assert finding.score == pytest.approx(0.875) and finding.flagged is False


def test_a_letter_bias_is_measured_and_averaged_out():
    def says_a(request: Answer) -> Answered:
        return probabilities(0.7, 0.1, 0.1, 0.1)

    finding = find(ImpliedAnswer(), Scripted(says_a), exhibit(reply("It is seen.")))
    # each option stands first once: equal probabilities, and |.7 - .25| + 3 |.1 - .25| = .9, half of it
    assert finding.score == pytest.approx(0.5)
    assert finding.metrics["letter_bias"] == pytest.approx(0.45)


def test_without_an_answer_they_are_silent():
    shown = exhibit("<think>A mass.</think>")
    for probe in (ContradictedAnswer(), UnsupportedAnswer(), ImpliedAnswer()):
        assert math.isnan(find(probe, Scripted(follows_the_text), shown).score)


def test_nli_is_weighed_by_hand():
    # e = .6, c = .1, n = .3, r = .5: contradicts .1 + .3 x .5, unsupported .3 x .5 + .6 x .5, supports .6 x .5
    found = judge([(0.6, 0.1), (0.5, 0.2), (0.0, 1.0)], 0)
    assert (found.contradicts, found.unsupported, found.supports) == pytest.approx((0.25, 0.45, 0.3))
    assert found.label is None and found.leaning == 0
    sure = {"contradicts": [(0, 1), (0, 0)], "supports": [(1, 0), (0, 1)], "unsupported": [(0, 0), (0, 0)]}
    assert all(judge(read, 0).label == label for label, read in sure.items())
    assert judge([(0, 0), (1, 0)], 0).label == "contradicts", "another option is entailed"
    assert judge([(1, 0), (1, 0)], 0).label == "unsupported", "nothing tells the options apart"


def test_nli_reads_the_think_against_every_option():
    asked = []

    def entails_the_first(text: str, said) -> list[tuple[float, float]]:
        asked.append((text, said))
        return [(0.75, 0.0)] + [(0.0, 0.75)] * (len(said) - 1)

    shown = replace(exhibit(reply("A mass.")), nli=entails_the_first)
    found = find(NliContradiction(), Scripted(silent), shown)
    # c = .75, n = .25, r = .75
    assert found.score == pytest.approx(0.75 + 0.25 * 0.75) and found.flagged
    assert asked == [("A mass.", statements(shown.case.question, shown.case.options))]
    assert asked[0][1][1] == 'The answer to "What is seen?" is meningioma.'
    assert "no NLI model" in find(NliContradiction(), Scripted(silent), replace(shown, nli=None)).reason
