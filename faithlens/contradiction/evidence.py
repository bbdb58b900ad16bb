"""What each clause of a think says for or against each option, in order, with the words that say it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from faithlens.contradiction import cues
from faithlens.contradiction.clauses import Clause, Sentence, sentences
from faithlens.contradiction.context import Meaning, hedges, meaning
from faithlens.contradiction.effects import CONFLICT, Read, effect, elsewhere, is_finding, is_place
from faithlens.contradiction.events import Event, Step
from faithlens.contradiction.lexicon import Hit, lexicon
from faithlens.contradiction.naming import lettered, none_fits, yes_no
from faithlens.contradiction.targets import PLACES, Target, Targets
from faithlens.contradiction.tokens import Token, stem, tokens
from faithlens.replies.wording import vocabulary

_STRENGTH = {"conclusion": 0.9, "claim": 0.6, "loose": 0.3, "impression": 0.15, "generic": 0.05}
"""How much one mention commits; questions, suppositions, history and restated tasks commit to nothing."""
_OF_THE_IMAGE = vocabulary("image picture film screen photo photograph scan slice frame")
_LOOKING = frozenset(map(stem, vocabulary("compare look check inspect examine review scan study")))
"""What is done to both sides before either is said to be abnormal."""
_FILLERS = vocabulary("ok okay fine alright")
_OTHER = vocabulary("other another additional further associated new else underlying")
_SOFT = frozenset(
    map(stem, vocabulary("whole smooth clean fine regular continuous homogeneous symmetric preserved maintained"))
)
_CALM = vocabulary("nothing spared separate uninvolved untouched unaffected merely innocent innocuous")
_LANDMARK = re.compile(
    r"\b(?:behind|beside|below|beneath|underneath|under|above|near|alongside|between|outside|beyond|past|abutting|"
    r"abuts|touching|touches|displacing|displaces|(?:next|adjacent|close|closer|lateral|medial|anterior|posterior|"
    r"superior|inferior|deep|proximal|distal|caudal|cranial|parallel) to|in front of|"
    r"(?:separate|separated|distinct|away|apart) from|on top of|left of|right of)\s+"
    r"(?:(?:the|a|an|his|her|its|both|two)\s+)?(?:[\w-]+\s+(?:and\s+(?:the\s+)?)?)?$",
    re.IGNORECASE,
)
"""Before an organ that is named only to say where something else lies."""
_OPPOSITE = {"left": "right", "right": "left"}
_PAIRED = vocabulary(
    "side lung kidney hemisphere half hip knee shoulder eye breast leg arm ovary one hemithorax ankle wrist"
)
_EXACTLY = vocabulary(
    "in at where here now there away next behind above below through across on over under after before around up down"
    " underneath beneath outside inside"
)
"""After them "right" means exactly: "right in the middle", unless one of these stands before it."""
_SIDED = vocabulary("the on a to patient's his her and or is left side towards toward")
_OUTSIDE = re.compile(
    r"\b(?:outside|beyond|(?:separate|separated|distinct|away|apart) from)(?: of)?\s+(?:the|its|his|"
    r"her)?\s*(?:[\w-]+\s+)?$",
    re.IGNORECASE,
)
_AT_REST = re.compile(
    r"\b(?:is|are|looks?|remains?|appears?|stays?|seems?)\s+(?:(?:\w+ly|both|all|quite|perfectly)\s+)?"
    r"(?:clear|sharp|free|crisp|clean|dry|quiet|empty|alright|all right|fine|ok|okay|good|untouched|unharmed)\b",
    re.IGNORECASE,
)
"""What is said of an organ, or of a side, that is as it should be."""
_CUT_OFF = re.compile(
    r"\s+(?:is|are)\s+(?:only|just)?\s*(?:partly|partially|barely|just)\s+(?:in view|visible|seen|included|shown)",
    re.IGNORECASE,
)
_WHOLE = vocabulary(
    "image picture scan film study radiograph x xray mri ct view everything all it this what nothing anything"
    " appearance appearances finding findings structure structures rest anatomy exam examination result results patient"
    " looks look person there i we here i'd i'm overall so therefore thus seems appears completely entirely totally"
    " looking these those one both answer they're they everything's all's it's that's this's"
)
_CONNECTING = vocabulary("but and so while whereas although though yet still")
_DETERMINERS = vocabulary("the its both his her these all")
_VERBS = vocabulary("is are was were looks look appears appear seems seem has have opens open lies lie remains remain")
_NOT_A_COUNT = vocabulary("this that the which no any each another every some other or")
_NOT_COUNTED = vocabulary(
    "sits lies lay in at on was side of can cannot would might must could should may sees is that more and"
)


Literal: TypeAlias = list[tuple[int, int, int]]
"""Words from, words to, option."""


@dataclass
class _Tally:
    """Units of one option that a sentence has affirmed so far."""

    units: dict[str, float] = field(default_factory=dict[str, float])
    hits: set[Hit] = field(default_factory=set[Hit])


def steps(think: str, known: Targets) -> list[Step]:
    """Every clause of a think as a step, in order."""
    words = tokens(think)
    found: list[Step] = []
    side = ""
    for sentence in sentences(think, words):
        hits = [_shifted(hit, sentence.first) for hit in lexicon().hits(words[sentence.first : sentence.last])]
        hits += _opposite(words, sentence, hits, side)
        side = next((hit.concept for hit in reversed(hits) if hit.concept in _OPPOSITE), side)
        found += _sentence(think, words, sentence, hits, known)
    return found


def _opposite(words: list[Token], sentence: Sentence, hits: Sequence[Hit], side: str) -> list[Hit]:
    """The side that "the other side" or "the opposite lung" means: not the one that was named last."""
    found: list[Hit] = []
    for at in range(sentence.first, sentence.last - 1):
        word, following = words[at].lower, words[at + 1].lower
        if word == "contralateral" or (word in ("other", "opposite") and following in _PAIRED):
            named = [hit.concept for hit in hits if hit.concept in _OPPOSITE and hit.last <= at]
            last = named[-1] if named else side
            if last:
                found.append(Hit(at, at + 2, _OPPOSITE[last], "name"))
    return found


def _sentence(think: str, words: list[Token], sentence: Sentence, hits: list[Hit], known: Targets) -> list[Step]:
    covered = {at for hit in hits if hit.sense == "name" for at in range(hit.first, hit.last)}
    hits += [
        Hit(at, at + 1, words[at].stem, "name")
        for at in range(sentence.first, sentence.last)
        if words[at].stem in known.plain_words and at not in covered
    ]
    literal = _literal(words, sentence, known)
    tallies = [_Tally() for _ in known.options]
    done: list[Step] = []
    forced = False
    topic: frozenset[str] = frozenset()
    for clause in sentence.clauses:
        inside = [hit for hit in hits if clause.first <= hit.first and hit.first < clause.last]
        heads = clause.last - clause.first <= 5 and clause.last < sentence.last and ":" in words[clause.last].gap
        forced = forced or cues.FORCED.search(clause.text) is not None
        step = _clause(think, words, clause, inside, known, tallies, topic, heads, literal)
        done.append(replace(step, forced=forced))
        if heads:
            topic = frozenset(hit.concept for hit in inside if is_place(hit))
    return done


def _literal(words: list[Token], sentence: Sentence, known: Targets) -> Literal:
    """Where the sentence has an option's own words: from, to, and the option."""
    stems = [word.stem for word in words[sentence.first : sentence.last]]
    found: Literal = []
    for option, target in enumerate(known.options):
        size = len(target.stems)
        if target.stems:
            starts = [at for at, stem in enumerate(stems) if stem == target.stems[0]]
            found += [
                (sentence.first + at, sentence.first + at + size, option)
                for at in starts
                if tuple(stems[at : at + size]) == target.stems
            ]
    return found


