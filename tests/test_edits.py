"""Edits: cuts keep the model's tokens, permutations come back, pictures keep their size."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from faithlens.edits.image import (
    Blank,
    Grain,
    HideTiles,
    Mirror,
    Noise,
    Occlude,
    OccludeElsewhere,
    OccludeHalf,
    OccludeMargin,
    Reencode,
    Shift,
    ShufflePatches,
)
from faithlens.edits.lexicon import lexicon, terms
from faithlens.edits.marks import SHAPES, BurnIn
from faithlens.edits.mistakes import mistakes
from faithlens.edits.question import mirrored, names_a_side, negated, reversed_comparison, reworded
from faithlens.edits.stored import revived, written
from faithlens.edits.text import cut_by_sentence, cut_by_token, permute, rename_letters, sentence_ends, unrelated
from faithlens.errors import RunError
from faithlens.records import ImageEdit, Span, Trace


def trace(think: str, tokens: bool = True) -> Trace:
    reply = f"<think>{think}</think>\n\n<answer>A</answer>"
    ids = tuple(range(len(reply))) if tokens else ()
    return Trace("a", reply, "ok", "A", (7, 7 + len(think)), reply_ids=ids, reply_starts=ids)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        ("One sentence without an end", ["One sentence without an end"]),
        ("A mass. It is 3.5 cm wide.", ["A mass.", " It is 3.5 cm wide."]),
        ("The answer is B. So it is.", ["The answer is B.", " So it is."]),
        ("A. Lung\nB. Heart\nSo B.", ["A. Lung\n", "B. Heart\n", "So B."]),
        ("Really? (Yes.) Good!", ["Really?", " (Yes.)", " Good!"]),
    ],
)
def test_sentences(text: str, sentences: list[str]):
    ends = sentence_ends(text)
    assert [text[a:b] for a, b in zip([0, *ends], ends, strict=False)] == sentences


def test_cuts_by_sentence_grow_from_nothing_to_the_whole_think_in_its_own_tokens():
    shown = trace("A mass. It grows. So A.")
    cuts = cut_by_sentence(shown)
    assert [cut.text for cut in cuts] == ["", "A mass.", "A mass. It grows.", "A mass. It grows. So A."]
    # each character is a token and its id is its offset; the think begins at 7
    assert all(cut.ids == tuple(range(7, 7 + len(cut.text))) for cut in cuts)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60), st.booleans())
def test_cuts_are_beginnings_of_the_think_and_never_shrink(think: str, tokens: bool):
    shown = trace(think, tokens)
    for cuts in (cut_by_sentence(shown), cut_by_token(shown, 10)):
        texts = [cut.text for cut in cuts]
        assert texts[0] == "" and texts[-1] == think
        assert all(think.startswith(text) for text in texts)
        assert all(len(a) <= len(b) for a, b in pairwise(texts))


def test_tenths():
    cuts = cut_by_token(trace("0123456789" * 2), 10)
    assert [len(cut.text) for cut in cuts] == [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20]


def test_a_token_that_straddles_the_end_of_a_span_is_left_out():
    shown = Trace(
        "a", "<think>end.</think>", "no_answer", think_span=(7, 11), reply_ids=(5, 6, 7), reply_starts=(0, 7, 10)
    )
    # tokens "<think>", "end", ".</think>"
    assert shown.cut(7, 11) == Span("end.", (6,))


def test_unrelated_text_has_as_many_words_as_asked():
    assert [len(unrelated(words).split()) for words in (0, 1, 300)] == [0, 1, 300]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("B) fits. The answer is B.", "C) fits. The answer is C."),
        ("A mass is seen.", "A mass is seen."),
        ("Option B and option A", "Option C and option B"),
        ("Hepatitis B virus", "Hepatitis B virus"),
        ("(B) or A:", "(C) or B:"),
        ("The answer is B", "The answer is C"),
    ],
)
def test_letters_are_renamed_where_they_name_an_option(before: str, after: str):
    assert rename_letters(before, {"A": "B", "B": "C", "C": "A"}) == after


@given(st.lists(st.integers(), min_size=1, max_size=6), st.integers(-7, 7))
def test_permuting_back_is_the_identity(options: list[int], shift: int):
    assert permute(permute(options, shift), -shift) == tuple(options)
    assert permute(options, shift)[shift % len(options)] == options[0]


def test_pictures_keep_their_size():
    picture = Image.fromarray(np.arange(60 * 40 * 3, dtype=np.uint8).reshape(40, 60, 3))
    box = ((5.0, 5.0, 25.0, 15.0),)
    edits = (Blank(), Reencode(), Noise(), ShufflePatches(), Mirror(), Shift(), Occlude(box), OccludeElsewhere(box))
    for edit in (*edits, OccludeHalf("left"), OccludeHalf("top"), OccludeMargin()):
        assert edit(picture).size == picture.size
        assert np.array_equal(edit(picture), edit(picture))
    assert len(set(map(tuple, np.asarray(Blank()(picture)).reshape(-1, 3)))) == 1
    # mean of one channel of a picture of 0 and 100
    two = Image.fromarray(np.array([[[0, 0, 0], [100, 100, 100]]], dtype=np.uint8))
    assert np.asarray(Blank()(two)).max() == np.asarray(Blank()(two)).min() == 50


def grey(rows: list[list[int]]) -> Image.Image:
    return Image.fromarray(np.repeat(np.array(rows, dtype=np.uint8)[:, :, None], 3, axis=2))


def values(picture: Image.Image) -> list[list[int]]:
    return np.asarray(picture)[:, :, 0].tolist()


def test_noise_keeps_mean_and_contrast_and_depends_on_its_seed_alone():
    # half 60, half 140: mean 100, standard deviation 40; over 10,000 pixels the sample is within 2 of both
    picture = grey([[60] * 100] * 50 + [[140] * 100] * 50)
    noise = np.asarray(Noise(3)(picture), dtype=float)
    assert noise.mean() == pytest.approx(100, abs=2) and noise.std() == pytest.approx(40, abs=2)
    assert np.array_equal(noise[:, :, 0], noise[:, :, 2]) and not np.array_equal(noise, np.asarray(Noise(4)(picture)))


def test_shuffled_patches_are_the_same_patches():
    # 2 x 2 patches of one pixel each, and a last row that fills no patch
    picture = grey([[1, 2], [3, 4], [5, 6]])
    shuffled = values(ShufflePatches(seed=2, grid=2)(picture))
    assert sorted(shuffled[0] + shuffled[1]) == [1, 2, 3, 4] and shuffled[2] == [5, 6]
    assert shuffled != values(picture)


def test_mirror_and_shift():
    assert values(Mirror()(grey([[1, 2, 3]]))) == [[3, 2, 1]]
    assert values(Shift(0.5)(grey([[1], [2], [3], [4]]))) == [[1], [1], [1], [2]]


def test_a_region_is_painted_in_the_colour_around_it():
    rows = [[10] * 9 for _ in range(9)]
    rows[4][4] = 250
    assert values(Occlude(((4, 4, 5, 5),))(grey(rows))) == [[10] * 9] * 9
    # a box that fills the picture has no ring: its own mean
    assert values(Occlude(((0, 0, 2, 1),))(grey([[0, 100]]))) == [[50, 50]]
    # a box beyond the picture is cut to it
    assert values(Occlude(((1, 0, 99, 99),))(grey([[7, 200]]))) == [[7, 7]]


def test_the_control_region_is_of_equal_size_off_the_box_and_like_it():
    # a 2 x 2 lesion of 0 and 200 in the upper left, its like in the lower right; all else is flat
    rows = [[50] * 10 for _ in range(10)]
    for top, left in ((0, 0), (8, 8)):
        rows[top][left], rows[top][left + 1], rows[top + 1][left], rows[top + 1][left + 1] = 0, 200, 200, 0
    control = OccludeElsewhere(((0, 0, 2, 2),))
    assert list(control.places(np.asarray(grey(rows), dtype=float))) == [(8, 8, 10, 10)]
    hidden = values(control(grey(rows)))
    assert hidden[0][:2] == [0, 200] and hidden[9][9] == 50
    second = OccludeElsewhere(((0, 0, 2, 2),), rank=1)
    assert list(second.places(np.asarray(grey(rows), dtype=float))) != [(8, 8, 10, 10)]


def test_halves_and_margins():
    assert values(OccludeHalf("left")(grey([[0, 0, 50, 50]]))) == [[25, 25, 50, 50]]
    assert values(OccludeHalf("right")(grey([[0, 0, 50, 50]]))) == [[0, 0, 25, 25]]
    # marks in a corner and at mid-edge: each cover takes its own away and leaves the other
    rows = [[9] * 5 for _ in range(5)]
    rows[0][0], rows[4][2] = 255, 200
    corners, edges = values(OccludeMargin("corners", 0.2)(grey(rows))), values(OccludeMargin("edges", 0.2)(grey(rows)))
    assert (corners[0][0], corners[4][2]) == (9, 200) and (edges[0][0], edges[4][2]) == (255, 9)
    assert values(OccludeMargin("corners", 0.2, ((0, 0, 1, 1),))(grey(rows)))[0][0] == 255


# --------------------------------------------------------------------------------------- questions


@pytest.mark.parametrize(
    ("question", "twin"),
    [
        ("Is there a mass in this abdominal CT?", "Is mass absent in this abdominal CT?"),
        ("Is there evidence of pneumothorax?", "Is pneumothorax absent?"),
        ("Are there any nodules in the image?", "Are nodules absent in the image?"),
        ("Does this chest X-ray show an effusion?", "Is effusion absent from this chest X-ray?"),
        ("Can a lesion be seen in this brain MRI?", "Is lesion absent in this brain MRI?"),
        ("Is cardiomegaly present?", "Is cardiomegaly absent?"),
        ("Is there evidence of an abdominal hernia?", "Is abdominal hernia absent?"),
        ("Is there free air present?", "Is free air absent?"),
        ("Is there any hemorrhage seen within the kidneys?", "Is hemorrhage within the kidneys absent?"),
        ("Is the spleen present in this image?", "Is the spleen absent in this image?"),
        ("Is the appendix seen in this image inflamed?", None),
        ("Does the liver contain at least one hypodensity?", None),
        ("Is there no mass?", None),
        ("Is the heart normal?", None),
        ("Is this an MRI or a CT?", None),
        ("What is seen?", None),
    ],
)
def test_negated_questions(question: str, twin: str | None):
    assert negated(question) == twin


def test_reversed_comparisons():
    assert (
        reversed_comparison("Is the left kidney larger than the right kidney?")
        == "Is the right kidney larger than the left kidney?"
    )
    assert reversed_comparison("Is the left kidney large?") is None


@pytest.mark.parametrize(
    ("text", "twin"),
    [
        ("Left lung, left-sided", "Right lung, right-sided"),
        ("RIGHT", "LEFT"),
        ("Which is the right answer: left?", "Which is the right answer: right?"),
        ("brightness", "brightness"),
    ],
)
def test_mirrored_texts(text: str, twin: str):
    assert mirrored(text) == twin and mirrored(twin) == text


def test_sides_and_rewordings():
    assert names_a_side("On the left?") and not names_a_side("What is the right answer?")
    assert len({*reworded("What is seen?"), "What is seen?"}) == 4
    assert all("What is seen?" in other for other in reworded("What is seen?"))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_mark_changes_its_own_place_alone_and_its_label_shows(shape: str):
    picture = Image.new("RGB", (112, 112), (90, 90, 90))
    plain, a, b = (np.asarray(BurnIn(shape, label, seed=4)(picture), dtype=int) for label in ("", "A", "B"))
    assert plain.shape == (112, 112, 3)
    left, top, side = BurnIn(shape, seed=4).place((112, 112))
    for marked in (plain, a, b):
        changed = np.argwhere((marked != 90).any(axis=2))
        assert len(changed)
        # a heat map fades out, and a letter may reach a little below its square
        reach = side if shape == "heat_map" else side // 2
        assert changed.min() >= min(left, top) - reach and changed.max() < max(left, top) + side + reach
    assert (plain != a).any() and (a != b).any()
    assert np.array_equal(a, np.asarray(BurnIn(shape, "A", seed=4)(picture)))


def test_a_heat_map_is_half_red_at_its_centre():
    picture = Image.new("RGB", (64, 64), (0, 0, 100))
    left, top, side = BurnIn("heat_map").place((64, 64))
    centre = np.asarray(BurnIn("heat_map")(picture))[top + side // 2, left + side // 2]
    # alpha .5 there: half of 255 red, half of 100 blue
    assert tuple(centre) == (128, 0, 50)


# ---------------------------------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("sentence", "options", "kind", "mistaken"),
    [
        ("There is a glioma.", ("glioma", "infarct"), "finding", "There is an infarct."),
        ("A Mass is seen.", (), "finding", "A Fluid collection is seen."),
        ("It lies on the left.", (), "side", "It lies on the right."),
        ("In the upper lobe.", (), "side", "In the lower lobe."),
        ("A bright rim.", (), "appearance", "A dark rim."),
        ("There is no lesion.", (), "negation", "There is a lesion."),
        ("B) cyst fits.", ("cyst", "abscess"), "negation", "B) cyst does not fit."),
        ("B) cyst does not fit.", ("cyst", "abscess"), "finding", "B) abscess does not fit."),
        ("It is 3 cm wide.", (), "number", "It is 7 cm wide."),
        ("This is an MRI.", (), "modality", "This is a CT."),
    ],
)
def test_mistakes(sentence: str, options: tuple[str, ...], kind: str, mistaken: str):
    made = {mistake.kind: mistake.text for mistake in mistakes(sentence, options)}
    assert made[kind] == mistaken


def test_the_longest_word_counts_and_a_word_inside_another_does_not():
    (only,) = terms("A pleural effusion.", ("finding",))
    assert "A pleural effusion."[only.start : only.end] == "pleural effusion"
    assert not terms("massive brightness", ("finding", "appearance"))
    assert not mistakes("So what?")


def test_every_group_of_the_lexicon_has_another_word_to_go_to():
    for groups in lexicon().values():
        assert all(len(group) > 1 and len(set(group)) == len(group) for group in groups)
    words = [word for groups in lexicon().values() for group in groups for word in group[:-1]]
    assert len(words) == len(set(words)), "a word that begins two groups would be swapped by chance"


@given(st.sampled_from(["The mass is bright.", "No lesion on the left.", "12 mm cyst", "", "B) fits."]), st.booleans())
def test_a_mistake_is_a_change(sentence: str, with_options: bool):
    assert all(one.text != sentence for one in mistakes(sentence, ("mass", "cyst") if with_options else ()))


EVERY_EDIT = [
    Blank(),
    Reencode(80),
    Noise(3),
    ShufflePatches(5),
    Occlude(((1.0, 2.0, 3.0, 4.0),)),
    BurnIn("arrow", "B", 2, ((0.0, 0.0, 8.0, 8.0),)),
    HideTiles(3, 4, (0, 7), "blur"),
    Grain(0.02, 1),
]


@pytest.mark.parametrize("edit", EVERY_EDIT, ids=lambda edit: type(edit).__name__)
def test_an_edit_is_stored_as_text_and_revived_equal(edit: ImageEdit):
    assert revived(written(edit)) == edit


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"edit": "Nothing"}', '{"edit": "Blank", "code": "x"}', "null"])
def test_only_known_edits_are_revived(text: str):
    with pytest.raises(RunError, match="no image edit"):
        revived(text)


# ----------------------------------------------------------------------------------- tiles, noise


def test_hidden_tiles_take_the_mean_and_the_rest_stays():
    # 40 x 30 px in 3 rows of 4 are squares of 10 px; tile 6 is the third of the second row
    image = Image.fromarray(np.random.default_rng(0).integers(0, 255, (30, 40, 3), dtype=np.uint8))
    before, after = np.asarray(image), np.asarray(HideTiles(3, 4, (6,))(image))
    assert (after[10:20, 20:30] == np.rint(before.mean(axis=(0, 1)))).all()
    changed = (before != after).any(axis=-1)
    assert not changed[:10].any() and not changed[20:].any() and not changed[:, :20].any() and not changed[:, 30:].any()


def test_all_tiles_hidden_is_blank_or_blurred():
    image = Image.fromarray(np.random.default_rng(0).integers(0, 255, (31, 43, 3), dtype=np.uint8))
    everything = tuple(range(15))
    assert np.array_equal(HideTiles(3, 5, everything)(image), Blank()(image))
    blurred = np.asarray(HideTiles(3, 5, everything, "blur")(image)).astype(float)
    assert blurred.std() < 0.2 * np.asarray(image).std()
    assert blurred.mean() == pytest.approx(np.asarray(image).mean(), abs=3)


def test_grain_is_slight_and_seeded():
    image = Image.new("RGB", (60, 60), (128, 128, 128))
    noise = np.asarray(Grain(0.02, 3)(image)).astype(float) - 128
    assert noise.std() == pytest.approx(0.02 * 255, rel=0.05)
    assert np.array_equal(Grain(0.02, 3)(image), Grain(0.02, 3)(image))
    assert not np.array_equal(Grain(0.02, 3)(image), Grain(0.02, 4)(image))
