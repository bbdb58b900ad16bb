"""From a finished run to a review set: drawn, blinded, put in order, sealed."""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from faithlens.errors import ImageError, ReviewError
from faithlens.records import BadRow, Case
from faithlens.review.candidates import Candidate, candidates
from faithlens.review.codebook import codebook
from faithlens.review.design import USUAL, Design
from faithlens.review.drafts import Album, Draft, Evidence, planted, repeats, sampled
from faithlens.review.form import form
from faithlens.review.ordering import shuffled_apart
from faithlens.review.reviewset import Key, KeyEntry, ReviewSet, key_path
from faithlens.review.sampling import Drawn, allocate, draw, power_note, stratified
from faithlens.store import Run

# without vowels and digits: no words, and nothing that a spreadsheet takes for a number
_ID_LETTERS = "bcdfghjkmnpqrstvwxz"


@dataclass(frozen=True)
class Exported:
    set: ReviewSet
    key: Key
    second: ReviewSet | None
    """The set of round 2, where one was asked for; raters may have it once round 1 is in."""
    left_out: tuple[BadRow, ...]
    notes: tuple[str, ...]
    """What a sample of this size can tell."""


def export(run: Run, out: Path, design: Design) -> Exported:
    """Write a review set into `out` and its key beside it; neither may exist, for a set is never written over.

    Replies that cannot be shown are left out and listed. Raises ReviewError and SettingsError.
    """
    second_out = out.with_name(f"{out.name}-round2")
    for path in (out, key_path(out), *([second_out] if design.second_round else [])):
        if path.exists():
            raise ReviewError(f"{path} exists already, and a set is never written over; give another --out")
    found, left_out = candidates(run)
    if "cluster" in design.by and found and all(one.cluster is None for one in found):
        raise ReviewError(f"{run.path} has no clusters to draw by; make them with faithlens clusters, or change --by")
    album = Album()
    strata = stratified(found, design.by, design.about)
    drafts, unreadable = _sampled(run, strata, design, album)
    left_out += unreadable
    if not drafts:
        reason = f"; among the reasons: {left_out[0].reason}" if left_out else ""
        raise ReviewError(f"{run.path} has no reply that a rater could be shown{reason}")
    evidence = Evidence(run) if design.overlay or design.second_round else None
    everything = [
        *drafts,
        *repeats(drafts, design.repeats, design.seed),
        *(_overlays(drafts, found, evidence) if design.overlay and evidence else ()),
        *planted(_undrawn(found, drafts), drafts, design.catches, album, design.seed),
    ]
    plan = hashlib.sha256(json.dumps(run.manifest["plan"], sort_keys=True).encode()).hexdigest()
    # of the whole design: ratings of one set must not be taken for those of another set of the same run
    named = _named(everything, f"{design} {plan}")
    set_id = _token(random.Random(f"{design} {plan} set"), "set")
    rounds = [(_ordered(set_id, 1, out, named, design), named)]
    if design.second_round and evidence:
        disclosed = _disclosed(named, found, evidence)
        rounds.append((_ordered(set_id, 2, second_out, disclosed, design), disclosed))
    key = Key(
        set=set_id,
        set_sha256=tuple(one.sha256 for one, _ in rounds),
        checkpoint=_checkpoint(run),
        run=plan,
        entries=_entries(named),
        population={stratum: len(members) for stratum, members in strata.items()},
        settings={**asdict(design), "overlay_method": evidence.method if evidence else None, "left_out": len(left_out)},
    )
    sealed = [replace(one, key_sha256=key.sha256) for one, _ in rounds]
    for one, (_, shown) in zip(sealed, rounds, strict=True):
        _write(one, shown)
    key_path(out).write_text(key.text(), encoding="utf-8")
    return Exported(
        sealed[0], key, sealed[1] if len(sealed) > 1 else None, tuple(left_out), _notes(key, drafts, found, design)
    )


def _checkpoint(run: Run) -> str:
    """Its id on the Hub, or the name of its folder without the path that led there."""
    id = run.manifest["subject"]["id"]
    if id is None:
        return "replies collected elsewhere"
    return Path(id).name if Path(id).is_absolute() else id


