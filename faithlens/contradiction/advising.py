"""What a clause says is to be done, and what it dismisses: "the table asks us to look again", "a scan is overkill"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from faithlens.contradiction.clauses import Clause
from faithlens.contradiction.effects import Read
from faithlens.contradiction.lexicon import Hit, lexicon
from faithlens.contradiction.plans import family
from faithlens.contradiction.target import Targets
from faithlens.contradiction.tokens import Token

_INTENDS = re.compile(
    r"\b(?:needs?|next|get|order|request|should|must|recommend\w*|advis\w+|let's|would|will|'ll|go for|do (?:an?|"
    r"the)|send|arrange|book|perform|proceed|plan|want|repeat|warrants?|calls? for|demands?|asks? for|indicated|"
    r"appropriate|suggest\w*|answer|option|choose|pick|best|off to|straight to|going to|is due|worth|no (?:need|"
    r"point|reason|indication|role)|"
    r"won't|wouldn't|don't|doesn't|not)\b",
    re.IGNORECASE,
)
_ADVISES = re.compile(
    r"\b(?:guidelines?|fleischner|table|society|societies|protocol|algorithm|board|mdt|rules?|consensus|college|rads|"
    r"he|she|this|it)\b.*\b(?:asks? (?:us|me|for)|tells? us|wants?|says?|recommends?|advis\w+|calls? for|suggests?|"
    r"lets? (?:us|you|me)|"
    r"allows?|sends?|puts?)\b",
    re.IGNORECASE,
)
_DISMISSES = re.compile(
    r"\b(?:(?:is|are|'s|would be|seems?|looks?|would just be|would only be|strikes me as) (?:\w+ )?(?:barbaric|"
    r"overkill|mad(?:ness)?|cruel|too (?:much|little|early|late|soon|slow|risky|aggressive|bold)|premature|a mistake|"
    r"mistaken|wrong|time (?:thrown away|wasted|lost)|a waste|wasted|pointless|excessive|unnecessary|silly|foolish|"
    r"reckless|dangerous|overdoing|a joke|not (?:\w+ )?(?:needed|necessary|indicated|enough|required|an option|"
    r"justified|warranted|on)|uncalled|irresponsible|negligent|out of the question|unjustified|useless|futile|no use|"
    r"ruled out|nonsense|absurd)|would (?:only |just |merely )?(?:harm|hurt|delay|waste|cost|lose|risk|frighten|miss|"
    r"kill|add nothing|change nothing|not (?:help|change|add|do))|(?:adds?|changes?|brings?|gains?|helps?|"
    r"achieves?) (?:nothing|nobody|no one|little)|won't (?:help|do|change|add)|"
    r"can wait|has no (?:place|role|business)|has nothing to|has little to)\b",
    re.IGNORECASE,
)
_TOO = re.compile(r"\b(?:too \w+|(?:not|n't) (?:\w+ )?enough) (?:to|for)\b", re.IGNORECASE)
_NOBODY = re.compile(r"\b(?:nobody|no one|hardly anyone|needn't|need not|spares? (?:him|her|them))\b", re.IGNORECASE)
_WOULD = re.compile(r"^(?!.*\bif\b).*(?:\b(?:i|we)(?:'d| would| should| will|'ll)\b|\blet(?:'s| us)\b)", re.IGNORECASE)
_SHORT = 6
"""Words of a clause that names an action and little else."""
_IN_GENERAL = re.compile(
    r"\byou (?:take|forget|send|do|get|put|wait|cut|look|follow|operate|stop|repeat)\b", re.IGNORECASE
)


def advice(clause: Clause, hits: Sequence[Hit], known: Targets) -> tuple[Clause, list[Hit]]:
    """A clause with what it says is to be done: a claim where somebody advises it, nothing where it is said of "you".

    The technique of an image is none of it, where the clause intends nothing: "on ultrasound it is solid".
    """
    if _IN_GENERAL.search(clause.text):
        return clause, []
    units = {concept for target in known.options for concept in target.concepts}
    # an option may be no more special than "operate"
    hits = [replace(hit, concept=general) if (general := family(hit.concept)) in units else hit for hit in hits]
    kinds = [lexicon().kind(hit.concept) for hit in hits]
    acts = "action" in kinds or "procedure" in kinds
    if clause.mood in ("supposed", "task") and _WOULD.search(clause.text):
        clause = replace(clause, mood="conclusion")
    elif _is_claim(clause, acts=acts):
        clause = replace(clause, mood="claim")
    if _INTENDS.search(clause.text):
        return clause, list(hits)
    tools = ("modality", "contrast", "enhancement")
    return clause, [hit for hit, kind in zip(hits, kinds, strict=True) if kind not in tools]


def _is_claim(clause: Clause, *, acts: bool) -> bool:
    """Whether a clause that sounds general, or only supposed, is about this patient after all."""
    if clause.mood == "supposed":
        return _DISMISSES.search(clause.text) is not None
    short = acts and (clause.mood == "loose" or clause.last - clause.first <= _SHORT)
    return clause.mood in ("task", "generic", "loose") and (short or _ADVISES.search(clause.text) is not None)


def dismissed(words: Sequence[Token], clause: Clause, reads: Sequence[Read]) -> list[Read]:
    """What a clause means, where it calls something that it names too much, or too little: "a biopsy is overkill"."""
    cue, too = _DISMISSES.search(clause.text), _TOO.search(clause.text)
    before = clause.start + cue.start() if cue else -1
    after = clause.start + too.end() if too else clause.end
    nobody = _NOBODY.search(clause.text)
    after = min(after, clause.start + nobody.end() if nobody else after)
    return [
        replace(read, affirmed=False) if start < before or start >= after else read
        for read, start in ((read, words[read.hit.first].start) for read in reads)
    ]