def elsewhere_named(literal: Literal, hit: Hit, option: int, affirmed: bool, target: Target) -> bool:
    """Whether a mention is another option in its own words, and therefore says nothing of this one.

    What is denied in general is denied of every option ("no lesion"), but "no ring lesion" denies only ring lesions.
    """
    around = [(first, last, named) for first, last, named in literal if first <= hit.first and hit.last <= last]
    if not around or target.absent or any(named == option for _, _, named in around):
        return False
    only_part = all(last - first > hit.last - hit.first for first, last, _ in around)
    return affirmed or only_part or hit.concept in target.concepts


def _absence(words: list[Token], literal: Literal, read: Read, option: int) -> float:
    """Effect of the own words of an option that claims an absence: "No tumor", "COVID-19 negative"; 0 elsewhere."""
    for first, last, named in literal:
        if option == named and first <= read.hit.first and read.hit.last <= last:
            led = any(words[at].lower in ("no", "not", "without", "non") for at in range(first, read.hit.first))
            return 1.0 if read.affirmed != led else -1.0
    return 0.0


def _affirms(reads: Sequence[Read], concept: str) -> bool:
    return any(read.hit.concept == concept and read.affirmed for read in reads)


def _shifted(hit: Hit, by: int) -> Hit:
    return replace(hit, first=hit.first + by, last=hit.last + by, gap=(hit.gap[0] + by, hit.gap[1] + by))


