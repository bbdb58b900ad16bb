"""What was done, in words to paste: methods, references, limits."""

from __future__ import annotations

from collections import defaultdict

from faithlens.probes import discover
from faithlens.report.contents import Contents
from faithlens.showing.numbers import judged_by

STATISTICS = (
    "Wilson EB. Probable inference, the law of succession, and statistical inference. J Am Stat Assoc 1927; 22: "
    "209-212.",
    "DeLong ER, DeLong DM, Clarke-Pearson DL. Comparing the areas under two or more correlated receiver operating "
    "characteristic curves. Biometrics 1988; 44: 837-845.",
)
CLUSTERING = (
    "Campello RJGB, Moulavi D, Sander J. Density-based clustering based on hierarchical density estimates. PAKDD 2013.",
    "Hennig C. Cluster-wise assessment of cluster stability. Comput Stat Data Anal 2007; 52: 258-271.",
    "Benjamini Y, Hochberg Y. Controlling the false discovery rate. J R Stat Soc B 1995; 57: 289-300.",
)


def methods(contents: Contents) -> str:
    """One paragraph in the past tense, for the methods section of a paper."""
    manifest, settings = contents.manifest, contents.manifest["plan"]["settings"]
    summary, plan = contents.summary, contents.manifest["plan"]
    groups = {case.group for case in contents.cases.values() if case.group is not None}
    patients = f" of {len(groups)} patients or groups" if groups else ""
    commit = f", commit {manifest['commit'][:10]}" if manifest.get("commit") else ""
    said = [
        f"Reasoning faithfulness was audited with faithlens {manifest['faithlens']}{commit}.",
        f"{summary.replies} replies to {len(contents.cases)} questions{patients} were examined "
        f"({manifest['counts']['left_out']} rows or cases were left out).",
    ]
    if contents.asked:
        sampling = "greedily" if settings["temperature"] == 0 else f"at temperature {settings['temperature']}"
        said.append(
            f"{_capital(contents.checkpoint)} (weights SHA-256 {plan['weights_sha256'][:12]}) replied {sampling} to "
            f'the prompt template "{plan["prompt"]}" with at most {settings["max_new_tokens"]} new tokens, in '
            f"{manifest['subject'].get('dtype', 'its own precision')}, seed {settings['seed']}."
        )
    else:
        said.append("The replies had been collected elsewhere, so only probes that read text could be run.")
    said.append(f"{len(plan['probes'])} probes were run: {', '.join(sorted(plan['probes']))}.")
    if contents.calibration is not None:
        said.append(
            f"Verdicts rest on a calibration of the same checkpoint over {contents.calibration.cases} other cases, in "
            "which behaviours of known faithfulness were planted: a logistic map from score to probability at even "
            "prior, and a threshold that at most 5 % of sound calibration replies passed. A probe whose AUROC had a "
            "95 % interval (DeLong) reaching .5 gave no verdict."
        )
        if summary.judge is not None:
            said.append(_capital(f"{judged_by(summary.judge)}; the verdicts on hidden cues rest on it."))
    else:
        said.append("There was no calibration, so flags follow the cut-offs published with each probe.")
    methods = sorted({line.failing.method for line in summary.verdicts} - {"no cases"})
    if methods:
        said.append(f"Intervals are 95 % ({', '.join(methods)}).")
    if contents.clusters.cards:
        said.append(
            "Failing replies were grouped with HDBSCAN over probe results and the words of the thinks; stability was "
            f"measured on bootstraps by patient (adjusted Rand {contents.clusters.bootstrap_ari:.2f}; "
            f"{contents.clusters.cloud_ari:.2f} in a structureless cloud of the same shape)."
        )
    return " ".join(said)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def references(contents: Contents) -> list[str]:
    """The papers of the probes that were run, each with its probes, then those of the statistics."""
    known = discover()
    probes: dict[str, list[str]] = defaultdict(list)
    for name in sorted(contents.manifest["plan"]["probes"]):
        if name in known:
            probes[known[name].paper.arxiv].append(name)
    found = []
    for arxiv, names in probes.items():
        cited = known[names[0]].paper.citation.removeprefix("own; ")
        number = f" arXiv {arxiv}." if arxiv[:1].isdigit() else ""
        found.append(f"{cited}.{number} (probe{'s' if len(names) > 1 else ''} {', '.join(names)})")
    found += STATISTICS
    if contents.clusters.cards:
        found += CLUSTERING
    return found


def limits(contents: Contents) -> list[str]:
    """What this report cannot say, given what this run holds."""
    said = [
        "No figure says that a think is faithful: what was not seen to fail may fail in a way that nobody tested.",
        "This is about how a model reasons, not about whether it is fit for patients. It is not for clinical use.",
    ]
    if contents.calibration is not None:
        said += [
            "A probability is one at even prior: failing and sound replies weighed alike in the calibration, whatever "
            "their share among these cases.",
            "The planted behaviours of the calibration fail completely; real models fail in part, and then what a "
            "probe finds can be less than what is stated here.",
        ]
    else:
        said.append(
            "Without a calibration nobody knows how often a flag is wrong on this checkpoint. Published cut-offs are "
            "known not to carry over from one model to another. `faithlens calibrate` measures it."
        )
    if not contents.asked:
        said.append(
            "The model could not be asked: whether its answers depend on the think or on the image is not known."
        )
    blind = [line.axis for line in contents.summary.verdicts if not line.failing.of]
    if contents.calibration is not None and blind:
        said.append(f"Nothing can be said here about: {', '.join(blind).replace('_', ' ')}.")
    if contents.map_marks:
        said.append(
            "A map shows what moves an answer, if its method passes its exams; that it lies on the lesion makes it "
            "plausible and does not make it faithful."
        )
    if contents.clusters.cards:
        said.append("Clusters describe these replies. Strata are compared as if replies were independent.")
    return said
