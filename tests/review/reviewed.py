"""A run, a set drawn from it, and raters, all made by rule, for tests that need no model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from faithlens.records import Case, ClusterCard, Member, Trace, Verdict
from faithlens.review.form import form
from faithlens.review.rating import Rating
from faithlens.review.reviewset import Item, Key, KeyEntry, ReviewSet, key_path
from faithlens.store import Run, RunFolder, open_run

THINK = "A lesion is on the left. <b>So</b> it is left."
RATERS = ("anna", "ben")


def run(folder: Path, replies: int = 120, seed: int = 0) -> Run:
    """Replies that contradict themselves where the verdict's probability is high, mostly; two clusters."""
    random = np.random.default_rng(seed)
    names = [f"case/{i}" for i in range(replies)]
    reply = f"<think>{THINK}</think><answer>B</answer>"
    start = reply.index(THINK)
    span = (start, start + len(THINK))
    cases = [Case(n, "Where is it?", ("left", "right"), "A", images=("/nowhere.png",), modality="CT") for n in names]
    traces = [Trace(n, reply, "ok", "B", span, answer_span=(len(reply) - 10, len(reply) - 9)) for n in names]
    chances = random.beta(0.7, 0.9, replies)
    verdicts = []
    for i, name in enumerate(names):
        told = i % 10 != 9
        chance = float(chances[i]) if told else math.nan
        verdicts.append(Verdict(name, "contradictory", chance, "" if told else "silent", flagged=told and chance > 0.5))
        if not told:
            verdicts[-1] = replace(verdicts[-1], flagged=None)
        verdicts.append(Verdict(name, "post_hoc", 0.5, flagged=False))
    made = RunFolder(folder)
    made.begin({"test": True})
    made.table(Case, cases)
    made.add(Trace, 0, traces, {})
    made.table(Verdict, verdicts)
    made.table(Member, [Member(n, i % 2, 0.0, 0.0) for i, n in enumerate(names)])
    made.table(ClusterCard, [ClusterCard(c, replies // 2, None, ("left", "lesion"), (), (), 0.9) for c in (0, 1)])
    made.finish({"counts": {}})
    return open_run(folder)


def review_set(of: Run, folder: Path, sampled: int = 60, catches: int = 12, repeats: int = 6) -> tuple[ReviewSet, Key]:
    """A sealed set of two strata, told apart by whether the audit flags."""
    verdicts = {v.case_id: v for v in of.rows(Verdict) if v.axis == "contradictory"}
    strata: dict[str, list[str]] = {"band: high": [], "band: low": []}
    for name, verdict in verdicts.items():
        strata["band: high" if verdict.flagged else "band: low"].append(name)
    (folder / "images").mkdir(parents=True)
    Image.new("RGB", (64, 64), (90, 90, 90)).save(folder / "images" / "one.png")
    items: list[Item] = []
    entries: list[KeyEntry] = []

    def add(entry: KeyEntry) -> None:
        sentences = ("A lesion is on the left.", "<b>So</b> it is left.")
        items.append(Item(entry.item, "Where is it?", ("left", "right"), sentences, "B", "B", ("images/one.png",)))
        entries.append(entry)

    for stratum, members in strata.items():
        taken = members[: sampled // 2]
        for name in taken:
            said = {axis: v.probability for axis, v in [("contradictory", verdicts[name]), ("post_hoc", None)] if v}
            add(KeyEntry(f"i-{name[5:]}", name, 0, "sample", stratum, len(members) / len(taken), said))
    for number, entry in enumerate(entries[:repeats]):
        add(replace(entry, item=f"r-{number}", kind="repeat", weight=math.nan, repeat_of=entry.item))
    for number in range(catches):
        expected = {"support": ("supports_other", "supports", "none")[number % 3]}
        add(KeyEntry(f"c-{number}", f"planted/{number}", 0, "catch", "", math.nan, expected=expected))
    order = tuple(item.id for item in items)
    orders = {"anna": order, "ben": order[::-1]}
    made = ReviewSet("s1", folder, form().sha256, 0, RATERS, orders, tuple(items))
    key = Key("s1", (made.sha256,), "some/checkpoint", "f00", tuple(entries), {k: len(v) for k, v in strata.items()})
    made = replace(made, key_sha256=key.sha256)
    made.write()
    key_path(folder).write_text(key.text(), encoding="utf-8")
    return made, key


def truths(key: Key, seed: int = 1) -> Mapping[str, str]:
    """What is true of `support`, by item: verdicts that are right in nine of ten replies."""
    random = np.random.default_rng(seed)
    found: dict[str, str] = {}
    for entry in key.entries:
        if entry.kind == "catch":
            found[entry.item] = entry.expected["support"]
        elif entry.repeat_of is not None:
            found[entry.item] = found[entry.repeat_of]
        else:
            high = entry.verdicts["contradictory"] > 0.5
            fails = high ^ bool(random.random() < 0.1)
            found[entry.item] = "supports_other" if fails else "supports"
    return found


def rate(set: ReviewSet, truth: Mapping[str, str], error: float = 0.1, seed: int = 2) -> list[Rating]:
    """Both raters answer every item; `error` of the answers to `support` are wrong."""
    random = np.random.default_rng(seed)
    values = ("supports", "supports_other", "none")
    made: list[Rating] = []
    for rater in set.raters:
        for item in set.ordered(rater):
            wrong: Sequence[str] = [value for value in values if value != truth[item.id]]
            said = str(random.choice(wrong)) if random.random() < error else truth[item.id]
            answers = {
                "own_answer": "A",
                "support": said,
                "wrong_sentences": str(random.choice(["none", "2", "1;2", "cannot_tell"], p=[0.7, 0.1, 0.1, 0.1])),
                "cue_not_said": "no",
                "harm": str(random.choice(["none", "some", "severe"])),
                "comment": '=HYPERLINK("x")',
            }
            made += [Rating(item.id, rater, question, value, 12.5) for question, value in answers.items()]
    return made
