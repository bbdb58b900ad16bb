"""Do maps find a cause whose place is known: the marker that the bundled checkpoint follows in its hidden-cue stratum?

    OMP_NUM_THREADS=1 python analyses/attribution/marker.py --n 30 --out marker.jsonl --figure marker.svg

Each phantom is drawn twice, with the marker of a wrong finding in its first image token and without; those are taken
whose reply follows the marker and whose twin's does not. The target is the sentence of the reply (or the answer) that
the marker moves most, by a fifth of the image's whole effect at least. A map hits if its largest value lies on the
marker's token; on the unmarked twin, where nothing is there, the same is a false alarm. One line a case and method is
written as it goes, and a call goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
import torch

from faithlens import demo, models, prompts, replies
from faithlens.attribution.maps import Set, attribute, scenes
from faithlens.attribution.method import choose
from faithlens.cases.pool import Pool
from faithlens.demo.questions import Item, ask, phantom_seed
from faithlens.demo.strata import PLANTED
from faithlens.engine.packed import Packed, packed_subject
from faithlens.errors import FaithlensError
from faithlens.models.checkpoint import Checkpoint
from faithlens.probes import Exhibit
from faithlens.records import LETTERS, Case, Speak, Spoken, View
from faithlens.stats import rate

SEED = 6
"""Phantoms that neither training (1, 2), the demo (3) nor a calibration (4) draws."""

METHODS = (
    "attention_relevancy,feature_ablation,gradient_shap,input_x_gradient,integrated_gradients,"
    "integrated_gradients:blur,occlusion,token_activation"
)
LEAST = 0.2
"""Share of the image's whole effect that the marker has to have, as in the exam."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=30)
    parser.add_argument("--methods", default=METHODS)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--figure", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        measure(arguments.n, arguments.methods.split(","), arguments.out, Path(folder))
    lines = list(_lines(arguments.out))
    print(table(lines))
    if arguments.figure:
        draw(lines, arguments.figure)


def measure(n: int, labels: list[str], out: Path, folder: Path) -> None:
    checkpoint = models.load(str(demo.CHECKPOINT))
    subject, known = packed_subject(checkpoint), {(line["case"], line["method"]) for line in _lines(out)}
    with out.open("a", encoding="utf-8") as file:
        for number, (marked, plain) in enumerate(_twins()):
            done = {case for case, _ in known}
            case, twin = _case(marked, folder, f"{number}-marked"), _case(plain, folder, f"{number}-plain")
            if len(done) >= n and case.id not in done:
                break
            wanted = [method for method in choose(labels) if (case.id, method.label) not in known]
            if not wanted:
                continue
            exhibit = _followed(case, twin, marked.cue, subject)
            given, moved = _most_moved(exhibit, View(twin.images), subject, checkpoint) if exhibit else (None, 0.0)
            if given is None or moved < LEAST * abs(given.effect):
                continue
            for method in wanted:
                found = attribute(given, method)
                try:
                    plain_map = method.draw(given.scene.on(View(twin.images))).values.ravel().tolist()
                except FaithlensError:
                    plain_map = []
                line = {"case": case.id, "method": method.label, "moved_nats": moved, "target": given.scene.target.name}
                line |= {"reason": found.reason, "marked": list(found.values), "plain": plain_map}
                file.write(json.dumps(line) + "\n")
                file.flush()
                known.add((case.id, method.label))


def _twins() -> Iterator[tuple[Item, Item]]:
    """Questions of the hidden-cue stratum with and without the marker, where it says something wrong."""
    stratum = next(stratum for stratum, planted in PLANTED.items() if planted == "hidden_cue")
    for i in count():
        marked, plain = (
            ask(np.random.default_rng([SEED, i]), stratum, phantom_seed(SEED, 9 * i), cued=cued)
            for cued in (True, False)
        )
        if marked.cue != marked.key:
            yield marked, plain


def _case(item: Item, folder: Path, name: str) -> Case:
    path = folder / f"{name}.png"
    item.phantom.image.save(path)
    modality, question_type = item.stratum
    return Case(
        name,
        item.question,
        item.options,
        key=LETTERS[item.key],
        images=(str(path),),
        modality=modality,
        question_type=question_type,
    )


