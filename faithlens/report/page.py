"""The report: one HTML page that holds everything, asks for nothing, and prints."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from faithlens.records import AXES, PARSE_STATUSES, ROLES
from faithlens.report import figures
from faithlens.report.contents import Contents
from faithlens.report.examples import examples
from faithlens.report.methods import limits, methods, references
from faithlens.report.published import published
from faithlens.review.written import FOLDER, section
from faithlens.showing import numbers, words
from faithlens.showing.highlight import STYLE, isolated
from faithlens.store import Run


def page(run: Run) -> str:
    """The report of a run as HTML: no script, nothing from outside, text of models and files as text."""
    contents = Contents(run)
    return environment().get_template("page.html.jinja").render(_context(contents))


def environment() -> Environment:
    """Templates of this folder; everything is escaped that is not markup of our own."""
    made = Environment(
        loader=PackageLoader("faithlens.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "shown": lambda text: Markup(isolated(str(text))),
        "plain": lambda name: str(name).replace("_", " "),
        "share": numbers.share,
        "interval": lambda found: numbers.interval(found).replace("-", "–"),
        "number": numbers.number,
        "percent": lambda value: "–" if value != value else f"{value:.0%}",
        "p": numbers.p,
    }
    return made


def _context(contents: Contents) -> dict[str, Any]:
    told = {line.axis: line for line in contents.summary.verdicts}
    axes = [(words.AXIS_NAME[axis], told[axis].failing) for axis in AXES if axis in told and told[axis].failing.of]
    return {
        "contents": contents,
        "summary": contents.summary,
        "manifest": contents.manifest,
        "cost": contents.manifest["cost"],
        "words": words,
        "few": numbers.FEW,
        "axes": AXES,
        "told": told,
        "style": Markup(STYLE),
        "roles": ROLES,
        "statuses": [status for status in PARSE_STATUSES if contents.summary.statuses[status]],
        "published": published(contents.checkpoint),
        "rates_figure": figures.rates(axes) if contents.calibrated else None,
        "seeing_figure": figures.seeing(contents.measured),
        "dose_figure": figures.dose(contents.measured),
        "early_figure": figures.early(contents.early) if contents.early else None,
        "places_figure": figures.places(contents.clusters) if contents.clusters.cards else None,
        "examples": examples(contents),
        "agreement": Markup(section(contents.run.path / FOLDER) or ""),
        "methods": methods(contents),
        "references": references(contents),
        "limits": limits(contents),
    }
