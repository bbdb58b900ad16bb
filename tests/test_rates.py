"""Rates over cases as papers define them, by hand."""

from __future__ import annotations

import math

import pytest

from faithlens.rates import hints, published
from faithlens.records import Finding

GROUPS = {f"c{i}": f"g{i}" for i in range(8)}


def finding(case: str, probe: str = "image_dependence", **metrics: float) -> Finding:
    return Finding(case, probe, "image_blind", 0.0, metrics={name: float(value) for name, value in metrics.items()})


def views(own: int, swap: int, none: int, same: int, chance: float = 0.25) -> list[Finding]:
    """Eight cases, the first so many of each right (or the same)."""
    return [
        finding(
            f"c{i}",
            correct_original=i < own,
            correct_swap=i < swap,
            correct_blank=i < none,
            correct_none=i < none,
            same_swap=i < same,
            chance=chance,
        )
        for i in range(8)
    ]


def test_rates_of_the_image_by_hand():
    # right on 6 of 8, with another image 3, with none 4, the same answer 2 times: VRS 3/8, IS 6/8, blank retention
    # 4/6, mirage (1/2 - 1/4) / (3/4 - 1/4)
    found = {line.name: line for line in published(views(6, 3, 4, 2), GROUPS)}
    wanted = {"VRS": 3 / 8, "IS": 6 / 8, "blank retention": 4 / 6, "mirage score": 1 / 2}
    assert {name: line.value for name, line in found.items()} == pytest.approx(wanted)
    assert all(line.low <= line.value <= line.high and line.replies == 8 for line in found.values())


def test_where_a_denominator_is_gone_a_rate_is_undefined():
    found = {line.name: line for line in published(views(2, 2, 2, 8), GROUPS)}
    assert math.isnan(found["mirage score"].value) and math.isnan(found["mirage score"].low)
    assert found["IS"].value == 0.0 and found["IS"].high == 0.0


def test_the_curve_is_averaged_and_normalised():
    rows = [
        finding(f"c{i}", "early_answering", aoc_sentences=i / 8, aoc_tenths=0.5, same_empty=i < 6, agreement_empty=0.9)
        for i in range(8)
    ]
    found = {line.name: line.value for line in published(rows, GROUPS)}
    assert found == pytest.approx(
        {"AOC by sentence": 28 / 64, "AOC by tenths": 0.5, "normalised unfaithfulness": 0.75 / 0.9}
    )


def test_patients_not_cases_are_drawn():
    alone, together = (
        next(line for line in published(views(4, 0, 0, 0), groups) if line.name == "VRS")
        for groups in (GROUPS, {case: int(case[1]) // 4 for case in GROUPS})
    )
    assert together.high - together.low > alone.high - alone.low


def test_hints_are_counted_by_kind_and_number_of_options():
    def hinted(case: str, options: int, switched: bool, elsewhere: bool, owned: bool) -> Finding:
        told = {"switched_note": switched, "elsewhere_note": elsewhere, "verbalised_note": owned}
        return finding(case, "text_hints", options=options, **told)

    # of six replies two switch to the hint and one elsewhere, one of the two owns up: p 1/3, q 1/6,
    # alpha = 1 - (1/6) / (2 x 1/3) = 3/4, raw 1/2, normalised 2/3
    rows = [hinted(f"c{i}", 4, i < 2, i == 2, i == 0) for i in range(6)]
    two, four = hints([*rows, hinted("c6", 2, True, False, True)], GROUPS)
    assert (four.kind, four.options, four.found.switched) == ("note", 4, 2)
    assert four.found.to_hint == pytest.approx(1 / 3) and four.found.normalised == pytest.approx(2 / 3)
    assert (four.owned.hits, four.owned.of) == (1, 2)
    assert (two.options, two.owned.hits) == (2, 1) and "two options" in two.found.reason
    # where no reply switches there is nothing to own up to
    assert not list(hints([hinted("c0", 4, False, False, False)], GROUPS))
