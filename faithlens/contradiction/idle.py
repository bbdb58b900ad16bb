"""Words that look like a concept, or like health, and mean something else where they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence

from faithlens.contradiction.clauses import Clause, Sentence
from faithlens.contradiction.effects import Read, is_place
from faithlens.contradiction.lexicon import Hit, lexicon
from faithlens.contradiction.tokens import Token, stem
from faithlens.replies.wording import vocabulary

_OF_THE_IMAGE = vocabulary("image picture film screen photo photograph scan slice frame")
_LOOKING = frozenset(map(stem, vocabulary("compare look check inspect examine review scan study")))
"""What is done to both sides before either is said to be abnormal."""
_FILLERS = vocabulary("ok okay fine alright")
_OTHER = vocabulary("other another additional further associated new else underlying")
_SOFT = frozenset(
    map(
        stem,
        vocabulary(
            "whole smooth clean fine regular continuous homogeneous symmetric preserved maintained intact natural "
            "unbroken ordinary"
        ),
    )
)
_PLAIN = vocabulary(
    "no not a an any the such other another focal definite obvious acute significant discrete visible clear suspicious"
    " abnormal gross other single convincing real further new of or nor and with without there for is any evident"
    " apparent discernible unlikely never see seen find show large small big little tiny major minor bit worrying"
)
"""Words before "lesion" that leave it as general as it is."""
_ATTRIBUTES = frozenset(
    map(
        stem,
        vocabulary("ordinary natural smooth regular clean continuous homogeneous symmetric healthy fine slender slim"),
    )
)
"""Adjectives that speak of health where they are said of an organ, not of "the ordinary forward type"."""
_LANDMARK = re.compile(
    r"\b(?:behind|beside|below|beneath|underneath|under|above|near|alongside|between|outside|beyond|past|abutting|"
    r"abuts|touching|touches|displacing|displaces|(?:next|adjacent|close|closer|lateral|medial|anterior|posterior|"
    r"superior|inferior|deep|proximal|distal|caudal|cranial|parallel) to|in front of|"
    r"(?:separate|separated|distinct|away|apart) from|on top of|left of|right of)\s+"
    r"(?:(?:the|a|an|his|her|its|both|two)\s+)?(?:[\w-]+\s+(?:and\s+(?:the\s+)?)?)?$",
    re.IGNORECASE,
)
"""Before an organ that is named only to say where something else lies."""
OPPOSITE = {"left": "right", "right": "left"}
_EXACTLY = vocabulary(
    "in at where here now there away next behind above below through across on over under after before around up down"
    " underneath beneath outside inside"
)
"""After them "right" means exactly: "right in the middle", unless one of these stands before it."""
_SIDED = vocabulary("the on a to patient's his her and or is left side towards toward")
_CUT_OFF = re.compile(
    r"\s+(?:is|are)\s+(?:only|just)?\s*(?:partly|partially|barely|just)\s+(?:in view|visible|seen|included|shown)",
    re.IGNORECASE,
)
WHOLE = vocabulary(
    "image picture scan film study radiograph x xray mri ct view everything all it this what nothing anything"
    " appearance appearances finding findings structure structures rest anatomy exam examination result results patient"
    " looks look person there i we here i'd i'm overall so therefore thus seems appears completely entirely totally"
    " looking these those one both answer they're they everything's all's it's that's this's"
)
_PARTS = vocabulary("pole lobe end half third part limb leg edge border level zone quadrant slices slice field abdomen")
_SUBJECTS = vocabulary("the a an you one we i it this that there they these those he she my your")
_COMPARING = vocabulary("in than whereas while where unlike but and of for")
_CONNECTING = vocabulary("but and so while whereas although though yet still")
_SIZES = vocabulary("large big huge larger bigger small smaller")
_SCREEN = vocabulary("viewer's viewer screen reader's reader observer's my image picture film")
_FRACTIONS = vocabulary("upper middle lower distal proximal outer inner medial lateral by about")
_LINKING = vocabulary(
    "and or but in on at of for to with without as than throughout bilaterally here there too again is"
)
_DETERMINERS = vocabulary("the its both his her these all")
_VERBS = vocabulary("is are was were looks look appears appear seems seem has have opens open lies lie remains remain")
_NOT_A_COUNT = vocabulary(
    "second third fourth first last big small smaller larger this that the which no any each another every some"
    " other or"
)
_NOT_COUNTED = vocabulary(
    "sits lies lay in at on was side of can cannot would might must could should may sees is that more and"
)
_COUNTING = vocabulary(
    "grade stage score category type class count total tally are is there's there number see find has have shows show"
    " least exactly only make makes say answer option"
)
_COUNTED = vocabulary("finding generic organ bone joint place device")
_CLOSES = re.compile(r"[.:;!?\n-]")
_PAIRED = vocabulary(
    "side lung kidney hemisphere half hip knee shoulder eye breast leg arm ovary one hemithorax ankle wrist"
)


def is_idle(words: list[Token], hit: Hit) -> bool:
    """Words that look like a concept and are none here: the image's side, "this one", "one side"."""
    kind = lexicon().kind(hit.concept)
    following = [word.lower for word in words[hit.last : hit.last + 4]]
    if kind == "side":
        before = words[hit.first - 1].lower if hit.first else ""
        if words[hit.first - 1 if hit.first else 0].lower in _SCREEN and words[hit.first].lower in OPPOSITE:
            return True
        after = words[hit.last].gap if hit.last < len(words) else ""
        if words[hit.first].raw == "Right" and "," in after and (not hit.first or _CLOSES.search(words[hit.first].gap)):
            return True  # "Right, where do I begin"
        if words[hit.last - 1].lower == "right" and (following[:1] or [""])[0] in _EXACTLY and before not in _SIDED:
            return True
        if words[hit.first].lower == "both" and any(
            word.stem in _LOOKING for word in words[max(0, hit.first - 3) : hit.first]
        ):
            return True
        of = [i for i, word in enumerate(following) if word in ("of", "side")]
        return bool(of) and any(word in _OF_THE_IMAGE for word in following)
    if hit.concept == "normal" and (_is_any(words, hit) or _is_as_a_rule(words, hit)):
        return True
    if hit.concept == "normal" and hit.last - hit.first == 1 and words[hit.first].stem in _ATTRIBUTES:
        following_hits = lexicon().hits(words[hit.last : hit.last + 3])
        if is_attribute(words, hit) and words[hit.last].lower not in WHOLE:
            return not any(found.first == 0 and found.sense == "name" for found in following_hits)
    if hit.concept == "normal" and words[hit.first].lower in _FILLERS and hit.last - hit.first == 1:
        return hit.first == 0 or any(mark in words[hit.first].gap for mark in ".,!?\n")
    if hit.concept == "normal" and words[hit.first].lower == "whole" and hit.first:
        return words[hit.first - 1].lower in _DETERMINERS | {"a"}
    if hit.concept == "abnormality" and hit.first and words[hit.first - 1].lower in _OTHER:
        return True
    if hit.concept == "decreased" and words[hit.last - 1].lower == "lower" and following[:1]:
        return following[0] in _PARTS
    if words[hit.first].lower in _SIZES and hit.last - hit.first == 1 and hit.concept == "enlarged":
        return is_attribute(words, hit)
    if kind == "number" and hit.first and words[hit.first - 1].lower in ("for", "no", "any"):
        return True
    if kind == "number" and words[hit.last - 1].lower in ("third", "quarter", "half"):
        before = {word.lower for word in words[max(0, hit.first - 2) : hit.last]}
        return bool(before & _FRACTIONS) or (following[:1] or [""])[0] == "of"
    if kind == "number" and hit.sense == "name" and not _counts(words, hit):
        return True
    if kind == "number" and words[hit.first].lower == "one":
        before = words[hit.first - 1].lower if hit.first else ""
        return before in _NOT_A_COUNT or (following[:1] or [""])[0] in _NOT_COUNTED
    return False


