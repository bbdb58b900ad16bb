"""Flags in, one call, exit code out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from faithlens.errors import FaithlensError

DONE, ERROR, LEFT_OUT, INTERRUPTED = 0, 2, 3, 130

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="""Audit whether the reasoning that a medical vision-language model writes is the reasoning that it used.

    Start with `faithlens audit`: it runs the bundled checkpoint on bundled phantoms, offline, in minutes.""",
)

_AUDIT_HELP = """Collect a checkpoint's replies, probe them, and write a run.

Without options: the bundled checkpoint on bundled phantoms.

    faithlens audit --checkpoint JZPeterPan/MedVLM-R1 --cases MRI_CT_XRAY_300each_dataset.json --images DIR

audits a checkpoint from the Hub or a folder. The format of --cases is found by looking at the file.

    faithlens audit --traces results.json

reads replies that another harness collected, with the probes that need no model.

An interrupted audit goes on where it stopped when the same command is given again.

Exit code: 0 = every case was audited; 3 = audited, but some rows or cases were left out, as the summary lists;
2 = the command cannot be carried out; 130 = interrupted, the run can go on."""


@app.command(help=_AUDIT_HELP)
def audit(
    checkpoint: Annotated[str | None, typer.Option(help="Folder or Hub id of a checkpoint.")] = None,
    cases: Annotated[Path | None, typer.Option(help="File of cases, or a folder of DICOM with its CSV.")] = None,
    images: Annotated[Path | None, typer.Option(help="Folder of the images; default: beside the cases.")] = None,
    traces: Annotated[Path | None, typer.Option(help="Replies collected elsewhere: text probes only.")] = None,
    format: Annotated[str | None, typer.Option(help="How to read the file, if looking at it misleads.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the run; default: under runs/.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew; default: resume what lies in --out.")] = False,
    adapter: Annotated[str | None, typer.Option(help="Folder of a LoRA adapter (safetensors).")] = None,
    prompt: Annotated[str, typer.Option(help="Published template by name, or a file with {Question}.")] = "medvlm-r1",
    suite: Annotated[str, typer.Option(help="quick, standard or full.")] = "quick",
    probes: Annotated[str, typer.Option(help="Only these probes, separated by commas.")] = "",
    limit: Annotated[int | None, typer.Option(help="Only the first so many cases.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    dtype: Annotated[str, typer.Option(help="auto (bfloat16 on a GPU), float32, bfloat16 or float16.")] = "auto",
    min_pixels: Annotated[int | None, typer.Option(help="Replaces the checkpoint's own limit.")] = None,
    max_pixels: Annotated[int | None, typer.Option(help="Replaces the checkpoint's own limit.")] = None,
    max_new_tokens: Annotated[int, typer.Option(help="Where a reply is cut off.")] = 512,
    temperature: Annotated[float, typer.Option(help="0 is greedy.")] = 0.0,
    engine: Annotated[str, typer.Option(help="packed, or reference: one forward pass a request.")] = "packed",
    batch_size: Annotated[int, typer.Option(help="Replies written at once.")] = 64,
    seed: Annotated[int, typer.Option(help="For swaps of images, and for sampling.")] = 0,
    calibrate: Annotated[
        bool | None,
        typer.Option(help="Calibrate on cases that --limit leaves over, if no calibration is kept; default: phantoms."),
    ] = None,
) -> None:
    """See _AUDIT_HELP."""
    from rich.console import Console

    from faithlens import pipeline
    from faithlens.terminal import progress_bar, show_summary

    console = Console()
    with progress_bar(Console(stderr=True)) as progress:
        run = pipeline.audit(
            checkpoint,
            cases,
            images=images,
            traces=traces,
            format=format,
            adapter=adapter,
            out=out,
            fresh=fresh,
            calibrate=calibrate,
            progress=progress,
            prompt=prompt,
            suite=suite,
            probes=_names(probes),
            limit=limit,
            device=device,
            dtype=dtype,
            min_pixels=min_pixels,
            max_pixels=max_pixels,
            max_new_tokens=max_new_tokens,
            temperature=temperature,
            engine=engine,
            batch_size=batch_size,
            seed=seed,
        )
    show_summary(run, console)
    if run.manifest["counts"]["left_out"]:
        raise typer.Exit(LEFT_OUT)


_CALIBRATE_HELP = """Measure what each probe can see on a checkpoint, so that audits of it give verdicts.