def _clause(
    think: str,
    words: list[Token],
    clause: Clause,
    hits: Sequence[Hit],
    known: Targets,
    tallies: list[_Tally],
    topic: frozenset[str],
    heads: bool,
    literal: Literal,
) -> Step:
    """One clause; `topic` is the organ of a heading before it ("Liver: …"), `heads` says that it is a heading."""
    if clause.mood == "loose" and any(is_place(hit) and hit.first - clause.first <= 1 for hit in hits):
        # "Liver edge is smooth" speaks of this liver; "Cirrhosis may have many faces" of no one's
        clause = replace(clause, mood="claim")
    heads = heads and words[clause.first].lower not in _WHOLE
    base = 0.1 if heads and clause.mood == "claim" else _STRENGTH.get(clause.mood, 0.0)
    reads = [_read(think, words, clause, hit, base) for hit in hits if not is_idle(words, hit)] if base else []
    if clause.mood == "supposed":
        reads = _contrary(words, clause, hits)
    if not topic and not any(is_place(read.hit) or _is_side(read.hit) for read in reads):
        if words[clause.first].lower not in _WHOLE:
            reads = [read for read in reads if not _softly_normal(words, read.hit)]
        if _of_something_else(words, clause, hits):
            reads = [replace(r, strength=0.3 * r.strength) if r.hit.concept == "normal" else r for r in reads]
    if cues.REMAINDER.search(clause.text):
        reads = [replace(r, strength=0.25 * r.strength) if r.hit.concept == "normal" else r for r in reads]
    events = _named(think, words, clause, reads, known, tallies, topic, literal) if reads else []
    events += lettered(think, words, clause, known, events)
    events += yes_no(words, clause, known)
    events += none_fits(clause, known)
    hedged = tuple((clause.start + start, clause.start + end) for start, end in hedges(clause.text))
    span = clause.start, clause.end
    withholds = cues.WITHHOLDS.search(clause.text) is not None
    far = elsewhere(clause, reads, known)
    return Step(tuple(events), clause.corrects, far, span, withholds=withholds, hedges=hedged)


def _contrary(words: list[Token], clause: Clause, hits: Sequence[Hit]) -> list[Read]:
    """What stands before "would" in a supposition is not the case: "an MRI would show more contrast"."""
    would = [at for at in range(clause.first, clause.last) if words[at].lower == "would"]
    opened = any(words[at].lower in ("if", "i", "we", "you", "one") for at in range(clause.first, (would or [0])[0]))
    if not would or opened:
        return []
    return [Read(hit, False, 0.45) for hit in hits if hit.sense == "name" and hit.last <= would[0]]


def _read(think: str, words: list[Token], clause: Clause, hit: Hit, base: float) -> Read:
    last, start = max(clause.last, hit.last), clause.first
    if hit.concept == "normal":
        # "no mass, liver normal": what a "no" denies ends at the comma
        start = next((at for at in range(hit.first, start, -1) if "," in words[at].gap), start)
    meant: Meaning = meaning(words, (start, last), (hit.first, hit.last), think, hit.gap)
    if clause.mood == "loose" and (not meant.affirmed or hit.sense != "name"):
        base = _STRENGTH["claim"]  # nobody denies or describes in general
    strength = base * meant.firmness * (1.0 if hit.sense == "name" else 0.75)
    return Read(hit, meant.affirmed != (hit.sense == "against"), strength)