def _is_any(words: list[Token], hit: Hit) -> bool:
    """Whether health is only spoken of in general: "in a good head", "a healthy vein goes flat"."""
    if not hit.first or words[hit.first - 1].lower not in ("a", "an") or not is_attribute(words, hit):
        return False
    before = words[hit.first - 2].lower if hit.first > 1 else ""
    return before in _COMPARING or (not before or bool(_CLOSES.search(words[hit.first - 1].gap)))


def _is_as_a_rule(words: list[Token], hit: Hit) -> bool:
    """Whether "normally" opens what is so as a rule: "Normally the canal is round"."""
    if words[hit.first].lower != "normally" or hit.last - hit.first > 1 or hit.last >= len(words):
        return False
    return "," in words[hit.last].gap or words[hit.last].lower in _SUBJECTS


def _counts(words: list[Token], hit: Hit) -> bool:
    """Whether a number counts something that an image can show: "two nodules", not "two of us", "in five minutes"."""
    following = words[hit.last] if hit.last < len(words) else None
    if following is None or following.gap.strip() or hit.last - hit.first > 1:
        return True
    before = words[hit.first - 1] if hit.first else None
    if before is None or before.lower in _COUNTING or _CLOSES.search(words[hit.first].gap):
        return True
    kinds = {lexicon().kind(near.concept) for near in lexicon().hits(words[hit.last : hit.last + 4])}
    return bool(kinds & _COUNTED)


