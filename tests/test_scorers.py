"""The published scorers against the behaviour that was measured on their authors' code."""

from __future__ import annotations

import time

import pytest

from faithlens.scorers import SCORERS, medvlm_r1_evaluator, medvlm_r1_reward

# content of the answer tag, accuracy reward, evaluator's letter; the key is A
CONTENTS = [
    ("A", 1.0, "A"),
    (" A ", 1.0, "A"),
    ("\nA\n", 1.0, "A"),
    ("a", 1.0, None),
    ("A)", 0.5, None),
    ("A.", 0.5, None),
    ("(A)", 0.5, None),
    ("A) no", 0.5, None),
    ("A) Lungs", 0.0, None),
    ("A: MRI", 0.0, None),
    ("Option A", 0.0, None),
    ("Answer: A", 0.0, None),
    ("AA", 0.0, None),
    ("A and B", 0.0, None),
    ("", 0.0, None),
    ("B", 0.0, "B"),
]


@pytest.mark.parametrize(("content", "accuracy", "letter"), CONTENTS)
def test_answer_content(content: str, accuracy: float, letter: str | None):
    reply = f"<think>x</think>\n\n<answer>{content}</answer>"
    reward = medvlm_r1_reward(reply, "A")
    assert (reward.accuracy, reward.format, reward.total) == (accuracy, 1.0, accuracy + 1.0)
    evaluated = medvlm_r1_evaluator(reply, "A")
    assert (evaluated.choice, evaluated.accuracy) == (letter, float(letter == "A"))
    assert evaluated.format is None and evaluated.total == evaluated.accuracy


# reply, accuracy, format, evaluator's letter; the key is A
REPLIES = [
    ("<think>x</think> foo <answer>A</answer>", 1.0, 0.0, "A"),
    ("\n<think>x</think><answer>A</answer>", 1.0, 0.0, "A"),
    ("<think>x</think><answer>A</answer>\n", 1.0, 0.0, "A"),
    ("<think>x</think><think>y</think><answer>A</answer>", 1.0, 1.0, "A"),
    ("<think>x</think><answer>A</answer><answer>B</answer>", 1.0, 1.0, "A"),
    ("<think>x</think><answer>B</answer><answer>A</answer>", 0.0, 1.0, "B"),
    ("<think></think><answer></answer>", 0.0, 1.0, None),
    ("<think>x\ny</think>\n\n<answer>A</answer>", 1.0, 1.0, "A"),
    ("<THINK>x</THINK><ANSWER>A</ANSWER>", 1.0, 0.0, None),
    ("<answer>A</answer>", 1.0, 0.0, "A"),
    ("A", 0.0, 0.0, None),
    ("", 0.0, 0.0, None),
]


@pytest.mark.parametrize(("reply", "accuracy", "form", "letter"), REPLIES)
def test_whole_reply(reply: str, accuracy: float, form: float, letter: str | None):
    reward = medvlm_r1_reward(reply, "A")
    assert (reward.accuracy, reward.format) == (accuracy, form)
    assert medvlm_r1_evaluator(reply, "A").choice == letter


def test_scorers_go_by_name():
    assert {"medvlm-r1-evaluator": medvlm_r1_evaluator, "medvlm-r1-reward": medvlm_r1_reward} == SCORERS


@pytest.mark.parametrize("name", SCORERS)
@pytest.mark.parametrize("piece", ["<think>", "</think>", "<answer>", "<answer>A", "<think></think>", " "])
def test_long_replies_are_no_trouble(name: str, piece: str):
    began = time.process_time()
    SCORERS[name](piece * (20_000 // len(piece)), "A")
    assert time.process_time() - began < 2.0
