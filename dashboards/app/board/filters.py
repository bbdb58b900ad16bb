"""Which replies are looked at, as a value and as the words of a URL.

?q=nodule&modality=CT&modality=MR&fails=post_hoc  ->  Filter("nodule", ("CT", "MR"), fails=("post_hoc",))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from faithlens.records import AXES
from faithlens.showing.words import AXIS_NAME

Answer = Literal["right", "wrong", "unreadable"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)

AUDITED, SUSPICIOUS = "audited", "suspicious"
SORT_NAME = {AUDITED: "as audited", SUSPICIOUS: "most axes failed first"} | {
    axis: f"most {AXIS_NAME[axis].lower()} first" for axis in AXES
}

MISSING = "not given"
"""Stands for a modality or question type that the source does not name."""


@dataclass(frozen=True)
class Filter:
    """Replies that match every field that is set; a field with several values is matched by any of them."""

    text: str = ""
    """Occurs in the reply, whatever the case of its letters."""
    modality: tuple[str, ...] = ()
    question_type: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()
    """Axes."""
    answer: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    quadrant: str = ""
    flagged: str = ""
    """Probe whose published cut-off is passed."""
    cluster: int | None = None
    sort: str = AUDITED

    def where(self) -> tuple[str, list[Any]]:
        """Condition in SQL over `replies`, and its values."""
        parts, values = ["true"], list[Any]()
        if self.text:
            parts.append("contains(lower(reply), lower(?))")
            values.append(self.text)
        for column, chosen in (
            ("modality", self.modality),
            ("question_type", self.question_type),
            ("answer", self.answer),
            ("status", self.status),
        ):
            if chosen:
                parts.append(f"coalesce({column}, '{MISSING}') in ({', '.join('?' * len(chosen))})")
                values += chosen
        if self.fails:
            parts.append("(" + " or ".join(f"fails_{axis}" for axis in self.fails) + ")")
        if self.quadrant:
            parts.append("n in (select n from quadrants where quadrant = ?)")
            values.append(self.quadrant)
        if self.flagged:
            parts.append("n in (select n from scores where probe = ? and flagged)")
            values.append(self.flagged)
        if self.cluster is not None:
            parts.append("n in (select n from members where cluster = ?)")
            values.append(self.cluster)
        return " and ".join(parts), values

    def order(self) -> str:
        """Order in SQL over `replies`."""
        if self.sort == SUSPICIOUS:
            return "failing desc, highest desc nulls last, n"
        return "n" if self.sort == AUDITED else f"p_{self.sort} desc nulls last, n"

    def query(self) -> dict[str, str | list[str]]:
        """The parameters of a URL that say the same."""
        said: dict[str, str | list[str]] = {
            "q": self.text,
            "modality": list(self.modality),
            "type": list(self.question_type),
            "fails": list(self.fails),
            "answer": list(self.answer),
            "status": list(self.status),
            "quadrant": self.quadrant,
            "flagged": self.flagged,
            "cluster": "" if self.cluster is None else str(self.cluster),
            "sort": "" if self.sort == AUDITED else self.sort,
        }
        return {name: value for name, value in said.items() if value}


def read(said: Mapping[str, Sequence[str]]) -> Filter:
    """The filter in the parameters of a URL, each with all its values. What no filter can mean is passed over."""

    def one(name: str) -> str:
        return next(iter(said.get(name, ())), "")

    cluster = one("cluster")
    return Filter(
        one("q"),
        tuple(said.get("modality", ())),
        tuple(said.get("type", ())),
        tuple(axis for axis in said.get("fails", ()) if axis in AXES),
        tuple(answer for answer in said.get("answer", ()) if answer in ANSWERS),
        tuple(said.get("status", ())),
        one("quadrant"),
        one("flagged"),
        int(cluster) if cluster.lstrip("-").isdecimal() else None,
        one("sort") if one("sort") in SORT_NAME else AUDITED,
    )
