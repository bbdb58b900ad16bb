"""The command line itself: what it says of itself, and the exit codes of all its commands."""

from __future__ import annotations

import typer

DONE, ERROR, LEFT_OUT, INTERRUPTED = 0, 2, 3, 130

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="""Audit whether the reasoning that a medical vision-language model writes is the reasoning that it used.

    Start with `faithlens audit`: it runs the bundled checkpoint on bundled phantoms, offline, in minutes.""",
)
