"""Shapley values of what a model was given, for its answer and for its think: what two probes share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from faithlens.edits.image import Fill
from faithlens.edits.players import Coalition, Modality, Players, coalitions, orders, players, shapley
from faithlens.engine.mapped import Asking
from faithlens.probes.probe import Exhibit, answered, drawn, expect
from faithlens.records import LETTERS, Answer, Weigh, Weighed


@dataclass(frozen=True)
class Contributions:
    """Nats that each player adds, by each antithetic pair of orders: pairs are repeats of one measurement."""

    players: Players
    answer: tuple[tuple[float, ...], ...]
    """(pairs, players): to the log-probability of the chosen option among the options."""
    think: tuple[tuple[float, ...], ...]
    """(pairs, players before the think): to the log-likelihood of the think."""
    evaluations: int


@dataclass(frozen=True)
class Budget:
    """How much is asked: at most 4 pairs (players + 1) forward passes."""

    pairs: int = 2
    side: int = 4
    words: int = 8
    fill: Fill = "mean"


def contributions(exhibit: Exhibit, budget: Budget) -> Asking[Contributions]:
    """Show the players one after another, in random orders, and weigh answer and think, each token in its own place."""
    game = players(exhibit.view, exhibit.prompt, exhibit.think, budget.side, budget.words, budget.fill)
    some = orders(len(game.kinds), budget.pairs, drawn(exhibit.case, "contributions", 1 << 32))
    before = [tuple(player for player in order if player < game.given) for order in some]
    of_answer = list(dict.fromkeys(coalition for order in some for coalition in coalitions(order)))
    of_think = list(dict.fromkeys(coalition for order in before for coalition in coalitions(order)))
    chosen = LETTERS.index(exhibit.trace.choice or "A")
    # whoever cannot say how likely its own think is has to be asked no further
    yield [_weigh(exhibit, game, frozenset(range(game.given)))]
    responses = yield [
        *(_answer(exhibit, game, coalition) for coalition in of_answer),
        *(_weigh(exhibit, game, coalition) for coalition in of_think),
    ]
    answers, thinks = responses[: len(of_answer)], responses[len(of_answer) :]
    # as log-probabilities of the options among themselves: a masked prompt may make other words likelier than letters
    worth = {
        coalition: math.log(max(answered(response).probs[chosen], 1e-12))
        for coalition, response in zip(of_answer, answers, strict=True)
    }
    likely = {
        coalition: expect(response, Weighed).logprob_nats for coalition, response in zip(of_think, thinks, strict=True)
    }
    pairs = range(0, len(some), 2)
    return Contributions(
        game,
        tuple(shapley(some[first : first + 2], worth) for first in pairs),
        tuple(shapley(before[first : first + 2], likely) for first in pairs),
        len(of_answer) + len(of_think),
    )


def mean(repeats: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """(players,) of (pairs, players)."""
    return tuple(sum(values) / len(repeats) for values in zip(*repeats, strict=True))


def share(values: Sequence[float], kinds: Sequence[Modality], modality: Modality) -> float:
    """Of the absolute values; 0 where all are 0."""
    total = sum(map(abs, values))
    own = sum(abs(value) for value, kind in zip(values, kinds, strict=False) if kind == modality)
    return own / total if total else 0.0


def _answer(exhibit: Exhibit, game: Players, present: Coalition) -> Answer:
    view, prompt, think = game.shown(present)
    return exhibit.asked(prompt).answer(think, view)


def _weigh(exhibit: Exhibit, game: Players, present: Coalition) -> Weigh:
    view, prompt, _ = game.shown(present)
    whole = exhibit.sentence(0, len(exhibit.think.text))
    return Weigh(view, prompt, whole.reply, whole.begin)