def is_idle(words: list[Token], hit: Hit) -> bool:
    """Words that look like a concept and are none here: the image's side, "this one", "one side"."""
    kind = lexicon().kind(hit.concept)
    following = [word.lower for word in words[hit.last : hit.last + 4]]
    if kind == "side":
        before = words[hit.first - 1].lower if hit.first else ""
        if words[hit.last - 1].lower == "right" and (following[:1] or [""])[0] in _EXACTLY and before not in _SIDED:
            return True
        if words[hit.first].lower == "both" and any(
            word.stem in _LOOKING for word in words[max(0, hit.first - 3) : hit.first]
        ):
            return True
        of = [i for i, word in enumerate(following) if word in ("of", "side")]
        return bool(of) and any(word in _OF_THE_IMAGE for word in following)
    if hit.concept == "normal" and words[hit.first].lower in _FILLERS and hit.last - hit.first == 1:
        return hit.first == 0 or any(mark in words[hit.first].gap for mark in ".,!?\n")
    if hit.concept == "abnormality" and hit.first and words[hit.first - 1].lower in _OTHER:
        return True
    if kind == "number" and words[hit.first].lower == "one":
        before = words[hit.first - 1].lower if hit.first else ""
        return before in _NOT_A_COUNT or (following[:1] or [""])[0] in _NOT_COUNTED
    return False


def _is_landmark(think: str, words: list[Token], clause: Clause, hit: Hit) -> bool:
    before, after = think[clause.start : words[hit.first].start], think[words[hit.last - 1].end : clause.end]
    return _LANDMARK.search(before) is not None or _CUT_OFF.match(after) is not None


def _of_something_else(words: list[Token], clause: Clause, hits: Sequence[Hit]) -> bool:
    """Whether a clause speaks of a thing that the lexicon lacks: "the pyloric channel is normal"."""
    covered = {at for hit in hits for at in range(hit.first, hit.last)}
    first = clause.first + (words[clause.first].lower in _CONNECTING)
    first += words[first].lower in _DETERMINERS if first < clause.last else 0
    verb = next((at for at in range(clause.first, clause.last) if words[at].lower in _VERBS), None)
    if verb is None or any(_is_side(hit) for hit in hits):
        return any(_is_side(hit) for hit in hits)
    subject = range(first, verb)
    return bool(subject) and not any(at in covered or words[at].lower in _WHOLE for at in subject)


def _softly_normal(words: list[Token], hit: Hit) -> bool:
    """An adjective that means health only when it is said of an organ."""
    return hit.concept == "normal" and hit.last - hit.first == 1 and words[hit.first].stem in _SOFT


# ----------------------------------------------------------------------------------- by concepts


