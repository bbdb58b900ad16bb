"""The other cases of an audit: donors for swapped images, chosen by the case alone."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from faithlens.records import Case, View

_VERDICTS = frozenset({"yes", "no", "true", "false", "normal", "abnormal"})


class Pool:
    """Cases by modality. The same case has the same donor whatever else is asked, whenever it is asked."""

    def __init__(self, cases: Sequence[Case], seed: int = 0) -> None:
        self.cases = tuple(cases)
        self._seed = seed
        self._by_modality: dict[str | None, list[Case]] = defaultdict(list)
        for case in cases:
            if case.images:
                self._by_modality[case.modality].append(case)

    def swap(self, case: Case) -> View | None:
        """The image of another patient in the same modality; None if there is none.

        Donors are shown as many images as the case has, so that the prompt keeps its form.
        """
        return self._drawn(case, self._donors(case))

    def same_label(self, case: Case) -> View | None:
        """The image of another patient to which the case's question has the same answer; None if there is none."""
        return self._drawn(case, [donor for donor, same in self._labelled(case) if same])

    def other_label(self, case: Case) -> View | None:
        """The image of another patient to which the case's question has another answer; None if there is none."""
        return self._drawn(case, [donor for donor, same in self._labelled(case) if not same])

    def others(self, case: Case, count: int) -> tuple[tuple[Case, ...], bool]:
        """Up to `count` cases of other patients in the same modality, drawn by the case alone, and whether alike.

        None has the same right answer, as far as that is known. Those of the same type of question and with the same
        options, which are alike, are taken where there are any.
        """
        own = _label(case)
        others = [donor for donor in self._donors(case) if own is None or _label(donor) != own]
        alike = [] if own is None else [donor for donor in others if _label(donor) and _sort(donor) == _sort(case)]
        ranked = sorted(alike or others, key=lambda donor: self._number(f"{case.id}\0{donor.id}"))
        return tuple(ranked[:count]), bool(alike)

    def _donors(self, case: Case) -> list[Case]:
        return [
            donor
            for donor in self._by_modality[case.modality]
            if donor.images != case.images
            and len(donor.images) == len(case.images)
            and (case.group is None or donor.group != case.group)
        ]

    def _labelled(self, case: Case) -> list[tuple[Case, bool]]:
        """Donors whose right answer is known and would answer the case's question, and whether it is the same."""
        own = _label(case)
        if own is None:
            return []
        asked = _asked(case)
        return [
            (donor, label == own)
            for donor in self._donors(case)
            if (label := _label(donor)) is not None and _asked(donor) == asked
        ]

    def _drawn(self, case: Case, donors: Sequence[Case]) -> View | None:
        if not donors:
            return None
        return View(donors[self._number(case.id) % len(donors)].images)

    def _number(self, text: str) -> int:
        return int.from_bytes(hashlib.sha256(f"{self._seed}\0{text}".encode()).digest()[:8])


def _folded(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(".?")


def _label(case: Case) -> str | None:
    """The right option's text; None where the source does not know it."""
    if case.key is None or case.key not in case.letters:
        return None
    return _folded(case.options[case.letters.index(case.key)])


def _sort(case: Case) -> tuple[frozenset[str], str | None]:
    return frozenset(map(_folded, case.options)), case.question_type


def _asked(case: Case) -> tuple[frozenset[str], str | None, str]:
    """What two cases must share for a label of one to answer the other.

    The same options of the same type of question; where the options are only yes and no (true and false), the label
    means nothing without the question, so that has to be the same too.
    """
    options, kind = _sort(case)
    return options, kind, _folded(case.question) if options <= _VERDICTS else ""
