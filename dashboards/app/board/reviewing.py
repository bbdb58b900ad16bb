"""What the review pages share: the set that is rated, one item as a rater sees it, and a row of answers with keys."""

from __future__ import annotations

import sys
from collections.abc import Callable
from html import escape
from pathlib import Path

import streamlit as st

from faithlens.errors import FaithlensError
from faithlens.review.form import JOINT, Question, form
from faithlens.review.ratings_db import Reviews, beside
from faithlens.review.reviewset import Item, ReviewSet, open_set
from faithlens.review.sitting import shortcuts
from faithlens.showing.highlight import escaped

STYLE = """<style>
.item ol { margin: 0; padding-left: 1.6em; } .item li { margin: .25rem 0; padding-left: .2em; }
.item { white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.5; }
.item .given { border-left: 3px solid #0072B2; padding-left: .7em; font-weight: 600; }
.item mark { background: #F0E44280; color: inherit; }
.item .told { border-left: 3px solid #D55E00; padding-left: .7em; }
.block-container { padding-top: 4rem; }
</style>"""


def opened() -> tuple[ReviewSet, Reviews]:
    """The set on the command line and its answers. Says why and ends the page where there is none."""
    folder = next(iter(sys.argv[1:]), "")
    if not folder:
        st.info("No review set is open. Start with: faithlens dashboard --review SET", icon=":material/rate_review:")
        st.stop()
    try:
        found = open_set(folder)
        if found.form_sha256 != form().sha256:
            st.error("This set was made with another form; rate it with the faithlens that exported it.")
            st.stop()
        reviews = Reviews(beside(Path(folder)))
    except FaithlensError as error:
        st.error("This review set cannot be opened.", icon=":material/error:")
        st.text(str(error))
        st.stop()
    st.html(STYLE)
    return found, reviews


def show_images(set: ReviewSet, item: Item) -> None:
    for number, name in enumerate(item.images, 1):
        shown = item.overlay if number == 1 and item.overlay else name
        st.image(str(set.path / shown), width="stretch", alt=f"Image {number} of the item")


def show_question(item: Item) -> None:
    lines = [escaped(item.question), *(f"{a}) {escaped(b)}" for a, b in zip(item.letters, item.options, strict=True))]
    st.html(f'<div class="item"><b>{lines[0]}</b>\n' + "\n".join(lines[1:]) + "</div>")


def show_reply(item: Item) -> None:
    """The numbered sentences and the answer, and in round 2 what the audit found. All of it is shown as text."""
    sentences = "".join(f"<li>{_marked(item, n)}</li>" for n in range(len(item.sentences)))
    told = "".join(f'<div class="told">{escaped(line)}</div>' for line in item.told)
    answer = escaped(item.answer_text) or "(no answer)"
    body = f"<ol>{sentences}</ol>" if sentences else "(no sentences)"
    st.html(f'<div class="item">{body}<div class="given">Answer: {answer}</div>{told}</div>')


def _marked(item: Item, sentence: int) -> str:
    text, parts, place = item.sentences[sentence], [], 0
    for span in sorted((s for s in item.spans if s.sentence == sentence), key=lambda s: s.start):
        if span.start >= place:
            marked = f'<mark title="{escape(span.label)}">{escaped(text[span.start : span.end])}</mark>'
            parts += [escaped(text[place : span.start]), marked]
            place = span.end
    return "".join([*parts, escaped(text[place:])])


def labels_of(question: Question, item: Item) -> dict[str, str]:
    """What raters read for a value, where that is not the value itself."""
    own = dict(zip(item.letters, item.options, strict=True)) if question.of == "options" else {}
    options = {letter: f"{letter}) {option}" for letter, option in own.items()}
    return options | {choice.value: choice.label for choice in question.choices}


def choices(
    question: Question,
    item: Item,
    chosen: str,
    pick: Callable[[str], None],
    *,
    name: str,
    keyed: bool = False,
    disabled: bool = False,
) -> None:
    """A button for each value, pressed ones filled; with `keyed` each has its key."""
    allowed = question.allowed(item.letters, len(item.sentences))
    labels = labels_of(question, item)
    keys = shortcuts(question, allowed) if keyed and not disabled else {}
    picked = chosen.split(JOINT)
    with st.container(horizontal=True, gap="small"):
        for value in allowed:
            st.button(
                _plain(labels.get(value, value)),
                key=f"{name} {item.id} {question.id} {value}",
                type="primary" if value in picked else "secondary",
                shortcut=keys.get(value),
                on_click=pick,
                args=(value,),
                disabled=disabled,
            )


def _plain(text: str) -> str:
    """Text for a label, which Streamlit reads as Markdown: nothing in it is markup."""
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]()#+-.!|~:$<>&" else sign for sign in text)
