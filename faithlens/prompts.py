"""Published prompt templates by name, byte for byte, and the user's own from a file."""

from __future__ import annotations

from pathlib import Path

from faithlens.errors import PromptError
from faithlens.records import Case, Frame, Prompt, Span, Template

_TAGS = Frame(opening=Span("<think>"), closing=Span("</think>\n\n<answer>"), direct=Span("<answer>"))
_SPACED_TAGS = Frame(opening=Span("<think>"), closing=Span("</think> <answer> "), direct=Span("<answer> "))


def _medvlm_r1(indent: str) -> str:
    lines = [
        "",
        "{Question} ",
        "Your task: ",
        "1. Think through the question step by step, enclose your reasoning process in <think>...</think> tags. ",
        "2. Then provide the correct single-letter choice (A, B, C, D,...) inside <answer>...</answer> tags.",
        "3. No extra information or text outside of these tags.",
        "",
    ]
    return f"\n{indent}".join(lines)


_MEDVLTHINKER_SYSTEM = (
    "You will solve a problem/request. You should provide your thoughts within <think> </think> tags before "
    "providing the answer.\nWrite your final answer within <answer> </answer> tags."
)

PUBLISHED: dict[str, Template] = {
    template.name: template
    for template in (
        # JZPeterPan/MedVLM-R1, src/eval/test_qwen2vl_med.py, --prompt_type complex
        Template("medvlm-r1", _medvlm_r1(" " * 4), _TAGS),
        # the same text inside main() of grpo.py: eight spaces
        Template("medvlm-r1-train", _medvlm_r1(" " * 8), _TAGS),
        # Yuxiang-Lai117/Med-R1
        Template(
            "med-r1",
            "{Question} First output the thinking process in <think> </think> and final choice (A, B, C, D ...) "
            "in <answer> </answer> tags.",
            _SPACED_TAGS,
        ),
        # Deep-Agent/R1-V, as MedVLM-R1's grpo.py carries it; two spaces after the question
        Template(
            "r1-v",
            "{Question}  Output the thinking process in <think> </think> and final answer (number) in "
            "<answer> </answer> tags.",
            _SPACED_TAGS,
        ),
        # UCSC-VLAA/MedVLThinker
        Template("medvlthinker", "{Question}", _TAGS, system=_MEDVLTHINKER_SYSTEM),
        # MAGIC-AI4Med/ChestX-Reasoner
        Template(
            "chestx-reasoner",
            "{Question}\nLet's think step by step. Enclose the reasoning within <think></think> and the answer "
            "within <answer></answer>.",
            _TAGS,
        ),
    )
}

DEFAULT = "medvlm-r1"


def template(name_or_file: str) -> Template:
    """The published template of that name, or the text of that file.

    Raises PromptError for a name that is neither, and for a file without `{Question}`.
    """
    if name_or_file in PUBLISHED:
        return PUBLISHED[name_or_file]
    path = Path(name_or_file)
    if not path.is_file():
        known = ", ".join(PUBLISHED)
        raise PromptError(f"prompt {name_or_file!r} is neither a file nor a published template; known: {known}")
    try:
        user = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise PromptError(f"prompt file {path} is not UTF-8 text: {error}") from error
    if "{Question}" not in user:
        raise PromptError(f"prompt file {path} has no {{Question}}; put it where question and options belong")
    return Template(path.name, user, _TAGS)


def ask(case: Case, template: Template) -> Prompt:
    """The case's question in that template."""
    return Prompt(template, case.question, case.options)
