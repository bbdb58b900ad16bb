"""Text of models and files as HTML that shows exactly that text, with marks.

highlighted("The lung is <b>clear</b>.", [Mark(12, 24, "claim")])
-> 'The lung is <mark class="claim" title="claims to see something">&lt;b&gt;clear&lt;/b&gt;</mark>.'
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from html import escape
from itertools import pairwise

from faithlens.records import LETTERS, ROLES, Mark
from faithlens.showing.words import ROLE_MEANING

# bidirectional controls reorder what stands around them, and other controls cannot be seen at all
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")

STYLE = """
mark { color: inherit; background: none; padding: 0 .08em; border-radius: .15em; text-decoration-thickness: .14em;
  text-underline-offset: .2em; text-decoration-skip-ink: none; }
mark.claim { text-decoration: underline dotted #767676; }
mark.hedge { text-decoration: underline wavy #8a6d00; text-decoration-thickness: .08em; }
mark.cue { text-decoration: underline double #b0478a; }
mark.supports { text-decoration: underline solid #0072b2; background: #0072b222; }
mark.suggests { text-decoration: underline solid #0072b2; text-decoration-thickness: .06em; }
mark.denies { text-decoration: underline dashed #d55e00; background: #d55e0022; }
mark.conclusion { font-weight: 600; outline: .1em solid #009e73; }
.control { font: .8em monospace; opacity: .7; border: 1px solid currentcolor; border-radius: .2em; padding: 0 .15em; }
"""
"""CSS of marks: every role has a line of its own kind, so that none rests on colour alone; fit for light and dark."""


def escaped(text: str) -> str:
    """Text as HTML. Controls that would reorder or hide text are written out, as in "U+202E"."""
    return _CONTROL.sub(_written_out, escape(text))


def visible(text: str) -> str:
    """Text for a page that is not HTML, with the same controls written out."""
    return _CONTROL.sub(lambda found: f"U+{ord(found[0]):04X}", text)


def _written_out(found: re.Match[str]) -> str:
    char = found[0]
    name = unicodedata.name(char, "control character").lower()
    return f'<span class="control" title="{name}">U+{ord(char):04X}</span>'


def isolated(text: str) -> str:
    """Text as an HTML element of its own that does not reorder what stands around it."""
    return f'<bdi dir="auto">{escaped(text)}</bdi>'


def highlighted(text: str, marks: Sequence[Mark], first: int = 0, last: int | None = None) -> str:
    """Characters `first` up to `last` of a reply as HTML, marked. Marks may overlap and may reach beyond the part.

    Each stretch between two ends of marks becomes one element with the roles of all marks on it as classes, and a title
    that says what they mean, with the letter of the option. What speaks for one option and thereby against the others
    looks like the former; its title says both.
    """
    end = len(text) if last is None else min(last, len(text))
    inside = [mark for mark in marks if mark.start < end and mark.end > first and mark.start < mark.end]
    edges = sorted({first, end, *(max(first, m.start) for m in inside), *(min(end, m.end) for m in inside)})
    return "".join(
        _stretch(text[a:b], [mark for mark in inside if mark.start <= a and mark.end >= b]) for a, b in pairwise(edges)
    )


def _stretch(text: str, marks: Sequence[Mark]) -> str:
    if not marks:
        return escaped(text)
    roles = [role for role in ROLES if any(mark.role == role for mark in marks)]
    if "supports" in roles or "conclusion" in roles:
        roles = [role for role in roles if role != "denies"]
    told = dict.fromkeys(_told(mark) for mark in sorted(marks, key=lambda mark: ROLES.index(mark.role)))
    return f'<mark class="{" ".join(roles)}" title="{escape("; ".join(told))}">{escaped(text)}</mark>'


def _told(mark: Mark) -> str:
    named = mark.option is not None and 0 <= mark.option < len(LETTERS)
    return ROLE_MEANING[mark.role] + (f": {LETTERS[mark.option]}" if named and mark.option is not None else "")
