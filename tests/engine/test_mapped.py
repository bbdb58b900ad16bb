"""A map is asked for as what a subject answers about the image without each tile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from faithlens.edits.image import Blank, HideTiles
from faithlens.engine.ask import ask_all
from faithlens.engine.mapped import mapped
from faithlens.errors import FaithlensError, ImageError
from faithlens.organisms.blind import Blind
from faithlens.organisms.post_hoc import PostHoc
from faithlens.prompts import PUBLISHED
from faithlens.records import Answer, Answered, Attribute, Prompt, Request, Span, View, Weigh, Weighed

PROMPT = Prompt(PUBLISHED["medvlm-r1"], "Is there a nodule?", ("Yes", "No"))
VIEW = View(("/one.png",))
WEIGHTS = (1.0, -2.0, 0.0, 4.0, 0.5, 0.0)


class Tiles:
    """log p of B, and of any text, is the sum of the weights of the tiles that are shown; 1 more after a think."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    def respond(self, requests: Sequence[Request]) -> list[Any]:
        self.asked += requests
        return [self._one(request) for request in requests]

    def _one(self, request: Request) -> Answered | Weighed:
        shown = set(range(6)) if request.view.images else set()
        for edit in request.view.edits:
            shown -= set(range(6)) if isinstance(edit, Blank) else set(edit.hidden)  # type: ignore[attr-defined]
        value = sum(WEIGHTS[tile] for tile in shown) - 9
        if isinstance(request, Answer):
            return Answered((-1.0, value + (request.think is not None)))
        return Weighed(value, 3)


def ending(*wanted: Attribute | Answer):
    """A plan that returns what it was answered."""
    return (yield list(wanted))


def found(subject: Any, *wanted: Attribute | Answer) -> Any:
    (result,) = ask_all(subject, [mapped(ending(*wanted))])
    return result


def test_a_tile_is_worth_what_is_lost_without_it():
    of_answer = Attribute(Answer(VIEW, PROMPT), option=1, rows=2, cols=3)
    of_text = Attribute(Weigh(VIEW, PROMPT, Span("A nodule.")), rows=2, cols=3)
    first, plain, second = found(Tiles(), of_answer, Answer(VIEW, PROMPT), of_text)
    assert first.values == second.values == WEIGHTS
    assert first.effect_nats == sum(WEIGHTS) and first.grid == (2, 3)
    assert plain == Answered((-1.0, sum(WEIGHTS) - 9))


def test_a_subject_is_asked_about_edits_and_of_the_shown_view():
    subject, edited = Tiles(), View(VIEW.images, (HideTiles(2, 3, (3,)),))
    found(subject, Attribute(Answer(edited, PROMPT), option=1, rows=2, cols=3))
    assert len(subject.asked) == 2 + 6
    assert all(request.view.edits[:1] == edited.edits for request in subject.asked)


def test_a_map_of_an_organism_is_what_its_rewrite_says():
    # W7 never shows the image: nothing is lost. W1 answers without its think: the map is that of the bare question.
    wanted = Attribute(Answer(VIEW, PROMPT, Span("A nodule.")), option=1, rows=2, cols=3)
    (blind,) = found(Blind().over(Tiles()), wanted)
    assert blind.values == (0.0,) * 6 and blind.effect_nats == 0
    beneath = Tiles()
    (post_hoc,) = found(PostHoc().over(beneath), wanted)
    assert post_hoc.values == WEIGHTS
    assert all(request.think is None for request in beneath.asked if isinstance(request, Answer))


def test_one_tile_that_cannot_be_shown_ends_the_plan_alone():
    class Broken(Tiles):
        def _one(self, request: Request) -> Any:
            broken = any(isinstance(edit, HideTiles) for edit in request.view.edits)
            return ImageError("one.png is broken") if broken else super()._one(request)

    first, second = ask_all(Broken(), [mapped(ending(Attribute(Answer(VIEW, PROMPT)))), ending(Answer(VIEW, PROMPT))])
    assert isinstance(first, FaithlensError)
    assert second == [Answered((-1.0, sum(WEIGHTS) - 9))]


def test_what_a_map_cannot_be_of_is_a_fault():
    class Talking(Tiles):
        def _one(self, request: Request) -> Any:
            return "text"

    with pytest.raises(TypeError, match="a map is of"):
        found(Talking(), Attribute(Answer(VIEW, PROMPT)))
