"""Every word of the records has plain words."""

from __future__ import annotations

from faithlens.probes import discover
from faithlens.probes.four_quadrants import QUADRANTS
from faithlens.records import AXES, PARSE_STATUSES, ROLES
from faithlens.showing import words


def test_nothing_is_left_without_words():
    assert set(words.AXIS_MEANING) == set(words.AXIS_NAME) == set(AXES)
    assert set(words.ROLE_MEANING) == set(ROLES)
    assert set(words.STATUS_MEANING) == set(PARSE_STATUSES)
    assert set(words.QUADRANT_MEANING) == set(QUADRANTS)
    assert all(meaning.count(".") == 1 and meaning.endswith(".") for meaning in words.AXIS_MEANING.values())


def test_every_probe_asks_a_question():
    for name in discover():
        assert words.question(name).endswith("?"), name
    assert words.question("from_a_later_version") == "from_a_later_version"
