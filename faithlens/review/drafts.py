"""Items and what stands behind them, before they are put in order and named."""

from __future__ import annotations

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from faithlens.edits.text import sentence_ends
from faithlens.errors import ImageError
from faithlens.records import AttributionMap, Case, Finding, MapExam
from faithlens.review import pictures
from faithlens.review.candidates import Candidate
from faithlens.review.catches import catches
from faithlens.review.disclosure import spans, told
from faithlens.review.reviewset import Item, KeyEntry
from faithlens.store import Run

# controls that no XML holds, and those that reorder or hide what stands around them
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Draft:
    """An item and its entry in the key, both without an id."""

    item: Item
    entry: KeyEntry
    pictures: tuple[bytes, ...]
    """PNG."""
    overlay: bytes | None = None

    @property
    def name(self) -> tuple[str, int]:
        """Case id and rollout."""
        return self.entry.case_id, self.entry.rollout


class Album:
    """Images of cases as raters get them, each read once."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, ...], tuple[bytes, ...] | ImageError] = {}

    def of(self, case: Case) -> tuple[bytes, ...]:
        """PNG of each of its images. Raises ImageError."""
        if case.images not in self._read:
            try:
                self._read[case.images] = tuple(pictures.bare(path) for path in case.images)
            except ImageError as error:
                self._read[case.images] = error
        found = self._read[case.images]
        if isinstance(found, ImageError):
            raise found
        return found


def visible(text: str) -> str:
    """Text without characters that a format could not hold or a rater could not see; each becomes U+FFFD."""
    return _UNSEEN.sub("\ufffd", text)


def sentence_places(text: str) -> list[tuple[int, int]]:
    """Offsets of each sentence, without white space around it."""
    ends = sentence_ends(text)
    spans = [(start, end, text[start:end]) for start, end in zip([0, *ends], ends, strict=False)]
    return [(end - len(said.lstrip()), start + len(said.rstrip())) for start, end, said in spans if said.strip()]


def _sentences(text: str) -> tuple[str, ...]:
    return tuple(visible(text[start:end]) for start, end in sentence_places(text))


def sampled(candidate: Candidate, stratum: str, weight: float, album: Album) -> Draft:
    """A reply as it stands. Raises ImageError."""
    case, trace = candidate.case, candidate.trace
    item = Item(
        id="",
        question=visible(case.question),
        options=tuple(map(visible, case.options)),
        sentences=_sentences(trace.think or ""),
        answer=trace.choice,
        answer_text=visible((trace.answer or "").strip()),
    )
    entry = KeyEntry(
        item="",
        case_id=trace.case_id,
        rollout=trace.rollout,
        kind="sample",
        stratum=stratum,
        weight=weight,
        verdicts={axis: verdict.probability for axis, verdict in candidate.verdicts.items()},
        flagged={axis: v.flagged for axis, v in candidate.verdicts.items() if v.flagged is not None},
        key=case.key,
        choice=trace.choice,
        modality=case.modality,
        cluster=candidate.cluster,
        group=case.group,
    )
    return Draft(item, entry, album.of(case))


def repeats(drafts: Sequence[Draft], share: float, seed: int) -> list[Draft]:
    """That share of the drafts once more, chosen by chance; one at least, where the share is not 0."""
    count = min(len(drafts), max(1, round(share * len(drafts)))) if share else 0
    chosen = random.Random(f"{seed} repeats").sample(drafts, count)
    return [replace(one, entry=replace(one.entry, kind="repeat", weight=math.nan)) for one in chosen]


def planted(undrawn: Sequence[Case], drafts: Sequence[Draft], count: int, album: Album, seed: int) -> list[Draft]:
    """Catch items on cases that were not drawn, the answer in the style of the others."""
    bare = Counter(len(draft.item.answer_text) <= 2 for draft in drafts)[True] * 2 >= len(drafts)

    def readable() -> Iterator[Case]:
        for case in random.Random(f"{seed} catches").sample(undrawn, len(undrawn)):
            try:
                album.of(case)
            except ImageError:
                continue
            yield case

    found = []
    for case, built, expected in catches(readable(), count, seed):
        letter = case.letters[built.choice]
        item = Item(
            id="",
            question=visible(case.question),
            options=tuple(map(visible, case.options)),
            sentences=_sentences(built.think),
            answer=letter,
            answer_text=letter if bare else visible(f"{letter}) {case.options[built.choice]}"),
        )
        entry = KeyEntry(
            item="",
            case_id=case.id,
            rollout=0,
            kind="catch",
            stratum="",
            weight=math.nan,
            key=case.key,
            choice=letter,
            modality=case.modality,
            group=case.group,
            expected={"support": expected},
        )
        found.append(Draft(item, entry, album.of(case)))
    return found


class Evidence:
    """What a run holds beside its verdicts: findings, maps, regions of interest."""

    def __init__(self, run: Run) -> None:
        self._findings: dict[tuple[str, int], list[Finding]] = defaultdict(list)
        for finding in run.rows(Finding):
            self._findings[finding.case_id, finding.rollout].append(finding)
        self.method, self._maps = _maps(run)

    def over(self, candidate: Candidate) -> bytes | None:
        """The first image with the map of the answer and the regions of interest; None where there is neither."""
        found, boxes = self._maps.get(candidate.name), candidate.case.boxes_xyxy_px
        return pictures.drawn_over(candidate.case.images[0], found, boxes) if found or boxes else None

    def overlaid(self, draft: Draft, candidate: Candidate) -> Draft | None:
        """The draft in the arm that shows where to look; None where there is nothing to show."""
        picture = self.over(candidate)
        if picture is None:
            return None
        item = replace(draft.item, boxes_xyxy_px=candidate.case.boxes_xyxy_px)
        entry = replace(draft.entry, kind="overlay", weight=math.nan)
        return Draft(item, entry, draft.pictures, picture)

    def disclosed(self, item: Item, candidate: Candidate) -> Item:
        """The item with what the audit found."""
        findings = self._findings[candidate.name]
        marks = [mark for finding in findings for mark in finding.marks]
        lines = tuple(map(visible, told(candidate.verdicts, findings)))
        trace = candidate.trace
        first = trace.think_span[0] if trace.think_span else 0
        places = [(first + start, first + end) for start, end in sentence_places(trace.think or "")]
        return replace(item, told=lines, spans=spans(marks, places))


def _maps(run: Run) -> tuple[str | None, Mapping[tuple[str, int], AttributionMap]]:
    """The maps of the answer by the method that passed most exams on this checkpoint, and its name."""
    found = [one for one in run.rows(AttributionMap) if one.target == "answer" and one.values]
    passed = Counter(exam.method for exam in run.rows(MapExam) if exam.passed)
    method = min({one.method for one in found}, key=lambda name: (-passed[name], name), default=None)
    return method, {(one.case_id, one.rollout): one for one in found if one.method == method}
