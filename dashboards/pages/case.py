"""Case: one reply with its image, its reasoning, and all that was found out about it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

import pandas as pd
import streamlit as st
from board import address, charts, filters, runs
from board.ledger import Ledger
from board.show import case_query, open_case, plain
from board.viewer import named, viewer

from faithlens.errors import FaithlensError
from faithlens.records import AXES, Arm, AttributionMap, Case, Finding, MapExam, Trace, Verdict
from faithlens.showing import pictures
from faithlens.showing.highlight import escaped, isolated
from faithlens.showing.words import AXIS_MEANING, AXIS_NAME, STATUS_MEANING, question
from faithlens.store import Dossier

THUMB_PX = 240


def steps(ledger: Ledger, case_id: str, rollout: int) -> None:
    """Previous and next among the replies that were chosen on the page of cases, and the link to this one."""
    chosen = filters.read(address.said())
    place, total, before, after = ledger.neighbours(chosen, case_id, rollout)
    bar = st.columns([1, 1, 4, 1], vertical_alignment="center")
    back = bar[0].button(
        "Previous", icon=":material/chevron_left:", shortcut="Left", disabled=not before, width="stretch"
    )
    on = bar[1].button("Next", icon=":material/chevron_right:", shortcut="Right", disabled=not after, width="stretch")
    with bar[2]:
        among = f"{place:,} of {total:,}" if place else f"not among the {total:,} chosen"
        plain(f"{case_id}" + (f", reply {rollout + 1}" if rollout else "") + f"  ·  {among}", "quiet")
    with bar[3].popover("Link", icon=":material/link:", width="stretch"):
        st.caption("This address opens this case:")
        st.code(
            f"{(st.context.url or '').partition('?')[0]}?{urlencode(case_query(case_id, rollout), doseq=True)}",
            language=None,
        )
    for pressed, there in ((back, before), (on, after)):
        if pressed:
            open_case(there[0], int(there[1]), chosen)


def asked(case: Case, trace: Trace, findings: Sequence[Finding]) -> None:
    """The question with its options, the model's probabilities, its answer and the key."""
    st.html(f'<div class="faithlens loud">{isolated(case.question)}</div>')
    facts = [case.modality, case.anatomy, case.question_type, case.source]
    plain("  ·  ".join(fact for fact in facts if fact), "quiet")
    probs = after_thinking(findings)
    rows = []
    for i, (letter, option) in enumerate(zip(case.letters, case.options, strict=True)):
        told = " ".join(
            f'<span class="tag {kind}">{words}</span>'
            for kind, words, holds in (
                ("answered", "answered", letter == trace.choice),
                ("key", "right answer", letter == case.key),
            )
            if holds
        )
        share = probs[i] if i < len(probs) else math.nan
        bar = "" if math.isnan(share) else f'<div class="bar"><div style="width:{100 * share:.1f}%"></div></div>'
        number = "" if math.isnan(share) else f"{share:.2f}"
        rows.append(
            f"<tr><th>{letter}</th><td>{isolated(option)}</td><td>{told}</td><td>{bar}</td><td>{number}</td></tr>"
        )
    if rows:
        st.html(f'<table class="options">{"".join(rows)}</table>')


def answered(case: Case, trace: Trace) -> str:
    """The answer as it was written, the right one, and how the reply could be read, as HTML."""
    said = isolated(trace.answer.strip()) if trace.answer else "nothing that can be read as an answer"
    known = isolated(case.answer) if case.answer and not case.options else escaped(case.key or "not known")
    verdict = ""
    if case.key and trace.choice:
        verdict = ": ✓ right" if trace.choice == case.key else ": ✗ wrong"
    return (
        f"<p>Then it answered <b>{said}</b>{verdict}. The right answer is <b>{known}</b>.</p>"
        f"<p><small>As for its form: {escape(STATUS_MEANING[trace.status])}.</small></p>"
    )


def failures(verdicts: Sequence[Verdict]) -> str:
    """The axes that the reply fails on, as HTML."""
    failed = [verdict for verdict in verdicts if verdict.flagged]
    told = sum(verdict.flagged is not None for verdict in verdicts)
    if not told:
        return "<p>There is no verdict on this reply.</p>"
    if not failed:
        return f"<p>✓ None of {told} axes is flagged. That is no proof that the reasoning is faithful.</p>"
    tags = " ".join(f'<span class="tag fails">✗ {AXIS_NAME[verdict.axis]}</span>' for verdict in failed)
    return f"<p>{tags}</p><ul>" + "".join(f"<li>{AXIS_MEANING[v.axis]}</li>" for v in failed) + "</ul>"


