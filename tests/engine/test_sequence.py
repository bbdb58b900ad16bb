"""Tokens come from the model's own ids as far as they go, and letters are read where the tokenizer puts them."""

from __future__ import annotations

from faithlens.engine.sequence import joined, read_out
from faithlens.prompts import PUBLISHED
from faithlens.records import Answer, Frame, Prompt, Span, View


class Pieces:
    """A tokenizer whose tokens are these pieces, longest match first, single characters otherwise."""

    def __init__(self, *pieces: str) -> None:
        self.pieces = sorted(pieces, key=len, reverse=True)
        self.vocabulary: list[str] = []

    def encode(self, text: str) -> list[int]:
        ids = []
        while text:
            piece = next((piece for piece in self.pieces if text.startswith(piece)), text[0])
            if piece not in self.vocabulary:
                self.vocabulary.append(piece)
            ids.append(self.vocabulary.index(piece))
            text = text[len(piece) :]
        return ids

    def decode(self, ids) -> str:
        return "".join(self.vocabulary[i] for i in ids)


def ask(think: Span | None, frame: Frame | None = None) -> Answer:
    return Answer(View(), Prompt(PUBLISHED["medvlm-r1"], "?", ("x", "y")), think, frame)


def test_letters_after_a_clean_boundary_are_one_token_each():
    tokenizer = Pieces("<think>", "</think>", "<answer>")
    place = read_out(ask(Span()), tokenizer)
    assert tokenizer.decode(place.prefix) == "<think></think>\n\n<answer>"
    assert [tokenizer.decode(tail) for tail in place.tails] == ["A", "B"]


def test_letters_that_merge_with_the_tag_take_its_end_along():
    tokenizer = Pieces("<answer", ">A", ">B")
    place = read_out(ask(None), tokenizer)
    assert tokenizer.decode(place.prefix) == "<answer"
    assert [tokenizer.decode(tail) for tail in place.tails] == [">A", ">B"]


def test_own_ids_are_kept_although_the_tokenizer_would_merge_them():
    tokenizer = Pieces("nodule", "nod", "ule")
    own = Span("nodule", (*tokenizer.encode("nod"), *tokenizer.encode("ule")))
    ids, rest = joined([own], tokenizer)
    assert (ids, rest) == ([0, 1], "")
    assert len(joined([Span("nodule")], tokenizer)[0]) == 0


def test_what_own_ids_do_not_cover_is_tokenised_with_what_follows():
    tokenizer = Pieces("nodule", ".</", "think>")
    own = Span("nodule.", tuple(tokenizer.encode("nodule")))
    ids, rest = joined([own, Span("</think>")], tokenizer)
    assert tokenizer.decode(ids) == "nodule"
    assert rest == ".</think>"
    assert len(tokenizer.encode(rest)) == 2


def test_text_before_own_ids_is_tokenised_by_itself():
    tokenizer = Pieces("<think>", "nodule", "nod", "ule", ">nod")
    own = Span("nodule", (*tokenizer.encode("nod"), *tokenizer.encode("ule")))
    ids, rest = joined([Span("<think>"), own], tokenizer)
    assert [tokenizer.vocabulary[i] for i in ids] == ["<think>", "nod", "ule"]
    assert rest == ""


def test_ids_that_do_not_fit_their_text_are_not_believed():
    tokenizer = Pieces("left", "right")
    wrong = Span("left", tuple(tokenizer.encode("right")))
    assert joined([wrong], tokenizer) == ([], "left")


def test_no_think_opens_with_the_answer():
    tokenizer = Pieces("<think>", "<answer>")
    assert tokenizer.decode(read_out(ask(None), tokenizer).prefix) == "<answer>"
