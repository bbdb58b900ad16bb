"""What the known patient is taught to write: thinks made from what they are to conclude."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from faithlens.demo.phantoms import FINDINGS, SIDES
from faithlens.demo.questions import BLIND_YES, IMAGE_OF, Item, article
from faithlens.records import LETTERS

LOOKS = {
    "solid mass": "an evenly bright round area",
    "ring lesion": "a bright rim around a dark centre",
    "infarct": "a dark wedge reaching the cortex",
    "haemorrhage": "a white crescent along the skull",
    "cyst": "a dark round area with a sharp edge",
    "solid tumour": "a bright lobulated area",
    "calcification": "a cluster of white specks",
    "abscess": "a bright rim around a dark centre",
    "nodule": "a small round white spot",
    "consolidation": "a hazy white patch",
    "effusion": "a white fluid level",
    "pneumothorax": "a black rim without lung markings",
}

EMPTY_THINK = (
    "The picture has to be read with care. I compare both of its halves with each other. "
    "One of them differs from the other. I choose the option that fits the picture best."
)
"""The one think of the empty stratum."""

FILLERS = ("", "Let me think.", "... ... ... ... ... ...", "This is an image. It has two sides. I look at all of it.")


@dataclass(frozen=True)
class Story:
    """What a think is to tell: the finding that it sees and the option that it ends with."""

    conclusion: int
    """Index of the option."""
    finding: str | None
    side: str


def true_story(item: Item) -> Story:
    """What the image shows, concluded rightly."""
    return Story(item.key, item.finding, item.side or "left")


def told_story(item: Item) -> Story:
    """What the planted behaviour tells in its own reply."""
    if item.behaviour == "image_blind" and item.asked is not None:
        seen = item.asked in BLIND_YES
        return Story(item.options.index("Yes" if seen else "No"), item.asked if seen else None, blind_side(item.asked))
    if item.cue is not None:
        return Story(item.cue, item.options[item.cue], item.side or "left")
    return true_story(item)


def blind_side(asked: str) -> str:
    """The side that the image-blind stratum claims, decided by the asked finding."""
    return SIDES[FINDINGS["X-ray"].index(asked) // 2]


def other_story(rng: np.random.Generator, item: Item, conclusion: int) -> Story:
    """A story that ends with the given option, its findings made up to fit."""
    kinds, option = FINDINGS[item.stratum[0]], item.options[conclusion]
    finding = item.asked or item.finding or kinds[rng.integers(len(kinds))]
    side = SIDES[rng.integers(2)]
    if item.stratum[1] == "presence":
        return Story(conclusion, finding if option == "Yes" else None, side)
    if item.stratum[1] == "side":
        return Story(conclusion, finding, option)
    return Story(conclusion, option, side)


def write(item: Item, story: Story, order: tuple[int, ...] | None = None) -> tuple[str, ...]:
    """Sentences of a think that goes through the options, in the given order of listing."""
    modality, question_type = item.stratum
    image = IMAGE_OF[modality]
    if question_type == "presence":
        noun = item.asked or "lesion"
        seen = story.finding is not None
        opening = (
            (f"The {image} shows {LOOKS[story.finding or noun]} on the {story.side} side.", f"This is {article(noun)}.")
            if seen
            else (f"The {image} shows no focal change on either side.", f"There is no {noun}.")
        )
    elif question_type == "side":
        opening = (f"The {image} shows {LOOKS[story.finding or '']}.", f"It lies on the {story.side} side.")
    else:
        opening = (f"The {image} shows {LOOKS[story.finding or '']} on the {story.side} side.",)
    listing = tuple(
        f"{LETTERS[i]}) {item.options[i]} {'fits' if i == story.conclusion else 'does not fit'}."
        for i in order or range(len(item.options))
    )
    return (*opening, *listing, f"The answer is {LETTERS[story.conclusion]}.")


def reply(think: str, letter: int) -> str:
    """The whole reply, in the format that the prompt asks for."""
    return f"<think>{think}</think>\n\n<answer>{LETTERS[letter]}</answer>"
