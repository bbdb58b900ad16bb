"""Negation, pseudo-negation, speculation and preference around a mention: how a clause means what it names.

Own rules in the manner of NegEx and ConText, on our own words, and not spaCy with negspacy or medspaCy: importing
spaCy 3.8 imports torch wherever torch is installed (1.7 s), and replies are to be read without torch; both libraries
decide each mention by one cue, whereas "one cannot say that there is no effusion" needs two; and neither knows that an
option can be denied by preference ("rather than B") or in a heading ("B) Fracture: none").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from faithlens.contradiction.tokens import Token
from faithlens.replies.wording import vocabulary

_DETERMINERS = vocabulary(
    "nobody nowhere no without nor neither lacks lack lacking absence none nothing free negative non"
)
_VERBAL = vocabulary(
    "not cannot can't cant isn't isnt aren't wasn't weren't doesn't doesnt don't dont didn't won't wouldn't couldn't"
    " shouldn't hasn't haven't never excludes exclude excluding excluded rejects reject dismiss denies deny hardly"
    " scarcely barring eliminates eliminate eliminating argues unlike aint ain't retract withdraw abandon discard"
    " discount drop scrap strike"
)
_TWO_WORDS = {
    ("rather", "than"),
    ("ahead", "of"),
    ("sooner", "than"),
    ("more", "than"),
    ("instead", "of"),
    ("opposed", "to"),
    ("ruled", "out"),
    ("rules", "out"),
    ("rule", "out"),
    ("ruling", "out"),
    ("fails", "to"),
    ("fail", "to"),
    ("failed", "to"),
    ("less", "likely"),
    ("against", "a"),
    ("forget", "about"),
    ("speaks", "against"),
    ("speak", "against"),
    ("argues", "against"),
    ("argue", "against"),
    ("evidence", "against"),
    ("inconsistent", "with"),
    ("incompatible", "with"),
}
_FINITE = vocabulary("is are was were has have had shows show there there's lies lie looks look appears appear")
_COMPARING = vocabulary("more better likelier favors favours favor favour prefer preferred favored favoured")
# a hit before these is denied: "pneumonia is unlikely", "B does not fit"
_AFTER = re.compile(
    r"^\W*(?:\w+\W+){0,5}?(?:(?:is|are|was|were|be|been|seems?|looks?|appears?|can be|has been|have been|could be)\s+"
    r"(?:\w+ly\s+|also\s+|then\s+|thus\s+)?(?:absent|missing|lacking|nowhere|incompatible|inconsistent|at odds|"
    r"far[- ]fetched|untenable|excluded|ruled out|unlikely|out\b|gone\b|eliminated|dismissed|"
    r"discarded|"
    r"negative|incorrect|wrong|false|improbable|implausible|impossible|less likely|"
    r"not (?:\w+ly )?(?:seen|visible|present|identified|evident|noted|appreciated|demonstrated|found|detected|"
    r"there|the|likely|consistent|supported|compatible|correct|"
    r"possible|it|shown|apparent|obvious|observed|a fit|right|what|an option|given|convincing|involved|affected|$))"
    r"|would be too \w+|(?:do(?:es)?n't|do(?:es)? not) look like (?:anything|much|this|that|it)\b|"
    r"(?:is|gets) (?:an? )?(?:clear |firm |definite |hard |flat )?no\b|off (?:the|my) (?:list|table)\b|"
    r"(?:and|but) (?:\w+ )?(?:came|come|found|see|saw|find) (?:away |up )?(?:empty|none|nothing)|"
    r",? ?(?:ha(?: ha)*|haha|lol|as if|yeah,? right|come on)\W*$"
    r"|(?:\w+ )?(?:it|this|that|they|these|he|she) (?:ain't|(?:is|are)(?: not|n't))\W*$|"
    r"(?:i|we|you|one) (?:can't|cannot|can not|could not|couldn't|don't|do not) (?:\w+ )?(?:see|find|make out|spot)\b"
    r"|(?:is|are) not (?:something|what|anything)|no longer (?:\w+)|can (?:go|be (?:dropped|dismissed|excluded|"
    r"left out))\b|goes out\b"
    r"|(?:isn't|aren't|wasn't|weren't|isnt) (?:\w+ly )?(?:something|what|seen|visible|present|identified|evident|"
    r"noted|there|the|"
    r"likely|it|correct|right|found|shown|what|consistent|supported|a fit|$)"
    r"|(?:does not|doesn't|do not|don't|cannot|can't|would not|wouldn't|did not|didn't) "
    r"(?:\w+ly )?(?:fit|match|apply|work|suit|explain|hold|account|make sense|look right|seem|appear|belong|correspond|"
    r"do (?:this|that|so)?\b|be (?:right|correct|the|it|seen|identified|found|claimed|said|stated|maintained|argued|"
    r"assumed|asserted))"
    r"|(?:is|are|was|were|looks?) (?:\w+ )?(?:\w+er|more \w+|less \w+) than (?:this|what|the one|that)\b|"
    r"makes? no sense|never (?:this|that|so)\b|(?:is|are) (?:\w+ )?(?:acquitted|exonerated|off the hook)|"
    r"falls? away|drops? out|(?:is|are|was|were) (?:off the table|out of the question|"
    r"no candidates?|not (?:a )?(?:candidates?|contenders?))|can be (?:struck|crossed) (?:off|out)|(?:do|"
    r"does) not come into|in vain|can be crossed off|do(?:es)? not come into|(?:ruled out|excluded|eliminated|"
    r"absent|unlikely)\b"
    r"|^\W{0,2}negative\b|:\s*(?:no|none|absent|negative|not|nope|wrong|incorrect|excluded|unlikely)\b)",
    re.IGNORECASE,
)
_PSEUDO = re.compile(
    r"\b(?:more \w+ than not|(?:practically|almost|next to) nothing|"
    r"(?:cannot|can't|can not|could not|couldn't) be (?:told|distinguished|separated|differentiated) from|"
    r"no (?:significant |definite |interval |real )?(?:change|increase|decrease|growth|progression|difference|"
    r"improvement) (?:in|of|to|from)|not only|not just|not merely|no doubt|without (?:a |any )?doubt|no question|"
    r"without question|not necessarily|nothing but|nothing other than|none other than|not surprising\w*|no longer|"
    r"not to mention|no other|no wonder|no mistak\w+|unmistak\w+|no way around|(?:do not|don't|does not|"
    r"doesn't|no) (?:need|have) (?:to|a|an|any|for)|(?:not|n't|without) (?:a moment's )?hesitat\w+|"
    r"(?:can(?:not|'t)|could not|"
    r"couldn't|will not|won't|would not|wouldn't|not) (?:go|be) (?:\w+ )?(?:wrong|astray)|"
    r"gram[- ]negative|not sure|not certain|not change|not (?:the )?only|no (?:denying|escaping|hiding|"
    r"getting (?:a)?round)|undeniabl\w+)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:(?:can(?:not|'t| ?not)|could not|couldn't|(?:not|never) (?:be )?(?:able to )?) ?(?:be )?(?:completely |"
    r"entirely |fully |safely |quite )?(?:exclude[ds]?|rule[ds]? out|ruled out|dismiss(?:ed)?|eliminate[ds]?)|"
    r"not (?:been |entirely |completely |fully )*(?:excluded|ruled out)|(?:does|do|did) not (?:exclude|rule out)|"
    r"(?<!happy )(?<!able )(?<!safe )(?<!confident )(?<!comfortable )(?<!free )(?<!glad )(?<!easy )"
    r"(?:to|must|should|needs? to be|need to) (?:rule out|exclude))\b",
    re.IGNORECASE,
)
_DENIES_A_SAYING = re.compile(
    r"\b(?:would have to (?:look|be|show) (?:\w+ )?(?:different|differently|otherwise)|"
    r"(?:surprised|astonished|amazed) (?:if|to)|"
    r"(?<!no )(?<!without )(?<!out a )(?<!any )(?<!beyond )doubt(?:ful)? (?:that|if|it|whether|this|there|"
    r"very)|(?:s[ck]eptical) (?:that|of|about)|(?:wrong|incorrect|false|untrue|mistake|mistaken|misleading|"
    r"error|inaccurate|hard|difficult|impossible) "
    r"(?:to|that|if)|anything but|not (?:the case|true|correct|right|as if|as though)|(?:cannot|can't|can not|"
    r"couldn't|could not|"
    r"wouldn't|would not|don't|do not|never) (?:really |honestly |possibly )?(?:say|tell|claim|call|argue|"
    r"agree|think|"
    r"believe|state|deny|maintain|pretend|conclude|see (?:how|why))|far from(?! (?:the|any|an?|its|all)\b)|"
    r"(?:isn't|it's not) (?:that|true|the case|so that|as if|as though))\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:may|might|could|possibl[ey]|possibility|perhaps|conceivabl[ey]|maybe|suspicion|differential|"
    r"questionable|torn between|undecided between|toss-up|something (?:else|worse|different)|"
    r"potential(?:ly)?|equivocal|uncertain|not sure|unclear|cannot tell|either(?=.*\bor\b))\b",
    re.IGNORECASE,
)
_NOT_LOOKED_AT = re.compile(
    r"^\W*(?:\w+\W+){0,4}?(?:not|never|cannot be|can't be|isn't|aren't) (?:\w+ly )?(?:be )?(?:assessed|evaluated|"
    r"imaged|included|covered|examined|judged|assessable|on the (?:image|film|picture))\b",
    re.IGNORECASE,
)
_LEANING = re.compile(
    r"\b(?:likely|probabl[ey]|presumabl[ey]|suspicious|worrying|suggest\w*|suspect|looks? like)\b", re.I
)


@dataclass(frozen=True)
class Meaning:
    """Whether a mention is affirmed, and how firmly, in [0, 1]."""

    affirmed: bool
    firmness: float


def meaning(
    words: Sequence[Token], clause: tuple[int, int], hit: tuple[int, int], text: str, gap: tuple[int, int] = (0, 0)
) -> Meaning:
    """How the clause (words from, to) means the mention in it (words from, to); `text` is what the words lie in.

    `gap` are words inside the mention that are none of its own: "dilated" with "not" in "the duct is not dilated".
    """
    first, last = clause
    begin, end = hit
    said = text[words[first].start : words[last - 1].end]
    base = words[first].start
    hushed, opened, meta, hedged = _spans(said)
    undecided = any(base + start <= words[begin].start for start, _ in opened) or bool(
        _OPEN.search(said, max(0, words[end - 1].end - base))
    )

    def quiet(at: int) -> bool:
        here = words[at].start - base
        return any(a <= here < b for a, b in hushed) or any(a <= here < b for a, b in meta)

    denials = sum(1 for a, _ in meta if base + a < words[begin].start)
    verbal = determiner = False
    for at in range(first, begin):
        if quiet(at):
            continue
        word = words[at].lower
        pair = (word, words[at + 1].lower if at + 1 < last else "")
        if at > first and word in ("and", "but", "or") and pair[1] in ("no", "not", "there", "it", "the", "for"):
            verbal, determiner = False, False
        anew = "," in words[at].gap and word not in ("and", "or", "nor")
        if anew and (_denies(words, at, begin) or _begins_anew(words, at, last)):
            verbal, determiner = False, False
        if word == "and" and "," in words[at].gap and any(w.lower in _FINITE for w in words[at:begin]):
            verbal, determiner = False, False
        if (
            pair in _TWO_WORDS
            or (word == "than" and pair[1] != "not" and _compares(words, max(first, at - 12), at))
            or (word == "over" and _compares(words, first, at))
        ):
            verbal = True
        elif word == "unlikely" or (word == "out" and words[at - 1].lower not in ("ruled", "rule", "rules", "ruling")):
            continue
        elif word in _DETERMINERS:
            if word == "free" and pair[1] not in ("of", "from"):
                continue
            if word == "negative" and pair[1] != "for":
                continue
            determiner = True
        elif word in _VERBAL:
            verbal = True
    denials += verbal + determiner
    denials += any(words[at].lower in _VERBAL | _DETERMINERS for at in range(*gap))
    after = text[words[end - 1].end : words[last - 1].end + 1]
    match = _AFTER.match(after)
    if match and not _OPEN.search(after[: match.end() + 2]):
        denials += 1
    if re.search(r"\bunlikely (?:to be|that|a|an|due)\b", text[base : words[begin].start], re.IGNORECASE):
        denials += 1
    firmness = 1.0
    inside = range(words[begin].start - base, words[end - 1].end - base)
    if undecided or any(start not in inside for start, _ in hedged):
        firmness = 0.35
    elif _LEANING.search(said):
        firmness = 0.85
    if undecided:
        return Meaning(True, 0.25)
    if _NOT_LOOKED_AT.match(after):
        return Meaning(True, 0.1)
    return Meaning(denials % 2 == 0, firmness)


Spans = tuple[tuple[int, int], ...]


@lru_cache(maxsize=256)
def _spans(said: str) -> tuple[Spans, Spans, Spans, Spans]:
    """Where a clause denies nothing though it looks so, leaves open, denies a saying, hedges."""
    open_ = _where(_OPEN, said)
    return _where(_PSEUDO, said) + open_, open_, _where(_DENIES_A_SAYING, said), _where(_HEDGE, said)


def _where(pattern: re.Pattern[str], said: str) -> Spans:
    return tuple(match.span() for match in pattern.finditer(said))


def _compares(words: Sequence[Token], first: int, last: int) -> bool:
    return any(words[at].lower in _COMPARING for at in range(first, last))


def _denies(words: Sequence[Token], first: int, last: int) -> bool:
    """Whether a denial of its own follows: "no defect, ducts not dilated"."""
    return any(words[at].lower in _VERBAL | _DETERMINERS for at in range(first, last))


def _begins_anew(words: Sequence[Token], at: int, last: int) -> bool:
    """Whether a comma ends a denial: "no effusion, heart is large", but not "no mass, cyst or stone is seen"."""
    if any(words[i].lower in ("or", "nor") for i in range(at, last)):
        return False
    end = next((i for i in range(at + 1, last) if "," in words[i].gap), last)
    return any(words[i].lower in _FINITE for i in range(at + 1, end))


def hedges(said: str) -> list[tuple[int, int]]:
    """Where a text hedges."""
    return [match.span() for match in _HEDGE.finditer(said)]
