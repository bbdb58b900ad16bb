"""Options that several commands share, each worded once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

Checkpoint: TypeAlias = Annotated[str | None, typer.Option(help="Folder or Hub id of a checkpoint; default: bundled.")]
Adapter: TypeAlias = Annotated[str | None, typer.Option(help="Folder of a LoRA adapter (safetensors).")]
Cases: TypeAlias = Annotated[Path | None, typer.Option(help="File of cases, or a folder of DICOM with its CSV.")]
Images: TypeAlias = Annotated[Path | None, typer.Option(help="Folder of the images; default: beside the cases.")]
Format: TypeAlias = Annotated[str | None, typer.Option(help="How to read the file, if looking at it misleads.")]
Prompt: TypeAlias = Annotated[str, typer.Option(help="Published template by name, or a file with {Question}.")]
Suite: TypeAlias = Annotated[str, typer.Option(help="quick, standard or full.")]
Probes: TypeAlias = Annotated[str, typer.Option(help="Only these probes, separated by commas.")]
Limit: TypeAlias = Annotated[int | None, typer.Option(help="Only the first so many cases.")]
Device: TypeAlias = Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")]
DType: TypeAlias = Annotated[str, typer.Option(help="auto (bfloat16 on a GPU), float32, bfloat16 or float16.")]
MinPixels: TypeAlias = Annotated[int | None, typer.Option(help="Replaces the checkpoint's own limit.")]
MaxPixels: TypeAlias = Annotated[int | None, typer.Option(help="Replaces the checkpoint's own limit.")]
MaxNewTokens: TypeAlias = Annotated[int, typer.Option(help="Where a reply is cut off.")]
BatchSize: TypeAlias = Annotated[int, typer.Option(help="Replies written at once.")]
MapTargets: TypeAlias = Annotated[
    str, typer.Option(help="What maps explain: answer, margin, sentences, claims, think.")
]
Judge: TypeAlias = Annotated[
    str, typer.Option(help="Language model (folder or Hub id) that judges if thinks own up to cues; default: rules.")
]
RunFolder: TypeAlias = Annotated[Path, typer.Argument(help="Folder of a finished run.")]


def names(listed: str) -> tuple[str, ...]:
    """Names that are separated by commas."""
    return tuple(name.strip() for name in listed.split(",") if name.strip())
