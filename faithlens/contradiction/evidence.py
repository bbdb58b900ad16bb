"""What each clause of a think says for or against each option, in order, with the words that say it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from faithlens.contradiction import cues
from faithlens.contradiction.advising import advice, dismissed
from faithlens.contradiction.clauses import Clause, Sentence
from faithlens.contradiction.context import Meaning, hedges, meaning
from faithlens.contradiction.effects import Read, elsewhere, is_finding, is_place, same_place
from faithlens.contradiction.events import Step
from faithlens.contradiction.idle import OPPOSITE, WHOLE, is_idle, is_side, of_something_else, opposite, softly_normal
from faithlens.contradiction.lexicon import Hit, lexicon
from faithlens.contradiction.literal import Literal, literal_mentions
from faithlens.contradiction.matching import Tally, by_concepts
from faithlens.contradiction.naming import answers, lettered, none_fits, yes_no
from faithlens.contradiction.numbers.counting import counted
from faithlens.contradiction.numbers.grading import graded
from faithlens.contradiction.numbers.measuring import measured
from faithlens.contradiction.plans import without_actions
from faithlens.contradiction.referring import Mentioned, referring
from faithlens.contradiction.target import Targets
from faithlens.contradiction.tokens import Token
from faithlens.replies.wording import vocabulary

_STRENGTH = {"conclusion": 0.9, "claim": 0.6, "loose": 0.2, "remark": 0.15, "impression": 0.15, "generic": 0.05}
"""How much one mention commits; questions, suppositions, history and restated tasks commit to nothing."""
_TELLING = vocabulary("finding generic state density severity change margin consistency enhancement shape")
_MEASURE = re.compile(
    r"\b\d+(?:\.\d+)?\s*(?:mm|cm|hu|%|percent|degrees|millimet\w*|centimet\w*)|\b(?:milli|centi)met\w*", re.IGNORECASE
)
_UNITS = vocabulary(
    "mm cm hu millimeter millimeters millimetre millimetres centimeter centimeters centimetre centimetres"
)


_TECHNIQUE = re.compile(
    r"\b(?:slice|section|thickness|kernel|windowed|reconstruct\w*|acqui\w*|protocol|gantry|exposure|collimat\w*|"
    r"sequence|field of view|tesla|scanner|projections?|technique|kv|mas|dose|frames?|calibrat\w*|detector|"
    r"electrode|marker|orientation|rotat\w*|positioned|megahertz|mhz|transducer|probe|coil|voxel|matrix)\b",
    re.IGNORECASE,
)
"""How an image was taken."""


def steps(think: str, words: list[Token], read: Sequence[Sentence], known: Targets) -> list[Step]:
    """Every clause of a think as a step, in order."""
    found: list[Step] = []
    side = ""
    before = Mentioned()
    for sentence in read:
        hits = [_shifted(hit, sentence.first) for hit in lexicon().hits(words[sentence.first : sentence.last])]
        hits += opposite(words, sentence, hits, side)
        side = next((hit.concept for hit in reversed(hits) if hit.concept in OPPOSITE), side)
        found += _sentence(think, words, sentence, hits, known, before)
    return found + counted(think, words, read, known)


def _sentence(
    think: str, words: list[Token], sentence: Sentence, hits: list[Hit], known: Targets, before: Mentioned
) -> list[Step]:
    claimed = {concept for target in known.options for concept in target.concepts}
    named = [hit for hit in hits if hit.sense == "name" and hit.concept in claimed]
    covered = {at for hit in named for at in range(hit.first, hit.last)}
    hits += [
        Hit(at, at + 1, words[at].stem, "name")
        for at in range(sentence.first, sentence.last)
        if words[at].stem in known.plain_words and at not in covered
    ]
    literal = literal_mentions(words, sentence, known)
    tallies = [Tally() for _ in known.options]
    done: list[Step] = []
    forced = False
    topic: frozenset[str] = frozenset()
    around: frozenset[str] = frozenset()
    for clause in sentence.clauses:
        inside = [hit for hit in hits if clause.first <= hit.first and hit.first < clause.last]
        heads = clause.last - clause.first <= 5 and clause.last < sentence.last and ":" in words[clause.last].gap
        forced = forced or cues.FORCED.search(clause.text) is not None
        own = any(is_place(hit) for hit in inside)
        place = topic or (around if inside and (not own or _denies_only(words, clause)) else frozenset[str]())
        step = _clause(think, words, clause, inside, known, tallies, place, heads, literal)
        if not step.events:
            step = replace(step, events=tuple(referring(clause, before, known)))
        before.follow(words, clause, inside, known)
        done.append(replace(step, forced=forced))
        places = frozenset(hit.concept for hit in inside if is_place(hit))
        if heads:
            topic = places
        elif places and clause.mood == "claim":
            # "the sigmoid has pouches and no inflammation" denies no other inflammation
            around = places
    return done


def _denies_only(words: list[Token], clause: Clause) -> bool:
    """Whether a clause is a denial that goes on about the organ before it: "and no inflammation"."""
    opening = [words[at].lower for at in range(clause.first, min(clause.first + 2, clause.last))]
    return "no" in opening or "without" in opening


def _shifted(hit: Hit, by: int) -> Hit:
    return replace(hit, first=hit.first + by, last=hit.last + by, gap=(hit.gap[0] + by, hit.gap[1] + by))


def _clause(
    think: str,
    words: list[Token],
    clause: Clause,
    hits: Sequence[Hit],
    known: Targets,
    tallies: list[Tally],
    topic: frozenset[str],
    heads: bool,
    literal: Literal,
) -> Step:
    """One clause; `topic` is the organ of a heading before it ("Liver: …"), `heads` says that it is a heading."""
    clause, hits = advice(clause, hits, known) if known.planned else (clause, without_actions(hits))
    if clause.mood == "loose" and any(is_place(hit) and hit.first - clause.first <= 1 for hit in hits):
        # "Liver edge is smooth" speaks of this liver; "Cirrhosis may have many faces" of no one's
        clause = replace(clause, mood="claim")
    heads = heads and words[clause.first].lower not in WHOLE
    base = 0.1 if heads and clause.mood == "claim" else _STRENGTH.get(clause.mood, 0.0)
    hits = [hit for hit in hits if not _is_measure(words, hit, known)]
    reads = [_read(think, words, clause, hit, base) for hit in hits if not is_idle(words, hit)] if base else []
    reads = dismissed(words, clause, reads) if known.planned else reads
    if clause.mood == "supposed":
        reads = _contrary(words, clause, hits)
    if not topic and not any(is_place(read.hit) or is_side(read.hit) for read in reads):
        if words[clause.first].lower not in WHOLE:
            reads = [read for read in reads if not softly_normal(words, read.hit)]
        if of_something_else(words, clause, hits):
            reads = _less_healthy(reads, 0.3)
    elif not topic and not any(is_place(read.hit) for read in reads):
        # "the right one is fine"
        reads = _less_healthy(reads, 0.3)
    if cues.HARMLESS.search(clause.text):
        reads = [replace(r, strength=0.2 * r.strength) if is_finding(r.hit) and r.affirmed else r for r in reads]
    if cues.REMAINDER.search(clause.text):
        reads = _less_healthy(reads, 0.25)
    events = by_concepts(think, words, clause, reads, known, tallies, topic, literal) if reads else []
    if known.missed and not answers(clause):
        events = [replace(event, amount=-event.amount) for event in events]
    events += lettered(think, words, clause, known, events)
    events += yes_no(words, clause, known)
    events += none_fits(clause, known)
    events += measured(think, words, clause, hits, known)
    events += graded(think, words, clause, known)
    hedged = tuple((clause.start + start, clause.start + end) for start, end in hedges(clause.text))
    span = clause.start, clause.end
    withholds = cues.WITHHOLDS.search(clause.text) is not None
    # what sounds general tells nothing of a number
    numeric = known.measured or known.scale or known.counted
    tells = bool(events) or (_tells(clause, hits, known) and not (numeric and clause.mood == "loose"))
    far = elsewhere(clause, reads, known)
    return Step(
        events=tuple(events),
        corrects=clause.corrects,
        elsewhere=far,
        span=span,
        withholds=withholds,
        hedges=hedged,
        tells=clause.mood in ("claim", "conclusion", "loose", "past") and tells,
        concludes=clause.mood == "conclusion" and tells,
    )


def _less_healthy(reads: list[Read], share: float) -> list[Read]:
    """What is said to be as it should be counts for less where it is said of something else."""
    return [replace(r, strength=share * r.strength) if r.hit.concept == "normal" else r for r in reads]


def _is_measure(words: list[Token], hit: Hit, known: Targets) -> bool:
    """Whether a number is a length ("1 cm past the carina"), where no option is one."""
    if lexicon().kind(hit.concept) != "number" or hit.last >= len(words) or words[hit.last].gap.strip():
        return False
    return words[hit.last].lower in _UNITS and words[hit.last].stem not in known.plain_words


def _tells(clause: Clause, hits: Sequence[Hit], known: Targets) -> bool:
    """Whether a clause has a finding, a sign or a measure in it, where an option may lie, and not how it was taken."""
    organs = frozenset(hit.concept for hit in hits if is_place(hit))
    if not any(same_place(target, organs) for target in known.options):
        return False
    kinds = {lexicon().kind(hit.concept) for hit in hits}
    if _TECHNIQUE.search(clause.text):
        return "finding" in kinds
    return (
        bool(kinds & _TELLING) or any(hit.sense != "name" for hit in hits) or _MEASURE.search(clause.text) is not None
    )


def _contrary(words: list[Token], clause: Clause, hits: Sequence[Hit]) -> list[Read]:
    """What stands before "would" in a supposition is not the case: "an MRI would show more contrast"."""
    would = [at for at in range(clause.first, clause.last) if words[at].lower == "would"]
    before = [words[at].lower for at in range(clause.first, would[0] if would else clause.last)]
    if before[:1] == ["if"] or before[1:2] == ["if"] or before[0] == "were":
        unreal = any(word in ("were", "was", "had") for word in before)
        return [Read(hit, False, 0.3) for hit in hits if hit.sense == "name" and unreal]
    if not would or any(word in ("if", "i", "we", "you", "one") for word in before):
        return []
    told = [hit for hit in hits if hit.sense == "name" and hit.last <= would[0]]
    return [Read(hit, False, 0.45) for hit in told if lexicon().kind(hit.concept) not in ("generic", "state")]


def _read(think: str, words: list[Token], clause: Clause, hit: Hit, base: float) -> Read:
    last, start = max(clause.last, hit.last), clause.first
    if hit.concept == "normal" or hit.sense == "against":
        # "no mass, liver normal": what a "no" denies ends at the comma
        start = next((at for at in range(hit.first, start, -1) if "," in words[at].gap), start)
    meant: Meaning = meaning(words, (start, last), (hit.first, hit.last), think, hit.gap)
    if clause.mood == "loose" and (not meant.affirmed or hit.sense != "name"):
        base = _STRENGTH["claim"]  # nobody denies or describes in general
    strength = base * meant.firmness * (1.0 if hit.sense == "name" else 0.75)
    return Read(hit, (meant.affirmed != (hit.sense == "against")) != clause.denied, strength)