The checkpoint is wrapped in behaviours whose failures are known exactly, the battery is run on them, and each probe's
AUROC, TPR at 5 % FPR, dose-response, agreement and map from score to probability are kept where audits find them.

    faithlens calibrate --checkpoint JZPeterPan/MedVLM-R1 --cases held_out.json --images DIR --limit 60

Give cases that no audit will use. Without --checkpoint and --cases: the bundled checkpoint on fresh phantoms. An
interrupted calibration goes on where it stopped when the same command is given again.

Exit code: 0 = done; 2 = the command cannot be carried out; 130 = interrupted."""


@app.command(help=_CALIBRATE_HELP)
def calibrate(
    checkpoint: Annotated[str | None, typer.Option(help="Folder or Hub id of a checkpoint.")] = None,
    cases: Annotated[Path | None, typer.Option(help="File of cases with options and key.")] = None,
    images: Annotated[Path | None, typer.Option(help="Folder of the images; default: beside the cases.")] = None,
    format: Annotated[str | None, typer.Option(help="How to read the file, if looking at it misleads.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for every score; default: under runs/.")] = None,
    adapter: Annotated[str | None, typer.Option(help="Folder of a LoRA adapter (safetensors).")] = None,
    prompt: Annotated[str, typer.Option(help="Published template by name, or a file with {Question}.")] = "medvlm-r1",
    suite: Annotated[str, typer.Option(help="quick, standard or full.")] = "quick",
    probes: Annotated[str, typer.Option(help="Only these probes, separated by commas.")] = "",
    limit: Annotated[int | None, typer.Option(help="Only the first so many cases.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    dtype: Annotated[str, typer.Option(help="auto (bfloat16 on a GPU), float32, bfloat16 or float16.")] = "auto",
    min_pixels: Annotated[int | None, typer.Option(help="Replaces the checkpoint's own limit.")] = None,
    max_pixels: Annotated[int | None, typer.Option(help="Replaces the checkpoint's own limit.")] = None,
    max_new_tokens: Annotated[int, typer.Option(help="Where a reply is cut off.")] = 512,
    batch_size: Annotated[int, typer.Option(help="Replies written at once.")] = 16,
    seed: Annotated[int, typer.Option(help="For swaps of images.")] = 0,
) -> None:
    """See _CALIBRATE_HELP."""
    from rich.console import Console

    from faithlens.calibrate import calibrate as measure
    from faithlens.terminal import progress_bar, show_calibration

    with progress_bar(Console(stderr=True)) as progress:
        found = measure(
            checkpoint,
            cases,
            images=images,
            format=format,
            adapter=adapter,
            out=out,
            progress=progress,
            prompt=prompt,
            suite=suite,
            probes=_names(probes),
            limit=limit,
            device=device,
            dtype=dtype,
            min_pixels=min_pixels,
            max_pixels=max_pixels,
            max_new_tokens=max_new_tokens,
            batch_size=batch_size,
            seed=seed,
        )
    show_calibration(found, Console())


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(help="Folder of a finished run.")],
    second: Annotated[Path, typer.Argument(help="Folder of another one, over the same cases.")],
) -> None:
    """Compare two runs, paired by case: what differs, what is equivalent, what is undecided.

    Right answers and verdicts are the primary set (Holm); scores and flags of the probes are exploratory (BH).
    """
    from rich.console import Console

    from faithlens.comparison import compare as paired
    from faithlens.store import open_run
    from faithlens.terminal import show_comparison

    show_comparison(paired(open_run(first), open_run(second)), Console())


def _names(probes: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in probes.split(",") if name.strip())


@app.command()
def doctor(
    checkpoint: Annotated[str | None, typer.Option(help="Folder or Hub id; default: the bundled one.")] = None,
    adapter: Annotated[str | None, typer.Option(help="Folder of a LoRA adapter.")] = None,
    cases: Annotated[Path | None, typer.Option(help="File of cases whose images are to be opened.")] = None,
    images: Annotated[Path | None, typer.Option(help="Folder of the images.")] = None,
    format: Annotated[str | None, typer.Option(help="How to read the file of cases.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    dtype: Annotated[str, typer.Option(help="auto, float32, bfloat16 or float16.")] = "auto",
    prompt: Annotated[str, typer.Option(help="Template that the rendering is checked with.")] = "medvlm-r1",
) -> None:
    """Check what is installed, the device, whether a checkpoint passes its self-tests, and whether images open.

    Exit code: 0 = all is well; 2 = a checkpoint cannot be loaded or fails a self-test; 3 = some rows or images are bad.
    """
    from rich.console import Console

    from faithlens import demo
    from faithlens.doctor import cases_report, checkpoint_report, machine_report
    from faithlens.terminal import table

    console = Console()
    console.print(table("Machine", ("what", "found"), machine_report()))
    rows, healthy = checkpoint_report(checkpoint or str(demo.CHECKPOINT), adapter, device, dtype, prompt)
    console.print(table("Checkpoint", ("check", "result", "measured"), rows))
    complete = True
    if cases is not None:
        found, complete = cases_report(cases, images, format)
        console.print(table("Cases", ("what", "found"), found))
    if not healthy:
        raise typer.Exit(ERROR)
    if not complete:
        raise typer.Exit(LEFT_OUT)


@app.command()
def probes(
    papers: Annotated[bool, typer.Option("--papers", help="Print the paper index, PAPERS.md, instead.")] = False,
) -> None:
    """List the probes: what each asks, of which axis, from which paper, at what cost per case."""
    from rich.console import Console

    from faithlens.probes import paper_index
    from faithlens.terminal import show_probes

    if papers:
        print(paper_index(), end="")
    else:
        show_probes(Console())


@app.command()
def bench(
    preset: Annotated[str, typer.Option(help="bundled, mid (about 100 M parameters) or qwen2-vl-2b.")] = "bundled",
    cases: Annotated[int, typer.Option(help="Cases whose quick suite is answered.")] = 1,
    repeats: Annotated[int, typer.Option(help="Timed turns; medians are shown.")] = 5,
    out: Annotated[Path | None, typer.Option(help="Also write the figures to this JSON file.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    dtype: Annotated[str, typer.Option(help="auto, float32, bfloat16 or float16.")] = "auto",
) -> None:
    """Time the quick suite's requests: one forward each, padded batches, the engine, and the lower bound.

    All ways run in one process, in turn, after a warm-up; their answers are compared. The lower bound runs every
    distinct (view, token prefix) once in plain causal passes, and answers nothing.
    """
    import json
    import tempfile

    from rich.console import Console

    from faithlens.bench.measure import measure
    from faithlens.bench.workload import checkpoint, requests
    from faithlens.terminal import bench_table, progress_bar

    with tempfile.TemporaryDirectory() as folder, progress_bar(Console(stderr=True)) as progress:
        loaded, side = checkpoint(preset, Path(folder), device, dtype)
        report = {"preset": preset, "cases": cases}
        report |= measure(loaded, requests(loaded, side, cases, Path(folder)), repeats, progress)
    Console().print(bench_table(report))
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Entry point: what the user can fix is one line and exit code 2; everything else keeps its traceback."""
    try:
        app()
    except FaithlensError as error:
        # what libraries say may run over several lines
        print(f"faithlens: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(ERROR)
    except KeyboardInterrupt:
        print("faithlens: interrupted; give the same command again and the audit goes on", file=sys.stderr)
        sys.exit(INTERRUPTED)
