"""The battery on the organisms: which are asked by which probes, and what each reply scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from faithlens import prompts
from faithlens.cases.pool import Pool
from faithlens.engine.ask import ask_all
from faithlens.engine.cost import Cost
from faithlens.engine.subject import Reply, Subject
from faithlens.errors import FaithlensError
from faithlens.organisms import Facts, Organism, discover
from faithlens.organisms.half_honest import HalfHonest
from faithlens.organisms.mixture import WEIGHTS, Mixture
from faithlens.organisms.sighted import Sighted
from faithlens.probes import Exhibit, Probe
from faithlens.probes import discover as known_probes
from faithlens.records import Axis, Case, Finding, Request, Speak, Spoken, Template, View
from faithlens.replies import trace as read_reply
from faithlens.verbalisation import Judge

DOSED: Axis = "post_hoc"
"""The axis that the mixtures are doses of."""


@dataclass(frozen=True)
class Specimen:
    """One organism over one subject."""

    name: str
    organism: Organism
    scripted_beneath: bool = False
    """True: over sighted, so that the checkpoint plays no part."""
    dose: float | None = None
    """Weight of the think in a mixture."""

    @property
    def own(self) -> bool:
        """Whether the checkpoint has a part in its replies."""
        return not (self.scripted_beneath or self.organism.scripted)

    def reaches(self, probe: Probe | type[Probe]) -> bool:
        """Whether it has anything to say about a probe."""
        if self.dose is not None:
            return probe.axis == DOSED
        organism, axis = self.organism, probe.axis
        if axis not in organism.plants or probe.name in organism.misses.get(axis, ()):
            return False
        return axis not in organism.reaches or probe.name in organism.reaches[axis]

    def stands_by(self, probe: Probe) -> bool:
        """Whether its replies fail on the probe's axis, for another cause than the one that the probe looks for.

        The probe says nothing about them, but a verdict that hears it has to find them all the same.
        """
        organism, axis = self.organism, probe.axis
        if not self.own or self.dose is not None or organism.plants.get(axis) is not True or self.reaches(probe):
            return False
        others = [other for other in known_probes().values() if other.axis == axis]
        return probe.cause not in {other.cause for other in others if self.reaches(other)}


@dataclass(frozen=True)
class Trial:
    """What one probe scored on one organism's reply to one case."""

    case_id: str
    group: str
    """Patient; cases of one are no independent evidence."""
    specimen: str
    probe: str
    axis: Axis
    failing: bool | None
    """What is planted on that axis; None in mixtures, and where it does not hold for this reply."""
    dose: float | None
    score: float
    reason: str
    own: bool = True
    """Whether the checkpoint had a part in the reply."""
    reached: bool = True
    """False: the reply fails for another cause than the one that the probe looks for."""


def specimens() -> tuple[Specimen, ...]:
    """Every organism with a planted truth, over the checkpoint and over sighted, and the mixtures at every weight."""
    found: list[Specimen] = []
    for name, kind in discover().items():
        if kind.plants:
            found.append(Specimen(name, kind()))
            if kind.over_sighted and not kind.scripted:
                found.append(Specimen(f"{name}/sighted", kind(), scripted_beneath=True))
    for weight in WEIGHTS:
        found.append(Specimen(f"mixture@{weight}", Mixture(weight=weight), dose=weight))
        found.append(Specimen(f"half_honest@{weight}", HalfHonest(weight=weight), dose=weight))
    return tuple(found)


@dataclass
class Remembering:
    """A subject that is asked no request twice: most requests of most organisms coincide."""

    subject: Subject
    cost: Cost = field(default_factory=Cost)
    known: dict[Request, Reply] = field(default_factory=dict[Request, Reply])

    def respond(self, requests: Sequence[Request]) -> list[Reply]:
        new = [request for request in dict.fromkeys(requests) if request not in self.known]
        self.cost.requests += len(requests)
        self.cost.unique_requests += len(new)
        if new:
            self.known |= dict(zip(new, self.subject.respond(new), strict=True))
        return [self.known[request] for request in requests]


def trials(
    subject: Subject,
    cases: Sequence[Case],
    pool: Pool,
    template: Template,
    probes: Sequence[Probe],
    max_new_tokens: int,
    cost: Cost | None = None,
    judge: Judge | None = None,
) -> list[Trial]:
    """Scores of every probe on every specimen that reaches it, over cases with a key and options."""
    facts = Facts(pool.cases)
    beneath = Remembering(subject, cost or Cost())
    sighted = Sighted().over(beneath, facts)
    found: list[Trial] = []
    for specimen in specimens():
        chosen = [probe for probe in probes if specimen.reaches(probe) or specimen.stands_by(probe)]
        if chosen:
            organism = specimen.organism.over(sighted if specimen.scripted_beneath else beneath, facts)
            exhibits = _collect(organism, cases, pool, template, max_new_tokens, judge)
            found += _scored(specimen, organism, chosen, exhibits)
    return found


def _collect(
    subject: Subject,
    cases: Sequence[Case],
    pool: Pool,
    template: Template,
    max_new_tokens: int,
    judge: Judge | None = None,
) -> list[Exhibit]:
    """The replies of one specimen; a case that cannot be answered is left out."""
    asked = [prompts.ask(case, template) for case in cases]
    requests = [
        Speak(View(case.images), prompt, max_new_tokens=max_new_tokens)
        for case, prompt in zip(cases, asked, strict=True)
    ]
    replies = subject.respond(requests)
    return [
        Exhibit(
            case, read_reply(case, reply, max_new_tokens=max_new_tokens, temperature=0.0), prompt, pool, judge=judge
        )
        for case, prompt, reply in zip(cases, asked, replies, strict=True)
        if isinstance(reply, Spoken)
    ]


def _scored(specimen: Specimen, subject: Subject, probes: Sequence[Probe], exhibits: Sequence[Exhibit]) -> list[Trial]:
    pairs = [(e, probe) for e in exhibits for probe in probes if specimen.reaches(probe) or _fails(specimen, e, probe)]
    results = ask_all(subject, [probe(exhibit) for exhibit, probe in pairs])
    return [
        _trial(
            specimen,
            exhibit,
            probe.silent(exhibit.trace, str(r)) if isinstance(r, FaithlensError) else r,
            specimen.reaches(probe),
        )
        for (exhibit, probe), r in zip(pairs, results, strict=True)
    ]


def _fails(specimen: Specimen, exhibit: Exhibit, probe: Probe) -> bool:
    return probe.axis in specimen.organism.truth(exhibit.trace, exhibit.case.options)


def _trial(specimen: Specimen, exhibit: Exhibit, finding: Finding, reached: bool) -> Trial:
    case = exhibit.case
    organism = specimen.organism
    truth = organism.truth(exhibit.trace, case.options) if specimen.dose is None else {}
    return Trial(
        case.id,
        case.group or case.id,
        specimen.name,
        finding.probe,
        finding.axis,
        truth.get(finding.axis),
        specimen.dose,
        finding.score,
        finding.reason,
        specimen.own,
        reached,
    )
