"""Text of models is shown as text, whatever it holds."""

from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from faithlens.records import ROLES, Mark
from faithlens.showing.highlight import STYLE, escaped, highlighted, isolated

MARK = st.builds(
    Mark, st.integers(-3, 30), st.integers(-3, 30), st.sampled_from(ROLES), st.none() | st.integers(-1, 12)
)


def shown(page: str) -> str:
    """What a browser would show of it."""
    return html.unescape(re.sub(r"<[^>]*>", "", page))


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=30), st.lists(MARK, max_size=5))
def test_any_text_with_any_marks_shows_the_same_text(text: str, marks: list[Mark]):
    page = highlighted(text, marks)
    assert shown(page) == text
    assert re.sub(r'</?mark(?: class="[a-z ]+" title="[^"<>]+")?>', "", page) == html.escape(text)


def test_script_stays_text():
    assert "<script" not in escaped("<script>alert(1)</script>")
    assert "<img" not in highlighted('<img src=x onerror="alert(1)">', [Mark(3, 9, "claim")])


def test_controls_that_reorder_text_are_written_out():
    assert "\u202e" not in escaped("left \u202ethgir") and "U+202E" in escaped("left \u202ethgir")
    assert "right-to-left override" in escaped("\u202e")
    assert "\x00" not in escaped("a\x00b")
    assert isolated("שלום") == '<bdi dir="auto">שלום</bdi>'
    assert escaped("line\nnext\tcell") == "line\nnext\tcell"


def test_overlapping_marks_share_their_common_stretch():
    page = highlighted("abcdef", [Mark(0, 4, "supports", 1), Mark(2, 6, "hedge")])
    assert page == (
        '<mark class="supports" title="speaks for an option: B">ab</mark>'
        '<mark class="supports hedge" title="speaks for an option: B; expresses doubt">cd</mark>'
        '<mark class="hedge" title="expresses doubt">ef</mark>'
    )


def test_words_for_one_option_do_not_look_like_words_against_it():
    assert highlighted("right", [Mark(0, 5, "supports", 0), Mark(0, 5, "denies", 1)]) == (
        '<mark class="supports" title="speaks for an option: A; speaks against an option: B">right</mark>'
    )


def test_a_part_of_a_reply_keeps_the_marks_in_their_places():
    assert highlighted("<think>yes</think>", [Mark(7, 10, "conclusion", 0)], 7, 10) == (
        '<mark class="conclusion" title="states the conclusion: A">yes</mark>'
    )


def test_every_role_has_a_look():
    assert all(f"mark.{role} " in STYLE for role in ROLES)