def _named(
    think: str,
    words: list[Token],
    clause: Clause,
    reads: list[Read],
    known: Targets,
    tallies: list[_Tally],
    topic: frozenset[str],
    literal: Literal,
) -> list[Event]:
    calm = any(
        (read.hit.concept == "normal" and read.affirmed) or (is_finding(read.hit) and not read.affirmed)
        for read in reads
    ) and not any(is_finding(read.hit) and read.affirmed and not _is_bare_place(read.hit, reads) for read in reads)
    aside = {read.hit for read in reads if is_place(read.hit) and _is_landmark(think, words, clause, read.hit)}
    if known.localises and any(read.hit.concept == "normal" and not read.affirmed for read in reads):
        # "I find no normal cruciate" speaks for the cruciate, where a place is asked for
        reads = [replace(read, affirmed=True) if is_place(read.hit) else read for read in reads]
    outside = {hit for hit in aside if _OUTSIDE.search(think[clause.start : words[hit.first].start])}
    organs = topic | {read.hit.concept for read in reads if is_place(read.hit) and read.hit not in aside}
    calm = calm or _AT_REST.search(clause.text) is not None
    calm = calm or any(
        word.lower in _CALM and not (at + 1 < len(words) and words[at + 1].lower in ("but", "other"))
        for at, word in enumerate(words[: clause.last])
        if at >= clause.first
    )
    if calm:
        # "the left lung is clear" speaks against the left
        reads = [replace(read, affirmed=False) if _is_side(read.hit) else read for read in reads]
    gained: dict[int, float] = {}
    used: dict[int, set[Hit]] = {}
    events: list[Event] = []
    for option, target in enumerate(known.options):
        total = sum(unit.weight for unit in target.units) or 1.0
        strength, against, blame = 0.0, 0.0, 0.0
        reason: Read | None = None
        conflict = False
        for read in reads:
            for unit in target.units:
                if read.hit in outside and unit.concept == read.hit.concept:
                    against, reason = max(against, 0.8 * read.strength), reason or read
                if read.hit in aside and lexicon().kind(unit.concept) in PLACES:
                    continue
                does = effect(read, unit.concept, target, clause, organs)
                if target.absent and unit.concept == read.hit.concept:
                    does = _absence(words, literal, read, option) or does
                if elsewhere_named(literal, read.hit, option, read.affirmed, target) and does != CONFLICT:
                    continue
                if calm and known.localises and does > 0 and is_place(read.hit):
                    does = -0.9
                if does == CONFLICT:
                    conflict = conflict or not _affirms(reads, unit.concept)
                if does > 0:
                    tally = tallies[option]
                    tally.units[unit.concept] = max(tally.units.get(unit.concept, 0.0), does)
                    tally.hits.add(read.hit)
                    strength = max(strength, read.strength)
                elif does < 0 and unit.weight / total >= 0.25:
                    share = 1.0 if unit.weight / total >= 0.45 else 0.6
                    amount = -does * share * read.strength
                    if reason is None or amount > blame:
                        blame, reason = amount, read
                    apart = reason is read or reason.hit.last <= read.hit.first or read.hit.last <= reason.hit.first
                    against = max(
                        against, amount, blame + 0.5 * amount * (1 - blame) if apart and reason is not read else 0
                    )
        if against and reason:
            span = words[reason.hit.first].start, words[reason.hit.last - 1].end
            events.append(Event(option, -min(against, 0.95) * 0.9, *span, clause.mood == "conclusion"))
        if conflict and strength:
            # "of the right hilum" denies the option that says the same of the left one
            events.append(Event(option, -0.8 * strength, clause.start, clause.end, clause.mood == "conclusion"))
        elif strength:
            matched = sum(unit.weight * tallies[option].units.get(unit.concept, 0.0) for unit in target.units)
            gained[option] = strength * matched / total
            if _only_places(target, tallies[option]):
                gained[option] *= 0.1
            elif (
                known.localises
                and words[clause.first].lower not in _WHOLE
                and not any(is_finding(read.hit) and read.affirmed for read in reads)
            ):
                gained[option] *= 0.6
            used[option] = tallies[option].hits
    positive = _undominated(gained, used)
    either = len(positive) > 1 and any(word.lower == "or" for word in words[clause.first : clause.last])
    for option, amount in positive.items():
        if len(positive) >= 3 and len(positive) > len(known.options) / 2:
            amount *= 0.3
        elif either:
            amount *= 0.45
        own = [hit for hit in used[option] if clause.first <= hit.first < clause.last]
        span = min(words[hit.first].start for hit in own), max(words[hit.last - 1].end for hit in own)
        events.append(Event(option, min(amount, 0.95), *span, clause.mood == "conclusion"))
    return events


def _is_side(hit: Hit) -> bool:
    return lexicon().kind(hit.concept) == "side"


def _only_places(target: Target, tally: _Tally) -> bool:
    """Whether an option that claims a finding has so far been matched by its organ alone."""
    lex = lexicon()
    finding = any(lex.kind(unit.concept) == "finding" for unit in target.units)
    return finding and all(lex.kind(concept) in PLACES for concept in tally.units)


def _is_bare_place(hit: Hit, reads: Sequence[Read]) -> bool:
    """A sign that is no more than the name of an organ: "the kneecap" for what may be wrong with it."""
    return hit.sense == "sign" and any(
        is_place(read.hit) and read.hit.first <= hit.first and hit.last <= read.hit.last for read in reads
    )


def _undominated(gained: dict[int, float], used: dict[int, set[Hit]]) -> dict[int, float]:
    """Without options whose every word speaks more for another: "small cell" in "non-small cell"."""
    return {
        option: amount
        for option, amount in gained.items()
        if not any(gained[other] > amount + 1e-9 and used[option] <= used[other] for other in gained)
    }
