"""The parser, on replies labelled as a careful human reads them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faithlens.prompts import PUBLISHED, ask
from faithlens.records import PARSE_STATUSES, Case, Spoken
from faithlens.replies import parse, trace

ORGANS = ("Lungs", "Liver", "Heart", "Brain")
CARCINOMAS = ("Small cell carcinoma", "Non-small cell carcinoma", "Adenocarcinoma", "Carcinoid")
YES_NO = ("Yes", "No")
FRACTURE = ("Fracture", "No fracture", "Dislocation", "Normal")
SCANS = ("MRI", "CT (Computed Tomography)", "X-Ray", "Electrocardiogram (ECG)")
NUMBERS = ("1", "2", "3", "4")

T = "<think>It lies under the diaphragm.</think>"

# each row: reply, status, choice
ORGAN_REPLIES = [
    # the form that the checkpoint was trained to write
    ("<think>\n    It is dense.\n</think>\n\n<answer>A</answer>", "ok", "A"),
    (f"{T}<answer>B</answer>", "ok", "B"),
    (f"{T} <answer> B </answer>", "ok", "B"),
    (f"{T}\n<answer>\nB\n</answer>\n", "ok", "B"),
    (f"{T}<answer>B</answer><|im_end|>", "ok", "B"),
    (f"{T}<answer>B<|im_end|></answer>", "ok", "B"),
    # names and shapes of tags
    ("<thinking>x y</thinking><answer>B</answer>", "ok", "B"),
    ("<thought>x y</thought><answer>B</answer>", "ok", "B"),
    ("<THINK>x y</THINK><ANSWER>B</ANSWER>", "ok", "B"),
    ("<Think>x y</Think>\n<Answer>b</Answer>", "ok", "B"),
    ("< think >x y</ think >< answer >B</ answer >", "ok", "B"),
    ("&lt;think&gt;x y&lt;/think&gt;&lt;answer&gt;B&lt;/answer&gt;", "ok", "B"),
    ("<unused94>thought\nIt lies low.<unused95>B", "ok", "B"),
    ("<unused94>thought\nIt lies low.<unused95>The answer is **B**.", "ok", "B"),
    ("<think><step>One.</step><step>Two.</step></think><answer>B</answer>", "ok", "B"),
    # tags that are missing, doubled or swapped
    ("It lies low.</think><answer>B</answer>", "ok", "B"),
    ("It lies low.\n</think>\n\nB", "ok", "B"),
    ("<think>It lies low. <answer>B</answer>", "ok", "B"),
    ("<think>It lies low.<think><answer>B</answer>", "ok", "B"),
    (f"{T}<answer>B", "ok", "B"),
    (f"{T}<answer>B</ans", "ok", "B"),
    (f"{T}<answer>B<answer>", "ok", "B"),
    (f"{T}B</answer>", "ok", "B"),
    (f"{T}<answer>B</answer></think>", "ok", "B"),
    ("<think>It lies low.\nThe answer is B.", "ok", "B"),
    ("<think>It lies low.\n\nB", "ok", "B"),
    ("<think>It lies low. <answer>B</answer></think>", "ok", "B"),
    ("<think>a b</think><think>c d</think><answer>B</answer>", "ok", "B"),
    ("<think>a <think>b</think> c</think><answer>B</answer>", "ok", "B"),
    ("<think>Low.</think> so it is low</think><answer>B</answer>", "ok", "B"),
    (f"<answer>{T}B</answer>", "ok", "B"),
    # something in front of the think
    (f"<X_RAY>{T}<answer>B</answer>", "ok", "B"),
    ("<MRI_SCAN>\n<thinking>x y</thinking>\n<answer>B</answer>", "ok", "B"),
    (f"A chest radiograph of an adult.\n{T}<answer>B</answer>", "ok", "B"),
    ('```json\n[{"bbox_2d":[1,2,3,4]}]\n```\n' + f"{T}<answer>B</answer>", "ok", "B"),
    (f'{T}\\boxed{{B}}\n```json\n[{{"bbox_2d":[1,2,3,4]}}]\n```', "ok", "B"),
    # a tagged think with an untagged answer
    (f"{T} B", "ok", "B"),
    (f"{T}\n\n**B**", "ok", "B"),
    (f"{T}\n\nThe correct answer is B) Liver.", "ok", "B"),
    (f"{T}\n\nFinal answer: \\boxed{{B}}", "ok", "B"),
    (f"{T}\n\nLiver", "ok", "B"),
    (f"{T}\n\nThe organ in the picture is the liver.", "ok", "B"),
    (f"{T}\n\n### The final answer is: B", "ok", "B"),
    (f'{T}{{"answer": "B"}}', "ok", "B"),
    (f"{T}\nAnswer: B", "ok", "B"),
    (f"{T}\nKidney", "out_of_options", None),
    (f"{T}\nB or C", "multiple_answers", None),
    (f"{T}\nPlease see a doctor about this.", "no_answer", None),
    # Chiron-o1
    ("### Step 1: Look.\n### Step 2: Compare.\n### The final answer is: B", "ok", "B"),
    ("Let's think.\n### Step 1: Look.\n### The final answer is: Liver", "ok", "B"),
    ("### Step 1: Look.\n### The final answer is: \\boxed{B}", "ok", "B"),
    ("### The final answer is: B", "no_think", "B"),
    ("### Step 1: Look.\n### The final answer is: Kidney", "out_of_options", None),
    # no think at all
    ("D", "no_think", "D"),
    ("d", "no_think", "D"),
    ("D.", "no_think", "D"),
    ("(D)", "no_think", "D"),
    ("**D**", "no_think", "D"),
    ("Ｄ", "no_think", "D"),
    ("D) Brain", "no_think", "D"),
    ("Brain", "no_think", "D"),
    ("Answer: D", "no_think", "D"),
    ("\\boxed{A}", "no_think", "A"),
    ("$\\boxed{\\text{A}}$", "no_think", "A"),
    ("\\boxed{\\text{A) Lungs}}", "no_think", "A"),
    ('{"answer":"D"}', "no_think", "D"),
    ('```json\n{"answer": "D"}\n```', "no_think", "D"),
    ("<answer>D</answer>", "no_think", "D"),
    ("The organ is low. <answer>D</answer>", "no_think", "D"),
    # untagged prose
    ("The image shows the liver, so the answer is B.", "free_text", "B"),
    ("The organ lies under the diaphragm. Therefore, the correct answer is B) Liver.", "free_text", "B"),
    ("The organ lies low.\n\nFinal answer: \\boxed{B}", "free_text", "B"),
    ("The organ lies low.\n\nB", "free_text", "B"),
    ("B) Liver. The organ lies under the diaphragm.", "free_text", "B"),
    ("B because it lies under the diaphragm", "free_text", "B"),
    ("Option A is incorrect. Option C is too high. Option B is correct.", "free_text", "B"),
    ("The organ shown is the liver.", "free_text", "B"),
    ("The answer is A. Wait, it lies low. The answer is B.", "free_text", "B"),
    ("At first the answer is A. Final answer: B", "free_text", "B"),
    ("The answer is A. The answer is C.", "multiple_answers", None),
    ("The answer is not B. It is clear that the answer is C.", "free_text", "C"),
    ("Is the answer B? I believe the answer is C.", "free_text", "C"),
    ("If the answer is B then it lies low. The answer is C.", "free_text", "C"),
    ("A mass is seen", "no_answer", None),
    ("A mass is seen in the vitamin D group.", "no_answer", None),
    ("A dense round structure is visible in this picture.", "no_answer", None),
    ("The lungs and the heart are both visible here.", "no_answer", None),
    ("The answer is clear from the picture.", "no_answer", None),
    ("I cannot determine the organ from this picture.", "no_answer", None),
    ("I'm sorry, but I can't help with medical images.", "no_answer", None),
    ("答案是B", "free_text", "B"),
    ("肝脏在膈下。故选B。", "free_text", "B"),
    # nothing, or not enough
    ("", "no_answer", None),
    (" \n\t ", "no_answer", None),
    ("...", "no_answer", None),
    (T, "no_answer", None),
    ("<think>So the answer is B.</think>", "no_answer", None),
    ("<think>Maybe <answer>A</answer>? No, that is wrong.</think>", "no_answer", None),
    (f"{T}<answer></answer>", "no_answer", None),
    (f"{T}<answer> ... </answer>", "no_answer", None),
    (f"{T}<answer>None</answer>", "no_answer", None),
    (f"{T}<answer>N/A</answer>", "no_answer", None),
    (f"{T}<answer>I cannot tell.</answer>", "no_answer", None),
    (f"{T}<answer>Neither A nor B</answer>", "no_answer", None),
    (f"{T}<answer>Not B</answer>", "no_answer", None),
    ("<think></think><answer></answer>", "no_answer", None),
    (f"{T}<answer></answer> B", "ok", "B"),
    # broken off
    ("<think>It lies", "truncated", None),
    ("<think>It lies low. The answer is A, but", "truncated", None),
    ("<think>It lies low. Perhaps A or B. The heart is", "truncated", None),
    (f"{T}<answer>", "truncated", None),
    (f"{T}\n<answ", "truncated", None),
    (f"{T}\n<", "truncated", None),
    (f"{T}<answer>Liv", "truncated", None),
    (f"{T}<answer>The cor", "truncated", None),
    ("<answer>", "truncated", None),
    ("<think>", "truncated", None),
    ("<think>It lies low.</thi", "truncated", None),
    # the answer first
    ("<answer>B</answer><think>It lies low.</think>", "answer_before_think", "B"),
    ("<answer>B</answer>\n<think>It lies", "answer_before_think", "B"),
    ("B\n<think>It lies low.</think>", "answer_before_think", "B"),
    ("The answer is B.\n<think>It lies low.</think>", "answer_before_think", "B"),
    ("<answer>B</answer><think>It lies low.</think><answer>B</answer>", "ok", "B"),
    ("<answer>B</answer><think>It lies low.</think><answer>C</answer>", "multiple_answers", None),
    # an empty think
    ("<think></think><answer>A</answer>", "empty_think", "A"),
    ("<think>\n \n</think>\n\n<answer>A</answer>", "empty_think", "A"),
    ("<think>...</think><answer>A</answer>", "empty_think", "A"),
    ("<think><step></step></think><answer>A</answer>", "empty_think", "A"),
    ("<think></think>A", "empty_think", "A"),
    # several answers
    (f"{T}<answer>A</answer><answer>B</answer>", "multiple_answers", None),
    (f"{T}<answer>B</answer><answer>B</answer>", "ok", "B"),
    (f"{T}<answer>B</answer>\n<answer>", "ok", "B"),
    (f"{T}<answer>A</answer> Wait. <answer>B</answer>", "multiple_answers", None),
    (f"{T}<answer>B</answer><answer></answer>", "ok", "B"),
    (f"{T}<answer>B</answer> So the answer is C.", "multiple_answers", None),
    (f"{T}<answer>B</answer> The scan shows the liver and the heart.", "ok", "B"),
    ("<think>Maybe <answer>A</answer>. No.</think><answer>B</answer>", "ok", "B"),
    ("maybe <answer>A</answer>, no</think><answer>B</answer>", "ok", "B"),
    (f"{T}<answer>A</answer><think>No.</think><answer>B</answer>", "multiple_answers", None),
    (f"{T}\\boxed{{A}} \\boxed{{B}}", "multiple_answers", None),
    (f"{T}\\boxed{{A, C}}", "multiple_answers", None),
]

# the content of the answer tag after a proper think
ORGAN_ANSWERS = [
    ("A", "ok", "A"),
    ("a", "ok", "A"),
    ("A)", "ok", "A"),
    ("A.", "ok", "A"),
    ("A:", "ok", "A"),
    ("(A)", "ok", "A"),
    ("[A]", "ok", "A"),
    ("{A}", "ok", "A"),
    ("<A>", "ok", "A"),
    ('"A"', "ok", "A"),
    ("'A'", "ok", "A"),
    ("`A`", "ok", "A"),
    ("*A*", "ok", "A"),
    ("**A**", "ok", "A"),
    ("__A__", "ok", "A"),
    ("<b>A</b>", "ok", "A"),
    ("**A)** Lungs", "ok", "A"),
    ("Ａ", "ok", "A"),
    ("（Ａ）", "ok", "A"),
    ("ａ", "ok", "A"),
    ("A\u200b", "ok", "A"),
    ("\\boxed{A}", "ok", "A"),
    ("$A$", "ok", "A"),
    ("\\text{A}", "ok", "A"),
    ("A) Lungs", "ok", "A"),
    ("A. Lungs", "ok", "A"),
    ("A.Lungs", "ok", "A"),
    ("A: Lungs", "ok", "A"),
    ("A - Lungs", "ok", "A"),
    ("A Lungs", "ok", "A"),
    ("(A) lungs", "ok", "A"),
    ("A (Lungs)", "ok", "A"),
    ("Lungs (A)", "ok", "A"),
    ("Option A", "ok", "A"),
    ("option a", "ok", "A"),
    ("Choice: A", "ok", "A"),
    ("Answer: A", "ok", "A"),
    ("The answer is A", "ok", "A"),
    ("The correct answer is (A) Lungs.", "ok", "A"),
    ("The correct option is A.", "ok", "A"),
    ("Final Answer: A", "ok", "A"),
    ("A is correct", "ok", "A"),
    ("A because it is filled with air", "ok", "A"),
    ("A, because B lies lower", "ok", "A"),
    ("A, I think", "ok", "A"),
    ("I think A", "ok", "A"),
    ("Probably B", "ok", "B"),
    ("most likely B", "ok", "B"),
    ("B?", "ok", "B"),
    ("B!", "ok", "B"),
    ("AA", "ok", "A"),
    ("A, A", "ok", "A"),
    ("Lungs", "ok", "A"),
    ("lungs", "ok", "A"),
    ("LUNGS.", "ok", "A"),
    ("The lungs", "ok", "A"),
    ("\n  Lungs\n", "ok", "A"),
    ("**Lungs**", "ok", "A"),
    ("The organ is the heart.", "ok", "C"),
    ("It is the heart, not the lungs", "ok", "C"),
    ("A lungs", "ok", "A"),
    ("A heart", "ok", "C"),
    ("not A but B", "ok", "B"),
    ("not A, B", "ok", "B"),
    ("B, not A", "ok", "B"),
    ("B rather than A", "ok", "B"),
    ("A is wrong, so B", "ok", "B"),
    ("A is incorrect; B is correct", "ok", "B"),
    ("B is more likely than A", "ok", "B"),
    ("It isn't A, it's B", "ok", "B"),
    ("A. No, wait: B", "ok", "B"),
    ('{"answer": "B"}', "ok", "B"),
    ("B\nThe organ lies low.", "ok", "B"),
    ("B) Liver, as the heart lies higher", "ok", "B"),
    ("A) Kidney", "ok", "A"),
    ("Option B is correct because A shows heart", "ok", "B"),
    ("It could be A or B, but I go with B", "ok", "B"),
    ("A and B are correct", "multiple_answers", None),
    ("[B, C]", "multiple_answers", None),
    ("A and B", "multiple_answers", None),
    ("A & B", "multiple_answers", None),
    ("A/B", "multiple_answers", None),
    ("A, B", "multiple_answers", None),
    ("A,C", "multiple_answers", None),
    ("A or B", "multiple_answers", None),
    ("(A) and (B)", "multiple_answers", None),
    ("either A or B", "multiple_answers", None),
    ("both A and C", "multiple_answers", None),
    ("AB", "multiple_answers", None),
    ("A) Lungs\nB) Liver", "multiple_answers", None),
    ("A) Liver", "multiple_answers", None),
    ("C: lungs", "multiple_answers", None),
    ("B (Heart)", "multiple_answers", None),
    ("Lungs and heart", "multiple_answers", None),
    ("not only A but also B", "multiple_answers", None),
    ("E", "out_of_options", None),
    ("(F)", "out_of_options", None),
    ("E) Kidney", "out_of_options", None),
    ("X", "out_of_options", None),
    ("Kidney", "out_of_options", None),
    ("A mass is seen", "out_of_options", None),
    ("A mass", "out_of_options", None),
    ("The answer is a mass", "out_of_options", None),
    ("Vitamin D", "out_of_options", None),
    ("Hepatitis B", "out_of_options", None),
    ("B cell lymphoma", "out_of_options", None),
    ("C-spine", "out_of_options", None),
    ("None of the above", "out_of_options", None),
    ("I", "out_of_options", None),
    ("7", "out_of_options", None),
    ("unknown", "no_answer", None),
    ("I am unable to answer", "no_answer", None),
    ("---", "no_answer", None),
]

OTHER_ANSWERS = [
    (CARCINOMAS, "Small cell carcinoma", "ok", "A"),
    (CARCINOMAS, "Non-small cell carcinoma", "ok", "B"),
    (CARCINOMAS, "non small cell carcinoma.", "ok", "B"),
    (CARCINOMAS, "It is a non-small cell carcinoma", "ok", "B"),
    (CARCINOMAS, "It is a small cell carcinoma", "ok", "A"),
    (CARCINOMAS, "B) Non-small cell carcinoma", "ok", "B"),
    (CARCINOMAS, "A) Non-small cell carcinoma", "multiple_answers", None),
    (CARCINOMAS, "Carcinoma", "out_of_options", None),
    (("Small cell carcinoma", "Sarcoma"), "Non-small cell carcinoma", "no_answer", None),
    (YES_NO, "Yes", "ok", "A"),
    (YES_NO, "no", "ok", "B"),
    (YES_NO, "No.", "ok", "B"),
    (YES_NO, "A) Yes", "ok", "A"),
    (YES_NO, "B", "ok", "B"),
    (YES_NO, "Yes, there is a fracture.", "ok", "A"),
    (YES_NO, "No, there is no fracture.", "ok", "B"),
    (YES_NO, "The answer is no", "ok", "B"),
    (YES_NO, "B) Yes", "multiple_answers", None),
    (YES_NO, "C", "out_of_options", None),
    (FRACTURE, "No fracture", "ok", "B"),
    (FRACTURE, "There is no fracture", "ok", "B"),
    (FRACTURE, "A fracture", "ok", "A"),
    (FRACTURE, "Fracture, no dislocation", "ok", "A"),
    (SCANS, "CT", "ok", "B"),
    (SCANS, "Computed tomography", "ok", "B"),
    (SCANS, "ECG", "ok", "D"),
    (SCANS, "x ray", "ok", "C"),
    (SCANS, "This is a CT scan", "ok", "B"),
    (NUMBERS, "2", "ok", "B"),
    (NUMBERS, "B", "ok", "B"),
    (NUMBERS, "5", "out_of_options", None),
    (("< 5 mm", "> 5 mm"), "> 5 mm", "ok", "B"),
    (("< 5 mm", "> 5 mm"), "5 mm", "multiple_answers", None),
    (("+", "-"), "-", "ok", "B"),
    (("Sjögren syndrome", "Crohn's disease"), "Sjogren syndrome", "ok", "A"),
    (("Sjögren syndrome", "Crohn's disease"), "Crohn’s disease", "ok", "B"),
    (("肺", "肝脏"), "肝脏", "ok", "B"),
    (("None of the above", "Lungs"), "None of the above", "ok", "A"),
    (("Cannot be determined", "Lungs"), "Cannot be determined", "ok", "A"),
    (("Lungs", "Lungs"), "Lungs", "multiple_answers", None),
    (("Lungs (left)", "Lungs (right)"), "Lungs", "out_of_options", None),
    (("Lungs", "Lungs and heart"), "Lungs and heart", "ok", "B"),
    (("Lungs", "Lungs and heart"), "B) Lungs and heart", "ok", "B"),
    (("Vitamin D", "Vitamin K"), "Vitamin D", "ok", "A"),
    (("B cell", "T cell"), "B cell", "ok", "A"),
    (ORGANS[:2], "C", "out_of_options", None),
    (tuple("abcdefghij"), "J", "ok", "J"),
    (tuple(f"finding {i}" for i in range(10)), "I) finding 8", "ok", "I"),
]

UNFINISHED = [
    ("<think>It lies", "truncated", None),
    (T, "truncated", None),
    ("", "truncated", None),
    (f"{T}<answer>", "truncated", None),
    (f"{T}<answer>B", "truncated", "B"),
    (f"{T}<answer>B</answer>", "ok", "B"),
    (f"{T}<answer>B</answer> The", "ok", "B"),
    (f"{T}<answer>A</answer><answer>B</answer><ans", "multiple_answers", None),
    ("The organ lies low and", "truncated", None),
    ("<think>It lies low.\nThe answer is B", "truncated", None),
    (f"{T}\\boxed{{B}}", "ok", "B"),
]

OPEN_ENDED = [
    (f"{T}<answer>the liver</answer>", "ok"),
    (f"{T}the liver", "ok"),
    ("<answer>the liver</answer>", "no_think"),
    ("the liver", "no_think"),
    ("It lies under the diaphragm, so it is the liver, I would say.", "free_text"),
    ("<think></think><answer>liver</answer>", "empty_think"),
    (f"{T}<answer></answer>", "no_answer"),
    (T, "no_answer"),
    (f"{T}<answer>the li", "truncated"),
    (f"{T}<answer>liver</answer><answer>Liver.</answer>", "ok"),
    (f"{T}<answer>liver</answer><answer>heart</answer>", "multiple_answers"),
    (f"{T}<answer>I cannot determine this.</answer>", "no_answer"),
    ("<answer>liver</answer><think>It lies low.</think>", "answer_before_think"),
    ("", "no_answer"),
]


@pytest.mark.parametrize(("reply", "status", "choice"), ORGAN_REPLIES)
def test_reply_reads_as_a_careful_human_reads_it(reply: str, status: str, choice: str | None):
    parsed = parse(reply, ORGANS)
    assert (parsed.status, parsed.choice) == (status, choice)


@pytest.mark.parametrize(("content", "status", "choice"), ORGAN_ANSWERS)
def test_answer_reads_as_a_careful_human_reads_it(content: str, status: str, choice: str | None):
    parsed = parse(f"{T}\n<answer>{content}</answer>", ORGANS)
    assert (parsed.status, parsed.choice) == (status, choice)


@pytest.mark.parametrize(("options", "content", "status", "choice"), OTHER_ANSWERS)
def test_answer_is_read_against_its_options(options: tuple[str, ...], content: str, status: str, choice: str | None):
    parsed = parse(f"{T}\n<answer>{content}</answer>", options)
    assert (parsed.status, parsed.choice) == (status, choice)


@pytest.mark.parametrize(("reply", "status", "choice"), UNFINISHED)
def test_unfinished_reply(reply: str, status: str, choice: str | None):
    parsed = parse(reply, ORGANS, finished=False)
    assert (parsed.status, parsed.choice) == (status, choice)


@pytest.mark.parametrize(("reply", "status"), OPEN_ENDED)
def test_open_ended_reply_has_no_choice(reply: str, status: str):
    parsed = parse(reply, ())
    assert (parsed.status, parsed.choice) == (status, None)
    if status == "ok":
        assert parsed.answer_span is not None and "liver" in reply[slice(*parsed.answer_span)].lower()


# each row is the status above it, spoilt by the next higher one
PRECEDENCE = [
    (f"{T}<answer>B</answer>", "ok"),
    ("<answer>B</answer>", "no_think"),
    ("It lies low, so the answer is B.", "free_text"),
    ("<think></think><answer>B</answer>", "empty_think"),
    ("<answer>B</answer><think></think>", "answer_before_think"),
    ("<answer></answer><think></think>", "no_answer"),
    ("<answer>E</answer><think></think>", "out_of_options"),
    ("<answer>E</answer><think></think><answer>B</answer>", "multiple_answers"),
    ("<think></think><answer>", "truncated"),
]


@pytest.mark.parametrize(("reply", "status"), PRECEDENCE)
def test_precedence(reply: str, status: str):
    assert parse(reply, ORGANS).status == status


def test_every_status_is_among_the_labelled_replies():
    assert {row[1] for row in ORGAN_REPLIES} == set(PARSE_STATUSES)


SPANS = [
    ("<think> a b </think>\n<answer> B </answer>", " a b ", " B "),
    ("<X_RAY><thinking>a</thinking><answer>B) Liver</answer>", "a", "B) Liver"),
    ("a b\n</think><answer>B</answer>", "a b\n", "B"),
    ("<think>a <answer>A</answer> b</think><answer>B</answer>", "a <answer>A</answer> b", "B"),
    ("<think>a</think><think>b</think><answer>B</answer>", "a</think><think>b", "B"),
    ("<think>a <answer>B</answer></think>", "a ", "B"),
    ("<think>a <answer>B", "a ", "B"),
    ("<unused94>thought\na<unused95>B", "\na", "B"),
    ("### Step 1: a\n### The final answer is: B", "### Step 1: a\n", "B"),
    ("<think>a</think>\nThe answer is B.", "a", "B"),
    ("<think>a</think>\n\\boxed{B}", "a", "B"),
    ("D", None, "D"),
    ("<think>cut off", "cut off", None),
    ("<think>a</think>", "a", None),
    ("<think>a</think><answer></answer>", "a", ""),
]


@pytest.mark.parametrize(("reply", "think", "answer"), SPANS)
def test_spans_are_the_contents_without_tags(reply: str, think: str | None, answer: str | None):
    parsed = parse(reply, ORGANS)
    assert think == (None if parsed.think_span is None else reply[slice(*parsed.think_span)])
    assert answer == (None if parsed.answer_span is None else reply[slice(*parsed.answer_span)])


CASE = Case("c1", "Which organ is shown?", ORGANS)
CHAT = (
    "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
    "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n"
)
ECHOES = ["{}", "{}\n", CHAT, "system\nYou are a helpful assistant.\nuser\n{}\nassistant\n"]


@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize("name", [name for name, template in PUBLISHED.items() if template.system is None])
@pytest.mark.parametrize(
    ("reply", "status", "choice"),
    [
        (f"{T}<answer>B</answer>", "ok", "B"),
        ("<answer>D</answer>", "no_think", "D"),
        ("D", "no_think", "D"),
        ("<think>It lies", "truncated", None),
        ("", "no_answer", None),
    ],
)
def test_prompt_echoed_in_front_is_not_the_reply(echo: str, name: str, reply: str, status: str, choice: str | None):
    prompt = echo.format(ask(CASE, PUBLISHED[name]).user)
    parsed = parse(prompt + reply, ORGANS)
    assert (parsed.status, parsed.choice) == (status, choice)
    assert parsed.answer_span is None or parsed.answer_span[0] >= len(prompt)
    assert parsed.think_span is None or parsed.think_span[0] >= len(prompt)


def test_system_prompt_echoed_in_front_is_not_the_reply():
    template = PUBLISHED["medvlthinker"]
    echo = f"system\n{template.system}\nuser\n{ask(CASE, template).user}\nassistant\n"
    parsed = parse(f"{echo}{T}<answer>B</answer>", ORGANS)
    assert (parsed.status, parsed.choice) == ("ok", "B")
    assert parsed.think_span == (len(echo) + 7, len(echo) + len(T) - 8)


def test_instructions_recited_inside_the_think_are_part_of_it():
    recited = "I must put the letter inside <answer>...</answer> tags. It lies low."
    parsed = parse(f"<think>{recited}</think><answer>B</answer>", ORGANS)
    assert parsed.status == "ok"
    assert parsed.think_span == (7, 7 + len(recited))


def test_trace_keeps_the_reply_and_how_it_was_made():
    reply = f"{T}<answer>B</answer>"
    made = trace(CASE, Spoken(reply, (1, 2), (0, 7), True), max_new_tokens=512, temperature=0.5, seed=3)
    assert (made.case_id, made.reply, made.status, made.choice) == ("c1", reply, "ok", "B")
    assert (made.reply_ids, made.reply_starts, made.finished) == ((1, 2), (0, 7), True)
    assert (made.max_new_tokens, made.temperature, made.seed) == (512, 0.5, 3)
    assert (made.think, made.answer) == ("It lies under the diaphragm.", "B")
    assert trace(CASE, Spoken("<think>It", (), (), finished=False)).status == "truncated"


# -------------------------------------------------------------------------------------- any text

TAG_PIECES = "<think>|</think>|<answer>|</answer>|<thinking>|</thinking>|<unused94>thought|<unused95>|&lt;|<"
WORD_PIECES = "A|B|E|b)|not |and |the answer is |\\boxed{|}|{|Lungs|heart|### The final answer is:|wait, "
PIECES = st.sampled_from(
    [*TAG_PIECES.split("|"), *WORD_PIECES.split("|"), " ", "\n", '"', '"answer": "', *"*．İﬁ\u0301肝"]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=30).map("".join))
OPTIONS = st.one_of(
    st.sampled_from([ORGANS, YES_NO, CARCINOMAS, (), NUMBERS]), st.lists(st.text(max_size=12), max_size=12).map(tuple)
)


@settings(max_examples=400, deadline=None)
@given(TEXTS, OPTIONS, st.booleans())
def test_any_text_is_parsed(reply: str, options: tuple[str, ...], finished: bool):
    parsed = parse(reply, options, finished)
    assert parsed == parse(reply, options, finished)
    assert parsed.status in PARSE_STATUSES
    assert parsed.choice is None or parsed.choice in "ABCDEFGHIJ"[: len(options)]
    for span in (parsed.think_span, parsed.answer_span):
        assert span is None or 0 <= span[0] <= span[1] <= len(reply)
    if parsed.status in ("multiple_answers", "out_of_options", "no_answer"):
        assert parsed.choice is None
    if options and parsed.status in ("ok", "no_think", "empty_think", "free_text", "answer_before_think"):
        assert parsed.choice is not None


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters="<>&＜＞"), min_size=1, max_size=80), st.sampled_from("ABCD"))
def test_well_formed_reply_gives_back_what_it_was_made_of(think: str, letter: str):
    parsed = parse(f"<think>w {think}</think>\n\n<answer>{letter}</answer>", ORGANS)
    assert (parsed.status, parsed.choice, parsed.think_span) == ("ok", letter, (7, 9 + len(think)))


LONG = 100_000
ADVERSARIAL = [
    "<think>" * (LONG // 7),
    "</think>" * (LONG // 8),
    "<answer>" * (LONG // 8),
    "</answer>" * (LONG // 9),
    "<answer>A</answer>" * (LONG // 18),
    "<think><answer>" * (LONG // 15),
    "<think><answer>A</answer></think>" * (LONG // 33),
    "<think>...</think> tags <answer>...</answer> tags" * (LONG // 50),
    "<" * LONG,
    "<" + " " * LONG,
    "< " * (LONG // 2),
    "\\boxed{" * (LONG // 7),
    "{" * LONG,
    "\\boxed{A}" * (LONG // 9),
    "the answer is " * (LONG // 14),
    "the answer is A. " * (LONG // 17),
    "The answer is A. The answer is B. " * (LONG // 34),
    "A is correct. " * (LONG // 14),
    "A and " * (LONG // 6),
    "not " * (LONG // 4),
    "A" * LONG,
    "A " * (LONG // 2),
    "( " * (LONG // 2),
    " " * LONG,
    "\n" * LONG,
    "* " * (LONG // 2),
    "### The final answer is: " * (LONG // 25),
    '"answer": "' * (LONG // 11),
    '"answer"' + " " * LONG,
    "Lungs " * (LONG // 6),
    "so " * (LONG // 3),
    "a\u0301\u0327" * (LONG // 3),
    "\u0301\u0327" * (LONG // 2),
    "ﷺ" * LONG,
    "\n    " * (LONG // 5),
    "Your task: " * (LONG // 11),
    "if " * (LONG // 3) + "the answer is",
    "I would " * (LONG // 8),
    "\nassistant\n" * (LONG // 11),
    "x" * LONG + "<answer>B</answer>",
]


@pytest.mark.parametrize("text", ADVERSARIAL, ids=[text[:14].strip() or repr(text[:2]) for text in ADVERSARIAL])
@pytest.mark.parametrize("frame", ["{}", "<think>{}", "<think>x</think>{}", "<answer>{}</answer>"], ids=str)
def test_hostile_length_is_no_trouble(text: str, frame: str):
    reply = frame.replace("{}", text)
    began = time.process_time()
    parse(reply, ORGANS)
    assert time.process_time() - began < 3.0
