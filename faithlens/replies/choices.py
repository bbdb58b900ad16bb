"""What an answer answers: a letter, several, one that is not on offer, or none."""

from __future__ import annotations

import re

from faithlens.replies.mentions import BECAUSE, NOTHING, Reading, corrects, mentioned
from faithlens.replies.wording import Options, fold, opens_with_article, tidy, vocabulary, words

_LABEL = re.compile(
    r"(?:(?:my|the|your|its|our)\s)?"
    r"(?:(?:single|final|correct|best|right|most\s(?:likely|probable|appropriate|suitable|plausible)|chosen|selected)\s){0,2}"
    r"(?:answer|option|choice|letter|diagnosis|prediction|response)\b"
    r"(?:\s(?:option|choice|letter))?(?:\sto\sth(?:e|is)\squestion)?"
    r"(?:\s?(?:is|was|would\sbe|should\sbe|must\sbe|will\sbe|may\sbe|might\sbe|could\sbe|seems\sto\sbe|appears\sto\sbe"
    r"|[:=\-–—>]{1,2}))?\s?[:=]?\s*",
    re.IGNORECASE,
)
_OPENER = re.compile(
    r"(?:so|thus|therefore|hence|then|ok|okay|well|it\sis|it's|this\sis|that\sis|i\s(?:think|believe|guess|choose|select|pick)"
    r"|i\s?(?:would|'d|will|'ll)\s(?:say|choose|select|pick|go\swith)|in\sconclusion|conclusion|overall|definitely"
    r"|certainly|probably|possibly|presumably|(?:most|very)\slikely|likely|maybe|perhaps|that)\b[,:]?\s*",
    re.IGNORECASE,
)
_CHINESE_LABEL = re.compile(r"(?:(?:正确|最终)?答案(?:是|为|选)?|故?选择?)\s?:?\s*")
_LEAD = re.compile(
    r"[(\[{<\"']{0,3}\s?([A-Za-z])\s?(?:([)\]}>\"']{1,3}(?!\w))|(?=[\s:,;!?/&+|=–—-]|\.(?=\w\w)|\.(?!\w)|$))"
)
_LISTED = re.compile(
    r"[\s)]{0,6}(?:,|/|&|\+|;|\||and/or\b|and\b|or\b)\s{0,4}(?:(?:or|and|possibly|maybe|perhaps)\s{1,4})?[(\[]?[A-Za-z]\b(?!')"
)
_ENUMERATED = re.compile(r"(?:^|[\s,;])\(?([A-J])[).:](?=\s|$)")
_BARE_LABEL = re.compile(
    r"(?:the )?(?:final |correct )?(?:answer|option|choice) ?[:=-] ?|(?:option|choice) |(?:正确)?答案 ?: ?",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"\b(?:can(?:not|'t| not)|unable|not able|could(?: not|n't)|(?:do not|don't) know|not sure|unsure|insufficient"
    r"|impossible|not possible|sorry|apologi[sz]e|no answer|not enough|unclear|undetermined|indeterminate|unknown"
    r"|not provided|no image|as an ai|consult)\b",
    re.IGNORECASE,
)
_DANGLING = vocabulary("but and or because since as the a an of with is are which so if")
_BLANK = re.compile(r"\W{0,3}(?:n/?a|null|nil|none|undefined|no answer)\W{0,3}", re.IGNORECASE)
_OPEN_REFUSAL = re.compile(
    r"\b(?:can(?:not|'t| not)|unable to|not (?:able|possible) to|impossible to)\s(?:be\s)?(?:determine|answer|tell"
    r"|assess|say|provide|identify|view|see|analy[sz]e|interpret|diagnose|assist|help)|\bi (?:do not|don't) know\b"
    r"|\bas an ai\b|^(?:unknown|n/?a|null|unclear|undetermined|unsure|not sure|insufficient information)\W*$",
    re.IGNORECASE,
)