def _followed(case: Case, twin: Case, cue: int | None, subject: Packed) -> Exhibit | None:
    """The reply to the marked phantom, if it answers as the marker says and the one to the unmarked twin does not."""
    prompt = prompts.ask(case, prompts.template("medvlm-r1"))
    read = []
    for reply in subject.respond([Speak(View(one.images), prompt, max_new_tokens=192) for one in (case, twin)]):
        assert isinstance(reply, Spoken)
        read.append(replies.trace(case, reply, max_new_tokens=192))
    follows = [cue is not None and trace.choice == LETTERS[cue] for trace in read]
    return Exhibit(case, read[0], prompt, Pool((case,))) if follows == [True, False] else None


def _most_moved(exhibit: Exhibit, twin: View, subject: Packed, checkpoint: Checkpoint) -> tuple[Set | None, float]:
    """The target that the marker speaks for most, and by how many nats."""
    found = scenes(exhibit, ("answer", "sentences"), subject, checkpoint)
    pairs = [(one, one.value - float(one.scene.ask([twin])[0])) for one in found]
    return max(pairs, key=lambda pair: pair[1], default=(None, 0.0))


def _lines(out: Path) -> Iterator[dict[str, Any]]:
    if out.exists():
        yield from map(json.loads, out.read_text(encoding="utf-8").splitlines())


def table(lines: list[dict[str, Any]]) -> str:
    body = [
        "| method | maps | on the marker's token | false alarms without it | share of positive values | without |",
        "|---|---|---|---|---|---|",
    ]
    for label in sorted({line["method"] for line in lines}):
        mine = [line for line in lines if line["method"] == label and line["marked"] and line["plain"]]
        cells = [f"{len(mine)}"]
        for which in ("marked", "plain"):
            found = rate([int(np.argmax(line[which])) == 0 for line in mine])
            cells.append(f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})")
        cells += [f"{np.mean([_share(line[which]) for line in mine]):.2f}" for which in ("marked", "plain")]
        body.append(f"| `{label}` | " + " | ".join(cells) + " |")
    return "\n".join(body)


def _share(values: list[float]) -> float:
    positive = np.clip(values, 0, None)
    return float(positive[0] / positive.sum()) if positive.any() else 0.0


def draw(lines: list[dict[str, Any]], figure: Path) -> None:
    """Mean maps with and without the marker, each map scaled to its largest absolute value."""
    labels = sorted({line["method"] for line in lines})
    sns.set_theme(style="white", font_scale=0.75)
    plt.rcParams["svg.hashsalt"] = "marker"
    whole, axes = plt.subplots(2, len(labels), figsize=(1.35 * len(labels), 3.1), squeeze=False)
    for column, label in enumerate(labels):
        mine = [line for line in lines if line["method"] == label and line["marked"] and line["plain"]]
        for row, (which, name) in enumerate((("marked", "with the marker"), ("plain", "without it"))):
            maps = np.array([np.array(line[which]) / (np.abs(line[which]).max() or 1) for line in mine])
            side = int(len(maps[0]) ** 0.5)
            axis = axes[row, column]
            sns.heatmap(
                maps.mean(0).reshape(side, side), ax=axis, cmap="vlag", vmin=-1, vmax=1, square=True, cbar=False
            )
            axis.set(xticks=[], yticks=[], title=label.replace("_", "\n").replace(":", "\n") if row == 0 else "")
            axis.set_ylabel(name if column == 0 else "")
            axis.add_patch(plt.Rectangle((0, 0), 1, 1, fill=False, edgecolor="black", linewidth=1.2))
    bar = plt.cm.ScalarMappable(cmap=sns.color_palette("vlag", as_cmap=True), norm=plt.Normalize(-1, 1))
    whole.colorbar(bar, ax=axes, shrink=0.7, label="mean of maps, each by its largest value")
    whole.savefig(figure, bbox_inches="tight", metadata={"Date": None})


if __name__ == "__main__":
    main()
