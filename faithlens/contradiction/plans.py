"""Questions about what to do next, and options as actions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from faithlens.contradiction.lexicon import Hit, lexicon
from faithlens.contradiction.tokens import Token

_ASKS = re.compile(
    r"\bnext (?:\w+ )?(?:step|action|move|investigation)|\bnext\b.*\bstep\b|\bmanage(?:ment|d)?\b|\bdone (?:next|"
    r"about|with|for|now)\b|\bdo next\b|\btreat(?:ment|ed)\b|\bshould (?:\w+ ){0,3}(?:be done|happen|do)\b|"
    r"\bwhat would you do\b|"
    r"\brecommend(?:ed|ation)?\b(?! (?:[\w-]+ )?(?:category|grade|score|stage))",
    re.IGNORECASE,
)


def asks_for_action(question: str) -> bool:
    return _ASKS.search(question) is not None


def actions(words: Sequence[Token]) -> list[Hit]:
    """The actions, and what is done as a kind of one, that an option names."""
    known = lexicon()
    hits = [hit for hit in known.hits(words) if hit.sense == "name" and family(hit.concept)]
    return [
        hit
        for hit in hits
        if not any(
            other.first <= hit.first and hit.last <= other.last and other.last - other.first > hit.last - hit.first
            for other in hits
        )
    ]


def family(concept: str) -> str:
    """The most general action that a concept is a kind of; empty where it is of none."""
    known = lexicon()
    own = [(steps, name) for name, steps in known.above.get(concept, {}).items() if known.kind(name) == "action"]
    return max(own)[1] if own else ""


def without_actions(hits: Sequence[Hit]) -> list[Hit]:
    known = lexicon()
    return [hit for hit in hits if known.kind(hit.concept) != "action"]