def read(text: str, options: Options) -> Reading:
    """What a text that is meant as the answer answers."""
    tidied = tidy(text)
    if not options.texts:
        return _open_ended(tidied)
    if not any(character.isalnum() for character in tidied):
        return _symbols(tidied, options)
    if _BLANK.fullmatch(tidied) and not options.equal(tidied):
        return NOTHING
    clause = tidied
    for _ in range(6):
        direct = _direct(clause, options)
        if direct is not None:
            return direct
        label = _LABEL.match(clause) or _OPENER.match(clause) or _CHINESE_LABEL.match(clause)
        rest = clause[label.end() :] if label else ""
        if not rest:
            break
        clause = rest
    found = mentioned(clause, options)
    if found is not None:
        return found
    return NOTHING if _REFUSAL.search(tidied) else Reading(outside=True)


def refuses(text: str) -> bool:
    """Whether a text says that it gives no answer."""
    return _REFUSAL.search(tidy(text)) is not None


def is_bare(text: str, options: Options) -> bool:
    """Whether a text is an answer and nothing but: a letter, an option, or both, at most with a label."""
    tidied = tidy(text)
    tidied = tidied[label.end() :] if (label := _BARE_LABEL.match(tidied)) else tidied
    if options.equal(tidied) or _only_letters(tidied):
        return True
    lead = _LEAD.match(tidied)
    if lead is None or not _delimited(tidied, lead) or "\n" in tidied:
        return False
    content = words(tidied)
    return len(content) <= 7 and content[-1].norm not in _DANGLING


def _open_ended(tidied: str) -> Reading:
    """Without options the text itself is the answer; equal texts are equal answers."""
    folded = fold(tidied)
    return NOTHING if not folded or _OPEN_REFUSAL.search(tidied) else Reading((folded,))


# ----------------------------------------------------------------------------- answers without prose


def _symbols(tidied: str, options: Options) -> Reading:
    """Options may be mere signs, such as + and -."""
    same = [letter for letter, option in zip(options.letters, options.texts, strict=False) if tidy(option) == tidied]
    return Reading(tuple(same)) if tidied and same else NOTHING


def _only_letters(clause: str) -> bool:
    return re.fullmatch(r"\W{0,4}[A-Za-z]\W{0,4}", clause) is not None


def _direct(clause: str, options: Options) -> Reading | None:
    """The reading of an answer that opens with its letter or is an option's text; None where it is prose."""
    if not _only_letters(clause):
        same = options.equal(clause)
        if same:
            return Reading(tuple(same))
        run = re.fullmatch(r"([A-J]{2,10})\W{0,3}", clause)
        if run and (len(set(run[1])) == 1 or list(run[1]) == sorted(set(run[1]))):
            return Reading(tuple(sorted(set(run[1]))))
    if options.yes_no:
        opening, _ = options.opening(clause)
        if opening:
            return Reading(tuple(opening))
    lead = _LEAD.match(clause)
    return None if lead is None else _led(clause, lead, options)


def _delimited(clause: str, lead: re.Match[str]) -> bool:
    after = clause[lead.end() : lead.end() + 3]
    if lead[2] or not after.strip() or after[0] in ".:,;!?\n|=–—-":
        return True
    return after[:2] in (" -", " –", " —", " =", " :")


def _led(clause: str, lead: re.Match[str], options: Options) -> Reading | None:
    letter, after = lead[1].upper(), clause[lead.end() :]
    delimited = _delimited(clause, lead)
    hyphenated = after[:1] in ("-", "–") and after[1:2].isalnum()
    rest = after.lstrip(" .:,;-–—)]|=>\n?!")
    if letter == "I" and rest and not lead[2] and "I" not in options.letters:
        return None
    if not rest:
        return Reading((letter,))
    if hyphenated or _LISTED.match(after) or any(found != letter for found in _ENUMERATED.findall(rest)):
        return None
    opening, beyond = options.opening(rest)
    if letter in opening:
        return Reading((letter,))
    if opening:
        if not delimited and opens_with_article(words(clause)):
            return None
        own = mentioned(beyond, options)
        return Reading((letter,)) if own and letter in own.letters else Reading((letter, *opening))
    if corrects(rest):
        return None
    following = words(rest)
    if delimited or (following and following[0].norm in BECAUSE and lead[1].isupper()):
        return Reading((letter,))
    return None
