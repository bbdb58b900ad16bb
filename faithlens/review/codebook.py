"""The form as a codebook for people: `python -m faithlens.review.codebook > annotations/codebook.md`."""

from __future__ import annotations

from collections.abc import Iterator

from faithlens.review.form import Form, Question, form


def codebook(form: Form) -> str:
    """Markdown: instructions, then each question with scale, definition, examples and grounds."""
    head = [f"# {form.title}", f"Codebook of form version {form.version}.", form.instructions]
    return "\n\n".join([*head, *(part for i, q in enumerate(form.questions, 1) for part in _section(i, q))]) + "\n"


def _section(number: int, question: Question) -> Iterator[str]:
    yield f"## {number}. {question.text}"
    yield f"`{question.id}`, {scale(question)}."
    if question.only_if:
        yield f"Asked only where `{question.only_if[0]}` is `{question.only_if[1]}`."
    if question.choices:
        own = {"options": ["- a letter: that option"], "sentences": ["- a number: that sentence"], None: []}
        missing = {True: "", False: " (counts as missing)"}
        listed = [f"- `{choice.value}`: {choice.label}{missing[choice.judged]}" for choice in question.choices]
        yield "\n".join([*own[question.of], *listed])
    yield question.definition.strip()
    yield f"*For example:* {question.positive}"
    yield f"*But not so:* {question.negative}"
    yield f"*Why it is asked:* {question.grounds.strip()}"


def scale(question: Question) -> str:
    """The scale in words."""
    if question.scale == "text":
        return "free text, may stay empty"
    kind = "one choice" if question.scale == "choice" else "one or more"
    return f"{kind}, in rising order" if question.ordered else kind


if __name__ == "__main__":
    print(codebook(form()), end="")
