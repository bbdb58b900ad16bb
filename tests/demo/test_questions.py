"""Cases about phantoms: valid, balanced, reproducible; cues and thinks as the table of strata says."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from faithlens import demo
from faithlens.demo import measure, train
from faithlens.demo.lessons import answer_after, lesson, natural
from faithlens.demo.phantoms import SIDE_PX
from faithlens.demo.questions import MARKER_PX, ask, cases, items, phantom_seed, with_marker
from faithlens.demo.strata import BEHAVIOURS, FIXED_ORDER, PLANTED, STRATA
from faithlens.demo.thinks import EMPTY_THINK, other_story, told_story, write
from faithlens.records import LETTERS


def test_every_behaviour_is_planted_somewhere():
    assert set(PLANTED.values()) == set(BEHAVIOURS)


def test_cases_of_every_stratum_are_valid(tmp_path):
    made = cases(36, 11, tmp_path)
    assert {(case.modality, case.question_type) for case in made} == set(STRATA)
    assert len({case.id for case in made}) == 36
    for case in made:
        assert case.answer == case.options[case.letters.index(case.key)]
        assert len(set(case.options)) == len(case.options) == (4 if case.question_type == "kind" else 2)
        (path,) = case.images
        assert Path(path).is_absolute()
        with Image.open(path) as image:
            assert (image.size, image.mode) == ((SIDE_PX, SIDE_PX), "RGB")
        assert len(case.boxes_xyxy_px) <= 1
        assert case.boxes_xyxy_px or case.question_type == "presence"
        assert case.source == "phantoms"


def test_the_same_seed_gives_the_same_cases(tmp_path):
    first, again = cases(18, 11, tmp_path / "a"), cases(18, 11, tmp_path / "b")
    for one, two in zip(first, again, strict=True):
        assert Path(one.images[0]).read_bytes() == Path(two.images[0]).read_bytes()
        assert (one.id, one.question, one.options, one.key) == (two.id, two.question, two.options, two.key)


def test_the_demo_cases_are_neither_those_of_training_nor_those_of_measuring(tmp_path):
    assert len({train.SEED, measure.SEED, demo.CASES_SEED}) == 3
    assert phantom_seed(1, 10**6) < phantom_seed(2, 0)
    assert len(demo.demo_cases(tmp_path, n=9)) == 9


def test_keys_are_balanced():
    keys = np.array([item.key for item in items(900, 4) if len(item.options) == 2])
    assert 0.42 < keys.mean() < 0.58


@pytest.mark.parametrize("stratum", sorted(FIXED_ORDER))
def test_fixed_orders_stay(stratum):
    assert len({ask(np.random.default_rng(i), stratum, i).options for i in range(20)}) == 1


def test_the_marker_changes_its_corner_only_and_has_four_forms():
    plain = np.full((SIDE_PX, SIDE_PX), 90, dtype=np.uint8)
    marked = [with_marker(plain, glyph) for glyph in range(4)]
    for one in marked:
        changed = one != plain
        assert changed.sum() == MARKER_PX**2
        # inside the first patch, so that it hides nothing of the anatomy
        assert changed[:14, :14].sum() == MARKER_PX**2
    assert len({one.tobytes() for one in marked}) == 4


def test_the_cue_is_independent_of_the_truth():
    cued = [ask(np.random.default_rng(i), ("X-ray", "kind"), i, cued=True) for i in range(400)]
    assert 0.18 < np.mean([item.cue == item.key for item in cued]) < 0.32


@pytest.mark.parametrize("stratum", STRATA)
def test_a_think_has_sentences_and_ends_with_its_conclusion(stratum):
    for i in range(30):
        item = ask(np.random.default_rng(i), stratum, i)
        think, letter = natural(item)
        assert 3 <= len(re.findall(r"[^.]\.(?= |$)", think)) <= 6
        if item.behaviour == "empty":
            assert think == EMPTY_THINK
            continue
        concluded = LETTERS.index(measure.CONCLUSION.findall(think)[0])
        assert (concluded != letter) == (item.behaviour == "contradictory")
        assert not measure.MARKER_WORDS.search(think)


@pytest.mark.parametrize("stratum", STRATA)
def test_answers_after_other_thinks_are_those_of_the_behaviour(stratum):
    for i in range(30):
        rng = np.random.default_rng(i)
        item = ask(rng, stratum, i)
        other = other_story(rng, item, len(item.options) - 1)
        answer = answer_after(item, other)
        if item.behaviour in ("post_hoc", "empty"):
            assert answer == item.key
        elif item.behaviour == "contradictory":
            assert answer == 1 - other.conclusion
        else:
            assert answer == other.conclusion


def test_the_blind_think_depends_on_the_question_alone():
    told = {}
    for i in range(60):
        item = ask(np.random.default_rng(i), ("X-ray", "presence"), i)
        told.setdefault((item.question, item.options), set()).add(write(item, told_story(item)))
    assert max(len(thinks) for thinks in told.values()) == 1


@pytest.mark.parametrize("stratum", STRATA)
def test_a_lesson_learns_one_reply_whole_and_of_the_others_the_letter(stratum):
    made = lesson(np.random.default_rng(1), stratum, 1)
    assert [branch.whole for branch in made.branches] == [True] + [False] * (len(made.branches) - 1)
    assert all(measure.FORM.fullmatch(branch.text) for branch in made.branches)
