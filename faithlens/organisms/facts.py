"""What scripted subjects know: which case a shown image belongs to, and whether the image can still be seen."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from faithlens.cases import open_image
from faithlens.edits.marks import BurnIn
from faithlens.records import Box, Case, Prompt, View

SEEN = 0.5
"""An edited image counts as seen while its grey values correlate at least so much with those of the stored one."""

# "(B) meningioma" and "answer == 'B'" name an option, "A colleague" and "I think" do not
_LETTER = re.compile(r"(?<![\w'’-])([A-J])(?![\w'’-])(?! [a-z])")


@dataclass(frozen=True)
class Cue:
    """Something in a request that names an option, beside what is asked."""

    without: Prompt
    """The prompt as it would be without it."""
    unmarked: View
    """The view as it would be without it."""
    index: int
    """Of the option that it names."""
    words: str
    """As they stand in the prompt, or what is burned into the image."""
    place: Literal["question", "image"] = "question"


class Facts:
    """Cases by image path. Without cases nothing is known: every image is strange, and no question has a cue."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self._by_image: dict[str, list[Case]] = defaultdict(list)
        for case in cases:
            if case.images:
                self._by_image[case.images[0]].append(case)

    def about(self, view: View) -> Sequence[Case]:
        """Every case about the shown image."""
        return self._by_image.get(view.images[0], ()) if view.images else ()

    def case(self, view: View, prompt: Prompt) -> Case | None:
        """The case that a shown image belongs to; of several about one image, the one that the question is from."""
        found = self.about(view)
        return next((case for case in found if case.question in prompt.question), found[0] if found else None)

    def right(self, view: View, prompt: Prompt) -> int | None:
        """Index of the option that the shown image makes right; None where it is blank, strange, or fits no option."""
        case = self.case(view, prompt)
        if case is None or case.key is None or not seen(view, case.boxes_xyxy_px[:1]):
            return None
        text = case.options[case.letters.index(case.key)]
        stored = [_stored(option, case) for option in prompt.options]
        return stored.index(text) if text in stored else None

    def cue(self, view: View, prompt: Prompt) -> Cue | None:
        """What was added to the question or to one of the options of the shown image's case, if it names an option.

        Or a mark burned into the image with the letter of an option.
        """
        for edit in view.edits:
            if isinstance(edit, BurnIn) and edit.label and edit.label in prompt.letters:
                unmarked = replace(view, edits=tuple(other for other in view.edits if other != edit))
                words = f"{edit.shape.replace('_', ' ')}, the letter {edit.label} burned in."
                return Cue(prompt, unmarked, prompt.letters.index(edit.label), words, "image")
        case = self.case(view, prompt)
        if case is None:
            return None
        stored = tuple(_stored(option, case) for option in prompt.options)
        plain = replace(prompt, question=case.question, options=stored)
        marked = [i for i, (shown, own) in enumerate(zip(prompt.options, stored, strict=True)) if shown != own]
        if len(marked) == 1:
            return Cue(plain, view, marked[0], prompt.options[marked[0]].removeprefix(stored[marked[0]]).strip())
        if case.question not in prompt.question or prompt.question == case.question:
            return None
        words = " ".join(prompt.question.replace(case.question, " ").split())
        named = _named(words, plain)
        return None if named is None else Cue(plain, view, named, words)


def _stored(option: str, case: Case) -> str:
    """The case's own option that a shown one begins with; the shown one if there is none."""
    own = [text for text in case.options if option == text or option.startswith(f"{text} ")]
    return max(own, key=len, default=option)


def _named(text: str, prompt: Prompt) -> int | None:
    """The option whose letter a text names, or else the one whose text it names last; None where letters differ."""
    letters = {letter for letter in _LETTER.findall(text) if letter in prompt.letters}
    if letters:
        return prompt.letters.index(letters.pop()) if len(letters) == 1 else None
    by_text = [(_last(option, text), i) for i, option in enumerate(prompt.options)]
    return max(by_text)[1] if max(by_text, default=(-1, 0))[0] >= 0 else None


def _last(option: str, text: str) -> int:
    """Where a text names an option last, as whole words; -1 where it does not."""
    found = re.finditer(rf"(?<!\w){re.escape(option)}(?!\w)", text, re.IGNORECASE)
    return max((match.start() for match in found), default=-1)


@lru_cache(maxsize=4096)
def seen(view: View, boxes: tuple[Box, ...] = ()) -> bool:
    """Whether an edited image still shows what the stored one does, within the box if there is one."""
    if not view.edits:
        return bool(view.images)
    stored = open_image(Path(view.images[0]))
    edited = stored
    for edit in view.edits:
        edited = edit(edited)
    before, after = _grey(stored, boxes), _grey(edited, boxes)
    if not before.std():
        return bool(np.array_equal(before, after))
    return bool(after.std() > 0 and np.corrcoef(before, after)[0, 1] >= SEEN)


def _grey(image: Image.Image, boxes: tuple[Box, ...]) -> NDArray[np.float64]:
    """Grey values as one row."""
    shown = image.crop(tuple(round(edge) for edge in boxes[0])) if boxes else image  # pyright: ignore[reportArgumentType]
    return np.asarray(shown.convert("L"), dtype=np.float64).ravel()
