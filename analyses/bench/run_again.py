"""How many tokens an audit runs that it has run or written before: python analyses/bench/run_again.py --cases 16.

On the bundled checkpoint and fresh phantoms: replies are collected and the quick suite is asked, as in an audit. The
engine runs every distinct token once while it collects and once while it probes; what this counts is what could be
kept besides: prompts that both stages run, and tokens that the model has written itself and that are run again when
their think is asked about.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from faithlens import demo, prompts, replies
from faithlens.bench.measure import about
from faithlens.bench.presets import checkpoint
from faithlens.cases.pool import Pool
from faithlens.engine.ask import ask_all
from faithlens.engine.packed import Packed
from faithlens.engine.sequence import whole
from faithlens.engine.subject import Reply
from faithlens.models.tree import ROOT
from faithlens.models.vision import Vision
from faithlens.probes import Exhibit, choose
from faithlens.records import Request, Speak, Spoken, View


@dataclass
class Listening:
    """The engine, remembering the replies that it wrote."""

    engine: Packed
    written: list[tuple[Speak, Spoken]] = field(default_factory=list[tuple[Speak, Spoken]])

    def respond(self, requests: Sequence[Request]) -> list[Reply]:
        found = self.engine.respond(requests)
        self.written += [
            (request, reply)
            for request, reply in zip(requests, found, strict=True)
            if isinstance(request, Speak) and isinstance(reply, Spoken)
        ]
        return found


def followed(engine: Packed, request: Speak, reply: Spoken) -> tuple[int, int]:
    """How many tokens of a request and of its reply stand in the engine's trees, from the first on."""
    checkpoint = engine.checkpoint
    before = [*checkpoint.prompt_ids(request.prompt, request.view), *whole([request.begin], checkpoint)]
    grove = engine._groves.get(request.view)
    if grove is None:
        return 0, 0
    tree, node, depth = grove.grown.tree, ROOT, 0
    named = zip(tree.parents, tree.ids, strict=True)
    children = {pair: child for child, pair in enumerate(named)}
    for token in [*before, *reply.ids]:
        if (node, token) not in children:
            break
        node, depth = children[node, token], depth + 1
    return min(depth, len(before)), max(0, depth - len(before))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=16)
    parser.add_argument("--suite", default="quick")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".json"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        loaded, _ = checkpoint("bundled", Path(folder), "cpu", "float32")
        cases = demo.demo_cases(Path(folder) / "phantoms", given.cases)
        template, pool, vision = prompts.PUBLISHED[prompts.DEFAULT], Pool(cases), Vision(loaded)
        collecting, probing = (Listening(Packed(loaded, vision)) for _ in range(2))
        asked = [Speak(View(case.images), prompts.ask(case, template)) for case in cases]
        collecting.respond(asked)
        traces = [
            replies.trace(case, reply, max_new_tokens=request.max_new_tokens)
            for case, (request, reply) in zip(cases, collecting.written, strict=True)
        ]
        exhibits = [
            Exhibit(case, trace, prompts.ask(case, template), pool) for case, trace in zip(cases, traces, strict=True)
        ]
        plans = [probe(exhibit) for exhibit in exhibits for probe in choose(given.suite)]
        ask_all(probing, plans, probing.engine.cost)
        collected = [followed(probing.engine, *one) for one in collecting.written]
        spoken = [followed(probing.engine, *one) for one in probing.written]
        costs = [one.engine.cost for one in (collecting, probing)]
        report = {
            **about(loaded),
            "cases": given.cases,
            "suite": given.suite,
            "tokens_run": sum(cost.tokens_run for cost in costs),
            "tokens_generated": sum(cost.tokens_generated for cost in costs),
            "run_by_both_stages": sum(prompt for prompt, _ in collected),
            "collected_then_run": sum(own for _, own in collected),
            "spoken_for_probes_then_run": sum(own for _, own in spoken),
            "vision_seconds": sum(cost.vision_seconds for cost in costs),
            "forward_seconds": sum(cost.forward_seconds for cost in costs),
            "speak_seconds": sum(cost.speak_seconds for cost in costs),
        }
    for name in ("run_by_both_stages", "collected_then_run", "spoken_for_probes_then_run"):
        share = report[name] / report["tokens_run"]
        print(f"{name}: {report[name]:,} of {report['tokens_run']:,} tokens run, {share:.1%}")
    given.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