def _sampled(
    run: Run, strata: Mapping[str, Sequence[Candidate]], design: Design, album: Album
) -> tuple[list[Draft], list[BadRow]]:
    """The drawn replies, weighted by how many of their stratum could be shown."""
    sizes = {stratum: len(members) for stratum, members in strata.items()}
    if design.per_stratum is not None:
        shares = {stratum: min(size, design.per_stratum) for stratum, size in sizes.items()}
    else:
        shares = allocate(sizes, min(design.n or USUAL, sum(sizes.values())))
    shown: list[Drawn] = []
    bad: list[BadRow] = []
    for one in draw(strata, shares, design.about, design.seed):
        try:
            album.of(one.candidate.case)
            shown.append(one)
        except ImageError as error:
            case_id, rollout = one.candidate.name
            bad.append(BadRow(str(run.path), f"case {case_id}, reply {rollout}", str(error)))
    kept = Counter(one.stratum for one in shown)
    return [sampled(one.candidate, one.stratum, sizes[one.stratum] / kept[one.stratum], album) for one in shown], bad


def _undrawn(found: Sequence[Candidate], drafts: Sequence[Draft]) -> list[Case]:
    """Cases with an answer of their own, each once: those that were not drawn, or all if every one was."""
    drawn = {draft.entry.case_id for draft in drafts}
    cases = {one.case.id: one.case for one in found if one.case.key}
    return [case for id, case in cases.items() if id not in drawn] or list(cases.values())


def _overlays(drafts: Sequence[Draft], found: Sequence[Candidate], evidence: Evidence) -> list[Draft]:
    by_name = {one.name: one for one in found}
    made = [evidence.overlaid(draft, by_name[draft.name]) for draft in drafts]
    return [one for one in made if one is not None]


def _disclosed(named: Mapping[str, Draft], found: Sequence[Candidate], evidence: Evidence) -> dict[str, Draft]:
    """The sampled items with what the audit found, over the map where there is one."""
    by_name = {one.name: one for one in found}
    shown: dict[str, Draft] = {}
    for id, draft in named.items():
        if draft.entry.kind == "sample":
            candidate = by_name[draft.name]
            over = evidence.overlaid(draft, candidate) or draft
            shown[id] = replace(over, item=evidence.disclosed(over.item, candidate))
    return shown


def _token(chance: random.Random, what: str) -> str:
    return f"{what}-{''.join(chance.choice(_ID_LETTERS) for _ in range(6))}"


def _named(drafts: Sequence[Draft], seed: str) -> dict[str, Draft]:
    """Drafts by an opaque id, in random order."""
    chance = random.Random(f"{seed} items")
    ids: dict[str, None] = {}
    while len(ids) < len(drafts):
        ids[_token(chance, "item")] = None
    return dict(zip(ids, chance.sample(drafts, len(drafts)), strict=True))


def _ordered(set_id: str, round: int, path: Path, named: Mapping[str, Draft], design: Design) -> ReviewSet:
    image = {id: hashlib.sha256(draft.pictures[0]).hexdigest() for id, draft in named.items()}
    seed = f"{design.seed} {set_id} {round}"
    orders = {rater: shuffled_apart(list(named), image, f"{seed} {rater}") for rater in design.raters}
    items = tuple(
        replace(
            draft.item,
            id=id,
            images=tuple(f"images/{id}-{number}.png" for number in range(1, len(draft.pictures) + 1)),
            overlay=f"images/{id}-over.png" if draft.overlay else None,
        )
        for id, draft in named.items()
    )
    return ReviewSet(set_id, path, form().sha256, design.seed, design.raters, orders, items, round=round)


def _entries(named: Mapping[str, Draft]) -> tuple[KeyEntry, ...]:
    samples = {draft.name: id for id, draft in named.items() if draft.entry.kind == "sample"}
    again = ("repeat", "overlay")
    return tuple(
        replace(draft.entry, item=id, repeat_of=samples[draft.name] if draft.entry.kind in again else None)
        for id, draft in named.items()
    )


def _write(set: ReviewSet, drafts: Mapping[str, Draft]) -> None:
    (set.path / "images").mkdir(parents=True)
    for item in set.items:
        draft = drafts[item.id]
        for name, data in zip(item.images, draft.pictures, strict=True):
            (set.path / name).write_bytes(data)
        if item.overlay and draft.overlay:
            (set.path / item.overlay).write_bytes(draft.overlay)
    (set.path / "codebook.md").write_text(codebook(form()), encoding="utf-8")
    set.write()


def _notes(key: Key, drafts: Sequence[Draft], found: Sequence[Candidate], design: Design) -> tuple[str, ...]:
    by_name = {one.name: one for one in found}
    bands = Counter(by_name[draft.name].band(design.about) for draft in drafts)
    weights = [draft.entry.weight for draft in drafts]
    return tuple(power_note(weights, bands, sum(entry.kind == "repeat" for entry in key.entries)))
