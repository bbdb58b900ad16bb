"""An order of one's own for every rater, in which variants of one image stand apart."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence

from faithlens.errors import ReviewError

_TRIES = 50
_WIDEST = 10


def shuffled_apart(items: Sequence[str], image: Mapping[str, Hashable], seed: str) -> tuple[str, ...]:
    """The items in random order, no two of one image next to each other, and further apart where chance allows.

    Raises ReviewError where more than half of the items show one image.
    """
    chance = random.Random(seed)
    commonest, count = Counter(image[item] for item in items).most_common(1)[0] if items else (None, 0)
    if count > (len(items) + 1) // 2:
        raise ReviewError(
            f"{count} of {len(items)} items show the same image ({commonest}), so that two of them would stand next to "
            "each other; give a larger --n, or --repeats 0"
        )
    for gap in range(min(_WIDEST, len(items) // max(count, 1)), 0, -1):
        for _ in range(_TRIES):
            order = _attempt(items, image, gap, chance)
            if order:
                return order
    return _alternating(items, image, chance)


def _attempt(
    items: Sequence[str], image: Mapping[str, Hashable], gap: int, chance: random.Random
) -> tuple[str, ...] | None:
    """Each place taken by a random item whose image is on none of the `gap` places before; None if that fails."""
    left = chance.sample(list(items), len(items))
    order: list[str] = []
    while left:
        near = {image[item] for item in order[-gap:]}
        pick = next((item for item in left if image[item] not in near), None)
        if pick is None:
            return None
        left.remove(pick)
        order.append(pick)
    return tuple(order)


def _alternating(items: Sequence[str], image: Mapping[str, Hashable], chance: random.Random) -> tuple[str, ...]:
    """The commonest images on every second place, the rest between them: apart wherever that is possible at all."""
    left = Counter(image[item] for item in items)
    rank = {name: place for place, (name, _) in enumerate(left.most_common())}
    by_image = sorted(chance.sample(list(items), len(items)), key=lambda item: rank[image[item]])
    places = [*range(0, len(items), 2), *range(1, len(items), 2)]
    return tuple(item for _, item in sorted(zip(places, by_image, strict=True)))
