"""The pipeline in order: cases, traces, probes, findings, calibration, verdicts, clusters, a run on disk."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from faithlens import demo, mapping, prompts, replies
from faithlens.calibration import subject_key
from faithlens.cases.pool import Pool
from faithlens.clusters import cluster
from faithlens.contradiction.nli import Nli
from faithlens.engine.ask import ask_all
from faithlens.engine.cost import Cost, total
from faithlens.engine.subject import Reply, Subject
from faithlens.errors import FaithlensError, SettingsError
from faithlens.material import Item, Material, Progress, Sources, gather
from faithlens.models import Folder, find, load
from faithlens.probes import Exhibit, Probe, choose
from faithlens.provenance import provenance
from faithlens.records import (
    AttributionMap,
    BadRow,
    Case,
    ClusterCard,
    Finding,
    ImageFile,
    MapExam,
    Member,
    Prompt,
    Request,
    Speak,
    Spoken,
    Template,
    Trace,
    Verdict,
    View,
)
from faithlens.self_calibration import NOT_ASKED, for_audit
from faithlens.store import CALIBRATION, Run, RunFolder, open_run
from faithlens.verbalisation import Judge
from faithlens.verdicts import verdicts

if TYPE_CHECKING:
    from faithlens.models.checkpoint import Checkpoint
    from faithlens.models.judge import LanguageJudge
    from faithlens.models.nli import CrossEncoder

WINDOW = 16
"""Cases that are audited together and stored as one part. Part of the plan, so that a resumed run has the same."""

STAGES: dict[str, type] = {"traces": Trace, "findings": Finding, "maps": AttributionMap, "exams": MapExam}
"""What costs are told apart by; a calibration that an audit measures first has its own."""


@dataclass(frozen=True)
class Settings:
    """How a checkpoint is asked; the same settings on the same cases give the same run."""

    prompt: str = prompts.DEFAULT
    suite: str = "quick"
    probes: tuple[str, ...] = ()
    limit: int | None = None
    device: str = "auto"
    dtype: str = "auto"
    min_pixels: int | None = None
    max_pixels: int | None = None
    max_new_tokens: int = 512
    temperature: float = 0.0
    engine: str = "packed"
    """"packed", or "reference": one forward pass a request, the slow way that the engine is held to."""
    batch_size: int = 64
    """Replies written at once."""
    seed: int = 0
    maps: tuple[str, ...] = ()
    """Attribution methods, such as "integrated_gradients:blur"; see `faithlens.attribution.method`."""
    map_targets: tuple[str, ...] = ("answer", "sentences")
    """What they explain; see `faithlens.attribution.targets`."""
    nli: str = ""
    """An NLI model, by folder or Hub id, that reads each think against the options; none by default."""
    judge: str = ""
    """A language model, by folder or Hub id, that judges whether thinks own up to cues; rules do by default."""

    @property
    def asked(self) -> dict[str, Any]:
        """What of these settings a calibration depends on, besides the dtype that the checkpoint was loaded in."""
        names = ("min_pixels", "max_pixels", "max_new_tokens")
        return {name: getattr(self, name) for name in names}

    def __post_init__(self) -> None:
        for name in ("max_new_tokens", "batch_size"):
            if getattr(self, name) < 1:
                raise SettingsError(f"{name} is {getattr(self, name)}; it has to be at least 1")
        if self.limit is not None and self.limit < 1:
            raise SettingsError(f"limit is {self.limit}; it has to be at least 1")
        if self.engine not in ("packed", "reference"):
            raise SettingsError(f"unknown engine {self.engine!r}; use packed or reference")
        if self.temperature < 0:
            raise SettingsError(f"temperature is {self.temperature}; 0 is greedy, above 0 is sampled")


def audit(
    checkpoint: str | None = None,
    cases: str | Path | None = None,
    *,
    images: str | Path | None = None,
    traces: str | Path | None = None,
    format: str | None = None,
    adapter: str | None = None,
    out: str | Path | None = None,
    fresh: bool = False,
    calibrate: bool | None = None,
    progress: Progress = lambda stage, done, total: None,
    **settings: Any,
) -> Run:
    """Audit a checkpoint on cases, or replies that were collected elsewhere, and return the finished run.

    Without `checkpoint` and `traces` the bundled checkpoint is audited, without `cases` on bundled phantoms. `out` is
    the run's folder; an unfinished run there goes on where it stopped, and `fresh` begins anew. `format` overrides how
    the file of cases (or of `traces`, where no cases are given) is read. `settings` are the fields of `Settings`.

    Verdicts rest on a calibration of this checkpoint that an earlier run or `faithlens calibrate` has kept. Where there
    is none, `calibrate=True` measures a small one first, on cases that the audit does not use: on fresh phantoms, or on
    what `limit` leaves over; by default that is done for phantoms only. `calibrate=False` gives no verdicts.

    Raises FaithlensError for whatever the user can fix. KeyboardInterrupt leaves a run that can go on.
    """
    chosen = Settings(**settings)
    sources = Sources(_path(cases), _path(images), _path(traces), format)
    template = prompts.template(chosen.prompt)
    probes = choose(chosen.suite, chosen.probes, text_only=traces is not None, nli=bool(chosen.nli))
    if traces is not None and (checkpoint is not None or adapter is not None):
        raise SettingsError("--traces are replies that exist already; leave --checkpoint and --adapter out")
    if chosen.maps:
        mapping.check(chosen.maps, chosen.map_targets, given=traces is not None)
    folder = find(checkpoint or str(demo.CHECKPOINT)) if traces is None else None
    nli = _cross_encoder(chosen) if chosen.nli else None
    judge = judge_of(chosen, probes)
    run = RunFolder(Path(out) if out is not None else _default_folder(folder, sources))
    with run.locked():
        if fresh:
            run.clear()
        material = gather(sources, chosen.limit, run.path / "phantoms", progress)
        resumed = run.begin(_plan(material, folder, adapter, template, probes, chosen, nli, judge))
        if resumed and run.finished:
            return open_run(run.path)
        run.table(Case, list({item.case.id: item.case for item in material.items}.values()))
        run.table(ImageFile, material.images)
        return _carry_out(run, material, folder, adapter, template, probes, chosen, nli, judge, calibrate, progress)


def _cross_encoder(settings: Settings) -> CrossEncoder:
    from faithlens.models.nli import CrossEncoder

    return CrossEncoder(settings.nli, settings.device)


def judge_of(settings: Settings, probes: Sequence[Probe]) -> LanguageJudge | None:
    """The language model that judges what thinks own up to; None where rules do. Raises SettingsError if none asks."""
    if not settings.judge:
        return None
    if not any(probe.axis == "hidden_cue" for probe in probes):
        raise SettingsError("--judge reads how thinks speak of cues, and no probe plants any; try --suite standard")
    from faithlens.models.judge import LanguageJudge

    return LanguageJudge(settings.judge, settings.device)


def key_of(
    folder: Folder, adapter: str | None, template: Template, settings: Settings, dtype: str, judge: LanguageJudge | None
) -> str:
    """Key of the calibrations that hold for what is asked."""
    asked = settings.asked | {"dtype": dtype} | ({"judge": judge.weights_sha256} if judge else {})
    return subject_key(folder.weights_sha256, adapter, template, asked)


def _path(given: str | Path | None) -> Path | None:
    return None if given is None else Path(given)


def _default_folder(folder: Folder | None, sources: Sources) -> Path:
    """runs/<what is audited>-<on what>."""
    if folder is None:
        subject = sources.traces.stem if sources.traces else "replies"
    else:
        subject = "demo" if folder.path == demo.CHECKPOINT else Path(folder.id).name
    return Path("runs") / (f"{subject}-{sources.cases.stem}" if sources.cases else subject)


def _plan(
    material: Material,
    folder: Folder | None,
    adapter: str | None,
    template: Template,
    probes: Sequence[Probe],
    settings: Settings,
    nli: CrossEncoder | None,
    judge: LanguageJudge | None,
) -> dict[str, Any]:
    """What identifies this audit; a run can only go on under the same plan."""
    everything = json.dumps([[asdict(item.case), item.given and item.given.reply] for item in material.items])
    return {
        "faithlens": provenance()["faithlens"],
        "weights_sha256": folder.weights_sha256 if folder else None,
        "adapter": adapter,
        "nli_sha256": nli.weights_sha256 if nli else None,
        "judge_sha256": judge.weights_sha256 if judge else None,
        "cases_sha256": hashlib.sha256(everything.encode()).hexdigest(),
        "images_sha256": hashlib.sha256("".join(file.sha256 for file in material.images).encode()).hexdigest(),
        "items": len(material.items),
        "sources": material.sources,
        "prompt": template.name,
        "prompt_sha256": hashlib.sha256(json.dumps(asdict(template)).encode()).hexdigest(),
        "settings": asdict(settings),
        "probes": {probe.name: {"version": probe.version, **asdict(probe)} for probe in probes},
        "window": WINDOW,
    }


# ------------------------------------------------------------------------------------ what is done


def _carry_out(
    run: RunFolder,
    material: Material,
    folder: Folder | None,
    adapter: str | None,
    template: Template,
    probes: Sequence[Probe],
    settings: Settings,
    nli: CrossEncoder | None,
    judge: LanguageJudge | None,
    calibrate: bool | None,
    progress: Progress,
) -> Run:
    started = time.time()
    items = material.items
    subject, about = subject_of(folder, adapter, template, settings, progress)
    key, rest = "", NOT_ASKED
    if folder is not None:
        key = key_of(folder, adapter, template, settings, about["dtype"], judge)
    if calibrate is not False and folder is not None:
        rest = for_audit(
            run.path / CALIBRATION,
            material,
            key,
            subject,
            {
                "checkpoint": folder.id,
                "prompt": template.name,
                "cases": "left over by an audit",
                "judge": settings.judge or "rules",
            },
            template,
            [probe for probe in probes if not probe.needs_nli],
            settings.max_new_tokens,
            settings.seed,
            calibrate,
            progress,
            judge,
        )
    pool = Pool([item.case for item in items], settings.seed)
    windows = [items[first : first + WINDOW] for first in range(0, len(items), WINDOW)]
    for number, window in enumerate(windows):
        done = number * WINDOW
        progress("auditing", done, len(items))
        if not run.has(Trace, number):
            cost = Cost()
            found, failed = collect(subject(cost), window, template, settings, cost)
            run.add(Trace, number, found, {"cost": asdict(cost), "failed": failed})
        if not run.has(Finding, number):
            cost = Cost()
            read = exhibits(window, run.part(Trace, number), template, pool, nli, judge)
            run.add(Finding, number, _probe(subject(cost), probes, read, cost), {"cost": asdict(cost)})
    progress("auditing", len(items), len(items))
    if settings.maps:
        shown = [exhibits(window, run.part(Trace, n), template, pool) for n, window in enumerate(windows)]
        mapping.draw(run, shown, subject, key, settings.maps, settings.map_targets, progress)
    notes = run.notes()
    origin = {item.case.id: item.case.origin for item in items}
    failed = [BadRow(*_place(origin[case_id]), reason) for note in notes for case_id, reason in note.get("failed", [])]
    run.table(BadRow, [*material.bad, *failed])
    findings = run.rows(Finding)
    judged = verdicts(findings, rest.calibration)
    run.table(Verdict, judged)
    progress("clustering", 0, 1)
    kinds = cluster([item.case for item in items], run.rows(Trace), findings, judged, settings.seed)
    run.table(ClusterCard, kinds.cards)
    run.table(Member, kinds.members)
    progress("clustering", 1, 1)
    run.finish(
        {
            **provenance(),
            "plan": json.loads((run.path / "plan.json").read_text(encoding="utf-8")),
            "subject": about,
            "calibration": rest.described,
            "clusters": kinds.described,
            "counts": {
                "items": len(items),
                "left_out": len(material.bad) + len(failed),
                "traces": len(items) - len(failed),
            },
            "maps": mapping.described(run, notes, settings.maps, settings.map_targets),
            "cost": _cost(notes),
            "cost_by_stage": {name: _cost(run.notes(record)) for name, record in STAGES.items()},
            "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "seconds_last_process": round(time.time() - started, 1),
        }
    )
    return open_run(run.path)


def exhibits(
    window: Sequence[Item],
    traces: Sequence[Trace],
    template: Template,
    pool: Pool,
    nli: Nli | None = None,
    judge: Judge | None = None,
) -> list[Exhibit]:
    """Replies as probes and maps look at them."""
    by_id = {item.case.id: item.case for item in window}
    return [Exhibit(by_id[t.case_id], t, prompts.ask(by_id[t.case_id], template), pool, nli, judge) for t in traces]


def _cost(notes: Sequence[dict[str, Any]]) -> dict[str, float]:
    return total(note.get("cost", {}) for note in notes)


def _place(origin: str) -> tuple[str, str]:
    file, _, row = origin.partition("#")
    return file, row


def subject_of(
    folder: Folder | None, adapter: str | None, template: Template, settings: Settings, progress: Progress
) -> tuple[Callable[[Cost], Subject], dict[str, Any]]:
    """How to ask what is audited, and what a manifest says about it. A checkpoint has to pass its self-tests first."""
    if folder is None:
        return (lambda cost: Silent()), {"id": None, "note": "replies collected elsewhere; nothing was asked"}
    from faithlens.engine.packed import Packed
    from faithlens.engine.reference import Reference
    from faithlens.models.selftest import require, run_checks
    from faithlens.models.vision import Vision

    progress("loading checkpoint", 0, 2)
    checkpoint = load(
        str(folder.path), adapter, settings.device, settings.dtype, settings.min_pixels, settings.max_pixels
    )
    progress("testing checkpoint", 1, 2)
    checks = run_checks(checkpoint, template)
    require(checks, checkpoint)
    about = {
        **checkpoint.described(),
        "id": folder.id,
        "rendered_prompt_sha256": _rendered(checkpoint, template),
        "self_tests": [asdict(check) for check in checks],
    }
    if settings.engine == "reference":
        return (lambda cost: Reference(checkpoint, settings.batch_size, cost)), about
    vision = Vision(checkpoint)
    return (lambda cost: Packed(checkpoint, vision, voices=settings.batch_size, cost=cost)), about


def _rendered(checkpoint: Checkpoint, template: Template) -> str:
    """Hash of the chat text around an empty question: template, system turn and chat template together."""
    return hashlib.sha256(checkpoint.rendered(Prompt(template, ""), images=1).encode()).hexdigest()


class Silent:
    """Stands where nobody can be asked; only probes that read text run on it."""

    def respond(self, requests: Sequence[Request]) -> list[Reply]:
        if requests:
            raise SettingsError("a probe asked the model, but only its replies are given")
        return []


def collect(
    subject: Subject, window: Sequence[Item], template: Template, settings: Settings, cost: Cost
) -> tuple[list[Trace], list[tuple[str, str]]]:
    """The replies of one window, and case ids with the reason where none could be had."""
    asked = {item.case.id: item.case for item in window if item.given is None}
    requests = [
        Speak(
            View(case.images),
            prompts.ask(case, template),
            max_new_tokens=settings.max_new_tokens,
            temperature=settings.temperature,
            seed=settings.seed,
        )
        for case in asked.values()
    ]
    cost.requests += len(requests)
    cost.unique_requests += len(set(requests))
    spoken = dict(zip(asked, subject.respond(requests), strict=True))
    traces, failed = [], []
    for item in window:
        answer = spoken.get(item.case.id)
        if item.given is not None:
            traces.append(item.given)
        elif isinstance(answer, Spoken):
            traces.append(
                replies.trace(
                    item.case,
                    answer,
                    max_new_tokens=settings.max_new_tokens,
                    temperature=settings.temperature,
                    seed=settings.seed,
                )
            )
        else:
            failed.append((item.case.id, str(answer)))
    return traces, failed


def _probe(subject: Subject, probes: Sequence[Probe], exhibits: Sequence[Exhibit], cost: Cost) -> list[Finding]:
    """Findings of all probes on all traces of one window, trace by trace."""
    pairs = [(exhibit, probe) for exhibit in exhibits for probe in probes]
    results = ask_all(subject, [probe(exhibit) for exhibit, probe in pairs], cost)
    return [
        probe.silent(exhibit.trace, str(result)) if isinstance(result, FaithlensError) else result
        for (exhibit, probe), result in zip(pairs, results, strict=True)
    ]
