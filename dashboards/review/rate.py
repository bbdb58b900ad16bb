"""Rate a set: one item a screen, a key for every answer, each kept at once."""

from __future__ import annotations

import time
from functools import partial

import streamlit as st
from board.reviewing import choices, opened, show_images, show_question, show_reply

from faithlens.review.form import Question, form
from faithlens.review.reviewset import Item
from faithlens.review.sitting import OPENING, Sitting, toggled

# name in the URL of who rates
RATER = "rater"

# a key that comes so soon after an answer was meant for the question that had not appeared yet
TOO_SOON_SECONDS = 0.8


def begin() -> None:
    """Who rates, for a window that does not know yet."""
    st.title(form().title)
    st.text(form().instructions)
    st.subheader("Who are you?")
    with st.container(horizontal=True):
        for number, rater in enumerate(found.raters, 1):
            key = str(number) if number < 10 else None
            st.button(rater, shortcut=key, on_click=lambda rater=rater: st.query_params.update({RATER: rater}))


def go(place: int) -> None:
    """Turn to an item, and forget what belonged to the one before."""
    st.session_state["place"] = max(0, min(place, len(sitting.items) - 1))
    st.session_state.pop("asked", None)
    st.session_state["since"] = time.monotonic()


def seconds() -> float:
    return round(time.monotonic() - st.session_state["since"], 1)


def pick(item: Item, question: Question, value: str) -> None:
    """Keep what was picked; go on to the next open question after a choice, stay with several."""
    if item.id in sitting.committed():
        # a key that was pressed while the next item was on its way
        st.toast("That item is done already; nothing was changed.")
        return
    last, when = st.session_state.get("left", ("", 0.0))
    if last == question.id and time.monotonic() - when < TOO_SOON_SECONDS:
        st.toast("That key came before the next question was there; press it again.")
        return
    allowed = question.allowed(item.letters, len(item.sentences))
    chosen = toggled(question, sitting.answers(item).get(question.id, ""), value, allowed)
    sitting.answer(item, question, chosen, seconds())
    if question.scale == "choice":
        leave(question.id)
        st.session_state.pop("asked", None)
    else:
        st.session_state["asked"] = question.id


def leave(question: str) -> None:
    """Note that the keys go on to another question, so that one that comes late is not taken for a change of mind."""
    st.session_state["left"] = question, time.monotonic()


def write(item: Item, question: Question, key: str) -> None:
    """Keep free text, when the field is left."""
    sitting.answer(item, question, st.session_state[key].strip(), seconds())


def turn(names: list[str], now: str) -> None:
    """Let the keys answer the question after this one."""
    st.session_state["asked"] = names[(names.index(now) + 1) % len(names)]


def proceed(item: Item, now: str, left: list[Question]) -> None:
    """On to the next open question, or done with the item and on to the next one."""
    leave(now)
    if left:
        st.session_state["asked"] = left[0].id
        return
    if item.id in sitting.committed():
        return
    sitting.commit(item, seconds())
    go(sitting.first_open())


def head(place: int, done: frozenset[str]) -> None:
    left, middle, right = st.columns([1, 6, 1], vertical_alignment="center")
    left.button("Back", shortcut="Left", on_click=go, args=(place - 1,), disabled=place == 0)
    middle.progress(len(done) / len(sitting.items), f"{sitting.rater}: {len(done)} of {len(sitting.items)} done")
    last = place == len(sitting.items) - 1
    right.button("Forward", shortcut="Right", on_click=go, args=(place + 1,), disabled=last)


def ask(item: Item, answers: dict[str, str], locked: bool) -> None:
    """The questions; keys answer the one in bold type."""
    questions = list(form().asked(answers))
    if not answers.get(OPENING):
        questions = [question for question in questions if question.id == OPENING]
    left = [question for question in sitting.open_questions(answers) if question in questions]
    names = [question.id for question in questions if question.scale != "text"]
    asked = st.session_state.get("asked")
    now = asked if asked in names else left[0].id if left else names[-1]
    if locked:
        st.success("Done; what was answered here stays.", icon=":material/lock:")
    else:
        steer(item, now, names, left)
    for question in questions:
        keyed = question.id == now and not locked
        st.markdown(f"**{question.text}**" if keyed else question.text, help=question.definition)
        said = answers.get(question.id, "")
        if question.scale == "text":
            key = f"text {item.id}"
            keep = partial(write, item, question, key)
            st.text_area("Free text", said, key=key, on_change=keep, disabled=locked, label_visibility="collapsed")
        else:
            choices(question, item, said, partial(pick, item, question), name="rate", keyed=keyed, disabled=locked)


def steer(item: Item, now: str, names: list[str], left: list[Question]) -> None:
    """The keys that move: to another question, or done with the item."""
    others = [question for question in left if question.id != now]
    stuck = any(question.id == now for question in left) and not others
    with st.container(horizontal=True):
        label = "Next question" if left else "Done, next item"
        st.button(label, type="primary", shortcut="Enter", on_click=proceed, args=(item, now, others), disabled=stuck)
        st.button("Next in turn", shortcut="Down", on_click=turn, args=(names, now), disabled=len(names) < 2)


@st.fragment
def sit() -> None:
    done = sitting.committed()
    if "place" not in st.session_state:
        go(sitting.first_open())
    place = st.session_state["place"]
    item = sitting.items[place]
    answers = sitting.answers(item)
    head(place, done)
    if len(done) == len(sitting.items):
        st.success("Every item is done. Thank you.", icon=":material/task_alt:")
    picture, reply, questions = st.columns([4, 4, 5], gap="medium")
    with picture:
        show_images(sitting.set, item)
    with reply:
        show_question(item)
        if answers.get(OPENING):
            show_reply(item)
        else:
            st.caption("The sentences and the answer are shown when you have answered for yourself.")
    with questions:
        ask(item, answers, locked=item.id in done)
    st.caption(f"Item {place + 1}, {item.id}. Every answer is kept as soon as it is given.")


found, reviews = opened()
rater = st.query_params.get(RATER)
if rater not in found.raters:
    begin()
else:
    sitting = Sitting(found, rater, reviews, form())
    sit()