def is_attribute(words: list[Token], hit: Hit) -> bool:
    """Whether an adjective stands right before its noun: "the large organ", not "the organ is large"."""
    following = words[hit.last] if hit.last < len(words) else None
    return following is not None and following.gap == " " and following.lower not in _LINKING


def is_landmark(think: str, words: list[Token], clause: Clause, hit: Hit) -> bool:
    before, after = think[clause.start : words[hit.first].start], think[words[hit.last - 1].end : clause.end]
    return _LANDMARK.search(before) is not None or _CUT_OFF.match(after) is not None


def of_something_else(words: list[Token], clause: Clause, hits: Sequence[Hit]) -> bool:
    """Whether a clause speaks of a thing that the lexicon lacks: "the pyloric channel is normal", "mastoids clear"."""
    covered = {at for hit in hits for at in range(hit.first, hit.last)}
    first = clause.first + (words[clause.first].lower in _CONNECTING)
    first += words[first].lower in _DETERMINERS if first < clause.last else 0
    stated = min((hit.first for hit in hits if hit.concept == "normal"), default=clause.last)
    verb = next((at for at in range(clause.first, clause.last) if words[at].lower in _VERBS), stated)
    if any(is_side(hit) for hit in hits):
        return True
    subject = range(first, verb)
    return bool(subject) and not any(at in covered or words[at].lower in WHOLE for at in subject)


def softly_normal(words: list[Token], hit: Hit) -> bool:
    """An adjective that means health only when it is said of an organ."""
    return hit.concept == "normal" and hit.last - hit.first == 1 and words[hit.first].stem in _SOFT


def is_of_a_kind(words: list[Token], hit: Hit) -> bool:
    """Whether a general word has an attribute, so that its denial denies one kind only: "no dural-based lesion"."""
    if lexicon().kind(hit.concept) != "generic" and hit.concept not in ("mass", "tumor"):
        return False
    after = lexicon().hits(words[hit.last : hit.last + 2])
    if is_attribute(words, hit) and any(near.first == 0 and is_place(near) for near in after):
        return True  # "no tumour bone"
    before = words[hit.first - 1].lower if hit.first else ""
    return bool(before) and hit.first > 0 and before not in _PLAIN and "," not in words[hit.first].gap


def is_bare_place(hit: Hit, reads: Sequence[Read]) -> bool:
    """A sign that is no more than the name of an organ: "the kneecap" for what may be wrong with it."""
    return hit.sense == "sign" and any(
        is_place(read.hit) and read.hit.sense == "name" and read.hit.first <= hit.first and hit.last <= read.hit.last
        for read in reads
    )


def is_side(hit: Hit) -> bool:
    return lexicon().kind(hit.concept) == "side"


def opposite(words: list[Token], sentence: Sentence, hits: Sequence[Hit], side: str) -> list[Hit]:
    """The side that "the other side" or "the opposite lung" means: not the one that was named last."""
    found: list[Hit] = []
    for at in range(sentence.first, sentence.last - 1):
        word, following = words[at].lower, words[at + 1].lower
        if word == "contralateral" or (word in ("other", "opposite") and following in _PAIRED):
            named = [hit.concept for hit in hits if hit.concept in OPPOSITE and hit.last <= at]
            last = named[-1] if named else side
            if last:
                found.append(Hit(at, at + 2, OPPOSITE[last], "name"))
    return found