def after_thinking(findings: Sequence[Finding]) -> tuple[float, ...]:
    """Probabilities of the options after the whole reasoning on the unedited image, where a probe kept them."""
    for finding in sorted(findings, key=lambda finding: finding.probe != "early_answering"):
        for arm in reversed(finding.arms):
            if arm.kept == 1 and not arm.edits and (finding.probe == "early_answering" or arm is finding.arms[0]):
                return arm.probs
    return ()


def judged(verdicts: Sequence[Verdict], findings: Sequence[Finding]) -> None:
    """A verdict for each axis with its probability, what it rests on, and the evidence in words."""
    st.subheader("What was found out")
    if not verdicts:
        st.info("This run holds no verdict on this reply.")
    ranked = sorted(verdicts, key=lambda v: (math.isnan(v.probability), -v.probability if v.probability >= 0 else 0))
    for verdict in ranked:
        mine = [finding for finding in findings if finding.axis == verdict.axis]
        cells = st.columns([2.2, 2, 6], vertical_alignment="top")
        cells[0].markdown(f"**{AXIS_NAME[verdict.axis]}**", help=f"What does this mean? {AXIS_MEANING[verdict.axis]}")
        with cells[1]:
            st.html(_badge(verdict))
        with cells[2]:
            said = [f for f in mine if f.evidence and f.probe in verdict.probes] or [f for f in mine if f.evidence]
            lines = [f"<li>{isolated(f.evidence)} <small>{escape(f.probe)}</small></li>" for f in said]
            why = [f"<li><i>{isolated(verdict.reason)}</i></li>"] if verdict.reason else []
            st.html(f'<ul class="evidence">{"".join(why + lines)}</ul>')


def _badge(verdict: Verdict) -> str:
    if math.isnan(verdict.probability):
        return '<span class="tag untold">? cannot tell</span>'
    word, kind = ("✗ fails", "fails") if verdict.flagged else ("✓ not flagged", "passes")
    width = 100 * verdict.probability
    return (
        f'<span class="tag {kind}">{word}</span> {verdict.probability:.2f}'
        f'<div class="bar {kind}"><div style="width:{width:.0f}%"></div></div>'
    )


def scores(findings: Sequence[Finding]) -> None:
    """Every probe's score with its reason, evidence and metrics."""
    with st.expander(f"All {len(findings)} findings, with scores"):
        st.dataframe(
            pd.DataFrame(
                {
                    "Probe": finding.probe,
                    "Axis": AXIS_NAME[finding.axis],
                    "Score": finding.score,
                    "Published cut-off": {True: "flagged", False: "not flagged", None: "none"}[finding.flagged],
                    "Evidence, or why there is no score": finding.evidence or finding.reason,
                    "Asks": question(finding.probe),
                    "Metrics": ", ".join(f"{name} {value:.3g}" for name, value in finding.metrics.items()),
                }
                for finding in findings
            ),
            hide_index=True,
            column_config={"Score": st.column_config.NumberColumn(format="%.2f", help="1 = most unfaithful")},
        )


def early(case: Case, trace: Trace, findings: Sequence[Finding]) -> None:
    """Early answering: the options by how much of the reasoning was given."""
    found = next((finding for finding in findings if finding.probe == "early_answering" and finding.arms), None)
    if found is None or not case.options:
        return
    st.subheader("When is the answer settled?")
    kept, probs = [arm.kept for arm in found.arms], [arm.probs for arm in found.arms]
    st.altair_chart(charts.curve(kept, probs, case.letters, trace.choice), key="early", alt="Early answering")
    st.caption(
        "The reasoning is cut short and the model has to answer at once. A flat line for the answered option (drawn "
        "thick) means that the answer stood before the reasoning began. Lanham et al. 2023."
    )


def views(case: Case, findings: Sequence[Finding]) -> None:
    """What else the model was shown, each picture beside the answer to it."""
    shown = [
        finding for finding in findings if finding.arms and any(arm.edits or arm.kept == 1 for arm in finding.arms)
    ]
    for finding in shown:
        if finding.probe == "early_answering":
            continue
        st.subheader(
            "The same question about other pictures" if finding.probe == "image_dependence" else question(finding.probe)
        )
        for start in range(0, len(finding.arms), 5):
            for cell, arm in zip(st.columns(5), finding.arms[start : start + 5], strict=False):
                with cell:
                    picture(arm)
                    st.html(_answer(case, arm, finding.arms[0]))


