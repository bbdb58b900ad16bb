"""The engine is exact: every response is the one that a forward pass of its own would give."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faithlens import models
from faithlens.engine.cost import total
from faithlens.engine.packed import Packed, packed_subject
from faithlens.engine.reference import Reference
from faithlens.engine.sequence import read_out
from faithlens.errors import FaithlensError
from faithlens.models import packed, speaking
from faithlens.models.checkpoint import Checkpoint
from faithlens.models.tree import ROOT, Tree, spans
from faithlens.models.tree import packed as bins
from faithlens.models.vision import Vision
from faithlens.prompts import PUBLISHED
from faithlens.records import Answer, Answered, Prompt, Request, Span, Speak, View, Weigh
from tests import tiny

NATS = 1e-4
TEMPLATE = PUBLISHED["medvlm-r1"]
PROMPTS = [
    Prompt(TEMPLATE, "Which modality is shown?", ("MRI", "CT", "X-ray")),
    Prompt(TEMPLATE, "Which modality is shown?", ("CT", "X-ray", "MRI")),
    Prompt(PUBLISHED["med-r1"], "Is there a nodule?", ("Yes", "No")),
    # the tiny vocabulary knows letters up to D in one token
    Prompt(TEMPLATE, "Where is it?", ("left", "right", "both", "neither", "above", "below")),
]
# beginnings of each other, an empty one, none, and one of characters that take several tokens
THINKS = [None, Span(), *(Span("A nodule is seen. It is CT."[:n]) for n in (1, 8, 17, 27)), Span("≈ 結節 🫁")]


@pytest.fixture(scope="module")
def loaded(checkpoints: dict[str, Path]) -> dict[str, Checkpoint]:
    return {family: models.load(str(folder)) for family, folder in checkpoints.items()}


def views(pictures: tuple[str, ...]) -> list[View]:
    return [View(), *(View((path,)) for path in pictures), View(pictures[:2])]


def plans(pictures: tuple[str, ...]) -> st.SearchStrategy[list[Request]]:
    view, prompt = st.sampled_from(views(pictures)), st.sampled_from(PROMPTS)
    think = st.sampled_from(THINKS)
    text = st.sampled_from([Span("A nodule."), Span("A nodule is seen."), Span("")])
    answers = st.builds(Answer, view, prompt, think)
    weighings = st.builds(Weigh, view, prompt, text, st.sampled_from([Span(), Span("<think>")]))
    return st.lists(answers | weighings, min_size=1, max_size=10)


def values(reply) -> tuple[float, ...]:
    return reply.logprobs_nats if isinstance(reply, Answered) else (reply.logprob_nats, float(reply.tokens))


@pytest.mark.parametrize("family", tiny.FAMILIES)
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_plans_agree_with_one_forward_a_request(
    family: str, data: st.DataObject, loaded: dict[str, Checkpoint], pictures: tuple[str, ...]
):
    requests = data.draw(plans(pictures))
    budget = data.draw(st.sampled_from([64, 300, 2048]))
    engine = packed_subject(loaded[family])
    engine.budget = budget
    expected = Reference(loaded[family]).respond(requests)
    for ours, theirs in zip(engine.respond(requests), expected, strict=True):
        assert values(ours) == pytest.approx(values(theirs), abs=NATS)


@pytest.mark.slow
@pytest.mark.parametrize("family", tiny.FAMILIES)
@given(data=st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_300_random_plans_a_family(
    family: str, data: st.DataObject, loaded: dict[str, Checkpoint], pictures: tuple[str, ...]
):
    test_random_plans_agree_with_one_forward_a_request.hypothesis.inner_test(family, data, loaded, pictures)


@pytest.mark.parametrize("family", tiny.FAMILIES)
def test_replies_are_those_of_the_reference(family: str, loaded: dict[str, Checkpoint], pictures: tuple[str, ...]):
    requests = [
        Speak(view, prompt, begin, 12, temperature, seed)
        for view in views(pictures)
        for prompt in PROMPTS[:3:2]
        for begin in (Span(), Span("<think>A nodule"))
        for temperature, seed in ((0.0, 0), (1.0, 1), (1.0, 2))
    ]
    engine = packed_subject(loaded[family])
    engine.voices = 7
    ours, theirs = engine.respond(requests), Reference(loaded[family]).respond(requests)
    assert ours == theirs
    one, other = ({reply.text for reply in ours[seed::3]} for seed in (1, 2))
    assert one.isdisjoint(other), "each seed has a text of its own"


def test_a_reply_does_not_depend_on_who_else_speaks(loaded: dict[str, Checkpoint], pictures: tuple[str, ...]):
    engine = packed_subject(loaded["qwen2_vl"])
    requests = [Speak(view, PROMPTS[0], max_new_tokens=10, temperature=0.8, seed=5) for view in views(pictures)]
    together = engine.respond(requests)
    assert together == [engine.respond([request])[0] for request in requests]
    assert engine.respond(requests[::-1])[::-1] == together


@pytest.mark.parametrize("family", tiny.FAMILIES)
def test_options_of_several_tokens_are_read_whole(
    family: str, loaded: dict[str, Checkpoint], pictures: tuple[str, ...]
):
    """The likelihood of an option is the product over its tokens, by the chain rule on whole sequences."""
    checkpoint, view = loaded[family], View((pictures[0],))
    request = Answer(view, PROMPTS[3], Span("A nodule."))
    place = read_out(request, checkpoint)
    assert {len(tail) for tail in place.tails} == {1, 2}
    before = [*checkpoint.prompt_ids(request.prompt, view), *place.prefix]
    by_hand = []
    for tail in place.tails:
        rows = checkpoint.logprobs([*before, *tail], view, len(before))
        by_hand.append(sum(float(rows[i, token]) for i, token in enumerate(tail)))
    (found,) = packed_subject(checkpoint).respond([request])
    assert values(found) == pytest.approx(by_hand, abs=NATS)


def test_own_tokens_are_kept(loaded: dict[str, Checkpoint]):
    """A think whose own tokens are not those that the tokenizer would choose is run as it was written."""
    checkpoint = loaded["qwen2_vl"]
    ids = tuple(token for letter in "nodule" for token in checkpoint.encode(letter))
    assert ids != tuple(checkpoint.encode("nodule"))
    own, text = (Answer(View(), PROMPTS[0], Span("nodule", given)) for given in (ids, ()))
    engine, reference = packed_subject(checkpoint), Reference(checkpoint)
    ours, theirs = engine.respond([own, text]), reference.respond([own, text])
    assert ours[0] != ours[1]
    for one, other in zip(ours, theirs, strict=True):
        assert values(one) == pytest.approx(values(other), abs=NATS)


# ------------------------------------------------------------------------------------------- cost


def test_every_prefix_is_run_once_and_every_view_encoded_once(loaded: dict[str, Checkpoint], pictures: tuple[str, ...]):
    checkpoint = loaded["qwen2_vl"]
    view = View((pictures[0],))
    engine = packed_subject(checkpoint)
    requests = [Answer(view, PROMPTS[0], Span("A nodule is seen."[:n])) for n in range(17)]
    engine.respond(requests)
    prompt = len(checkpoint.prompt_ids(PROMPTS[0], view))
    assert engine.cost.vision_encodes == 1 and engine.cost.forwards == 1
    alone = Reference(checkpoint)
    alone.respond(requests)
    assert engine.cost.tokens_run < prompt + 17 * 30 < alone.cost.tokens_run / 2
    engine.respond(requests)
    assert engine.cost.vision_encodes == 1, "features are kept"


def test_a_tree_beyond_the_budget_runs_no_token_twice(loaded: dict[str, Checkpoint], pictures: tuple[str, ...]):
    checkpoint = loaded["qwen3_vl"]
    requests = [Answer(View((pictures[2],)), prompt, think) for prompt in PROMPTS for think in THINKS]
    wide, narrow = packed_subject(checkpoint), packed_subject(checkpoint)
    narrow.budget = 50
    for one, other in zip(wide.respond(requests), narrow.respond(requests), strict=True):
        assert values(one) == pytest.approx(values(other), abs=NATS)
    assert wide.cost.tokens_run == narrow.cost.tokens_run


def test_what_was_run_is_gone_on_from_in_later_calls(loaded: dict[str, Checkpoint], pictures: tuple[str, ...]):
    """A plan that asks in rounds costs each prefix once, and less memory costs tokens but changes no answer."""
    checkpoint = loaded["qwen3_vl"]
    rounds: list[list[Request]] = [[Answer(view, PROMPTS[0], think) for view in views(pictures)] for think in THINKS]
    rounds.append([Weigh(view, PROMPTS[2], Span("A nodule.")) for view in views(pictures)])
    engine, forgetful, alone = packed_subject(checkpoint), packed_subject(checkpoint), Reference(checkpoint)
    forgetful.limit_bytes = 0
    for requests in rounds:
        for ours, other, theirs in zip(*(s.respond(requests) for s in (engine, forgetful, alone)), strict=True):
            assert values(ours) == pytest.approx(values(theirs), abs=NATS)
            assert values(other) == pytest.approx(values(theirs), abs=NATS)
    cost = engine.cost
    assert cost.tokens_run == cost.tokens_unique == forgetful.cost.tokens_unique < forgetful.cost.tokens_run
    assert cost.tokens_requested == alone.cost.tokens_run > 2 * cost.tokens_unique
    assert cost.peak_bytes > 0 and cost.vision_seconds > 0 and cost.forward_seconds > 0


def test_costs_of_parts_add_up_and_the_highest_peak_stays():
    found = total([{"tokens_run": 2, "peak_bytes": 5}, {"tokens_run": 3, "replies": 1, "peak_bytes": 4}])
    assert (found["tokens_run"], found["replies"], found["forwards"], found["peak_bytes"]) == (5, 1, 0, 5)


def test_features_are_kept_within_their_bound(loaded: dict[str, Checkpoint], pictures: tuple[str, ...]):
    shown = [View((path,)) for path in pictures]
    one = Vision(loaded["qwen2_vl"]).features(shown[:1])[shown[0]]
    vision = Vision(loaded["qwen2_vl"], limit_bytes=one.bytes)
    vision.features(shown)
    vision.features(shown[:1])
    assert vision.encodes == 4, "the first was dropped and had to be encoded again"


# --------------------------------------------------------------------------------- what goes wrong


def test_when_memory_runs_out_the_budget_halves_and_nothing_is_lost(
    loaded: dict[str, Checkpoint], pictures: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
):
    requests: list[Request] = [Answer(view, PROMPTS[0], think) for view in views(pictures) for think in THINKS]
    requests += [Speak(view, PROMPTS[0], max_new_tokens=5) for view in views(pictures)]
    expected = packed_subject(loaded["qwen2_vl"]).respond(requests)
    engine = packed_subject(loaded["qwen2_vl"])
    run = packed.run

    def small(checkpoint, vision, work, budget):
        if budget > 256:
            raise torch.OutOfMemoryError("out of memory")
        return run(checkpoint, vision, work, budget)

    monkeypatch.setattr(packed, "run", small)
    for one, other in zip(engine.respond(requests), expected, strict=True):
        if isinstance(one, Answered):
            assert values(one) == pytest.approx(values(other), abs=NATS)
        else:
            assert one == other
    assert engine.budget == 256


def test_when_memory_runs_out_while_speaking_fewer_speak_at_once(
    loaded: dict[str, Checkpoint], pictures: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
):
    requests = [
        Speak(view, prompt, Span(), 6, temperature, 3)
        for view in views(pictures)
        for prompt in PROMPTS[:2]
        for temperature in (0.0, 1.0)
    ]
    expected = packed_subject(loaded["qwen2_vl"]).respond(requests)
    engine, speak = packed_subject(loaded["qwen2_vl"]), speaking.speak

    def few(checkpoint, voices):
        speak(checkpoint, voices[:4])
        if len(voices) > 4:
            raise torch.OutOfMemoryError("out of memory")

    monkeypatch.setattr(speaking, "speak", few)
    assert engine.respond(requests) == expected, "what was begun is spoken again from its beginning"
    assert engine.voices == 4


def test_out_of_memory_at_the_smallest_size_is_not_hidden(loaded: dict[str, Checkpoint], monkeypatch):
    def never(*arguments):
        raise torch.OutOfMemoryError("out of memory")

    monkeypatch.setattr(packed, "run", never)
    with pytest.raises(torch.OutOfMemoryError):
        packed_subject(loaded["qwen2_vl"]).respond([Answer(View(), PROMPTS[0])])


def test_a_broken_image_fails_its_own_requests(
    loaded: dict[str, Checkpoint], pictures: tuple[str, ...], tmp_path: Path
):
    (tmp_path / "broken.png").write_bytes(b"no picture")
    broken = View((str(tmp_path / "broken.png"),))
    engine: Packed = packed_subject(loaded["qwen2_vl"])
    replies = engine.respond(
        [Answer(broken, PROMPTS[0]), Answer(View((pictures[0],)), PROMPTS[0]), Speak(broken, PROMPTS[0])]
    )
    assert [isinstance(reply, FaithlensError) for reply in replies] == [True, False, True]


# ---------------------------------------------------------------------------------------- by hand


def test_who_sees_whom_by_hand():
    #   0 - 1 - 2
    #        \ 3
    #   4
    tree = Tree(View())
    two = tree.grow(ROOT, [7, 8, 9], 0)[1]
    tree.grow(two, [6], 2)
    tree.grow(ROOT, [5], 0)
    assert tree.parents == [-1, 0, 1, 1, -1]
    # depth first: 0 1 2 3 4; what comes after 0 ends before place 4, after 1 too, after the others with themselves
    first, last = spans(tree.parents)
    assert first.tolist() == [0, 1, 2, 3, 4] and last.tolist() == [4, 4, 3, 4, 5]
    seen = (first <= first[:, None]) & (first[:, None] < last)
    assert seen.astype(int).tolist() == [
        [1, 0, 0, 0, 0],
        [1, 1, 0, 0, 0],
        [1, 1, 1, 0, 0],
        [1, 1, 0, 1, 0],
        [0, 0, 0, 0, 1],
    ]


def test_packing_by_hand():
    # largest first into a budget of 10: 20 alone, 7 + 3, 5 + 4
    assert bins([5, 3, 7, 4, 20], 10) == [[4], [2, 1], [0, 3]]
