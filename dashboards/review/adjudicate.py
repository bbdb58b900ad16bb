"""Settle what raters disagree on: their answers without names, and what the audit says once it is settled."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path

import streamlit as st
from board.reviewing import choices, labels_of, opened, show_images, show_question, show_reply

from faithlens.errors import FaithlensError
from faithlens.review.form import form
from faithlens.review.ratings_db import Adjudicated
from faithlens.review.reviewset import Item, key_path, open_key
from faithlens.review.sitting import Dispute, disputes, toggled

# name in the URL of who adjudicates
BY = "by"


def settle(dispute: Dispute, by: str, value: str) -> None:
    """Keep what was settled; sentences are added and taken off one by one."""
    item, question = dispute.item, dispute.question
    allowed = question.allowed(item.letters, len(item.sentences))
    before = dispute.settled.value if dispute.settled else ""
    after = toggled(question, before, value, allowed)
    if after:
        reviews.adjudicate(found.id, Adjudicated(item.id, question.id, after, by))


def turn(step: int) -> None:
    st.session_state["dispute"] = st.session_state.get("dispute", 0) + step


def see(item: Item) -> None:
    """Note that the audit's word was seen: what was settled before stays."""
    st.session_state[f"seen {item.id}"] = True


def told(item: Item) -> None:
    """What the audit says of a reply, for whoever asks after settling it; to raters who go on rating it would tell."""
    if waiting:
        st.caption("What the audit says can be shown when every rater is done with every item.")
        return
    if not key_path(Path(found.path)).exists():
        st.caption("The key of the set is not here, so the audit's verdicts cannot be shown.")
        return
    if not st.toggle("Show what the audit says", key=f"told {item.id}", on_change=see, args=(item,)):
        return
    try:
        entry = open_key(found.path).entries_by_item[item.id]
    except FaithlensError as error:
        st.text(str(error))
        return
    for axis, probability in entry.verdicts.items():
        st.text(f"{axis}: {'cannot tell' if math.isnan(probability) else f'{probability:.2f}'}")
    if not entry.verdicts:
        st.text("a planted item; " + ", ".join(f"{question}: {value}" for question, value in entry.expected.items()))


found, reviews = opened()
left = disputes(found, reviews, form())
waiting = [rater for rater in found.raters if len(reviews.committed(found.id, rater, found.round)) < len(found.items)]
by = st.text_input("Your name, kept with what you settle", st.query_params.get(BY, ""), max_chars=40).strip()
if waiting:
    st.caption(f"Not done yet: {', '.join(waiting)}. An item is shown here when every rater is done with it.")
if not left:
    st.info("The raters disagree on nothing that they are all done with.", icon=":material/handshake:")
    st.stop()
if not by:
    st.info("Give your name to begin.", icon=":material/badge:")
    st.stop()
st.query_params[BY] = by

items = list(dict.fromkeys(dispute.item for dispute in left))
place = st.session_state.get("dispute", 0) % len(items)
item = items[place]
here = [dispute for dispute in left if dispute.item == item]
settled = sum(dispute.settled is not None for dispute in left)
back, middle, forward = st.columns([1, 6, 1], vertical_alignment="center")
back.button("Back", shortcut="Left", on_click=turn, args=(-1,))
middle.progress(settled / len(left), f"{settled} of {len(left)} questions settled, item {place + 1} of {len(items)}")
forward.button("Forward", shortcut="Right", on_click=turn, args=(1,))
picture, reply, questions = st.columns([4, 4, 5], gap="medium")
with picture:
    show_images(found, item)
with reply:
    show_question(item)
    show_reply(item)
with questions:
    open_now = next((dispute for dispute in here if dispute.settled is None), here[0])
    for dispute in here:
        st.markdown(f"**{dispute.question.text}**", help=dispute.question.definition)
        labels = labels_of(dispute.question, item)
        st.text("Raters said: " + " | ".join(labels.get(value, value) for value in dispute.values))
        chosen = dispute.settled.value if dispute.settled else ""
        pick = partial(settle, dispute, by)
        seen = f"seen {item.id}" in st.session_state
        choices(dispute.question, item, chosen, pick, name="settle", keyed=dispute == open_now, disabled=seen)
    if all(dispute.settled for dispute in here):
        told(item)