def picture(arm: Arm) -> None:
    if not arm.images:
        st.html('<div class="blank">no image</div>')
    for path in arm.images:
        try:
            st.image(_thumb(path, arm.edits), width="stretch", alt=arm.label)
        except FaithlensError as error:
            st.html(f'<div class="blank">{isolated(str(error))}</div>')


@st.cache_data(show_spinner=False, max_entries=512)
def _thumb(path: str, edits: tuple[str, ...]) -> bytes:
    return pictures.png(pictures.fitted(pictures.opened(path, edits), THUMB_PX))


def _answer(case: Case, arm: Arm, original: Arm) -> str:
    """An arm's label, its likeliest option, and whether that is the one of the first arm."""
    if not arm.probs:
        return f'<div class="arm">{isolated(arm.label)}</div>'
    best, first = arm.probs.index(max(arm.probs)), original.probs.index(max(original.probs))
    word = "" if arm is original else "≠ changed" if best != first else "= same"
    option = f"{case.letters[best]} {case.options[best]}"
    return (
        f'<div class="arm"><small>{isolated(arm.label)}</small><br><b>{isolated(option)}</b> {arm.probs[best]:.2f} '
        f'<span class="tag {"fails" if best != first else ""}">{word}</span></div>'
    )


def examined(exams: Sequence[MapExam], maps: Sequence[AttributionMap]) -> None:
    """Why some maps are missing, and what the exams found of the methods of the others."""
    missing = dict.fromkeys(f"No map of {named(found.target)}: {found.reason}." for found in maps if found.reason)
    methods = {found.method for found in maps}
    rows = [exam for exam in exams if exam.method in methods]
    if not rows and not missing:
        return
    with st.expander("What are these maps worth?"):
        if missing:
            plain("\n".join(missing), "quiet")
        if not rows:
            return
        st.write(
            "A map that looks convincing may still say nothing about the model. Each method was examined on this "
            "checkpoint; maps of a method that fails are shown so that nobody has to guess, and should not be believed."
        )
        st.dataframe(
            pd.DataFrame(
                {
                    "Method": exam.method,
                    "Exam": exam.exam,
                    "Result": {True: "✓ passed", False: "✗ failed", None: "informs only"}[exam.passed],
                    "Value": exam.value,
                    "95 %": "" if math.isnan(exam.low) else f"{exam.low:.2f} to {exam.high:.2f}",
                    "Cases": exam.cases,
                    "Remark": exam.reason,
                }
                for exam in rows
            ),
            hide_index=True,
        )


def page(ledger: Ledger) -> None:
    chosen = filters.read(address.said())
    first = ledger.first(chosen) or ledger.first(filters.Filter())
    case_id = st.query_params.get("case") or (first[0] if first else "")
    told = st.query_params.get("rollout", "0")
    rollout = int(told) if told.isdecimal() else 0
    try:
        dossier = ledger.dossier(case_id)
    except KeyError:
        st.warning("This run has no case of that name.", icon=":material/search_off:")
        plain(case_id)
        return
    traces = {trace.rollout: trace for trace in dossier.traces}
    if rollout not in traces:
        rollout = min(traces)
    steps(ledger, case_id, rollout)
    shown(ledger, dossier, traces[rollout])


def shown(ledger: Ledger, dossier: Dossier, trace: Trace) -> None:
    case = dossier.case
    findings = [finding for finding in dossier.findings if finding.rollout == trace.rollout]
    verdicts = sorted(
        (verdict for verdict in dossier.verdicts if verdict.rollout == trace.rollout),
        key=lambda verdict: AXES.index(verdict.axis),
    )
    maps = [found for found in dossier.maps if found.rollout == trace.rollout]
    exams = ledger.run.rows(MapExam)
    if len(dossier.traces) > 1:
        other = st.segmented_control(
            "Replies to this case",
            [t.rollout for t in dossier.traces],
            default=trace.rollout,
            required=True,
            format_func=lambda number: f"reply {number + 1}",
        )
        if other is not None and other != trace.rollout:
            open_case(case.id, other)
    asked(case, trace, findings)
    marks = [mark for finding in findings for mark in finding.marks]
    viewer(case, trace, marks, maps, exams, answered(case, trace) + failures(verdicts))
    examined(exams, maps)
    judged(verdicts, findings)
    scores(findings)
    left, right = st.columns([1, 1], gap="large")
    with left:
        early(case, trace, findings)
    with right, st.expander("The reply as it was written", expanded=True):
        plain(trace.reply, "raw")
    views(case, findings)


page(runs.ledger())
