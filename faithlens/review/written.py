"""What `faithlens agree` leaves in a folder.

agreement.json    every number, null where there is none with the reason beside it; rows that do not count; the tables
agreement.svg     the figure
section.html      both as one section of a page: no scripts, all text escaped
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, UndefinedError

from faithlens.errors import ReviewError
from faithlens.records import BadRow
from faithlens.review.agree import Agreed
from faithlens.review.figure import draw
from faithlens.review.tables import as_json, introduction, tables

FOLDER = "agreement"
"""Name of the folder in the run's own."""


def write(found: Agreed, bad: Sequence[BadRow], folder: Path) -> None:
    """Write the three files; those of an earlier call are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    content: dict[str, Any] = {
        **as_json(found),
        "bad_rows": [asdict(row) for row in bad],
        "introduction": introduction(found),
        "tables": [asdict(table) for table in tables(found)],
    }
    (folder / "agreement.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    draw(found, folder / "agreement.svg")
    (folder / "section.html").write_text(section(folder) or "", encoding="utf-8")


def section(folder: Path) -> str | None:
    """What lies in a folder as one section of a page, rendered anew so that all it holds is text; None for nothing.

    Raises ReviewError where it is damaged.
    """
    file, figure = folder / "agreement.json", folder / "agreement.svg"
    if not file.exists():
        return None
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, undefined=StrictUndefined
    )
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        drawn = base64.b64encode(figure.read_bytes()).decode("ascii")
        return environment.get_template("section.html").render(content=content, figure=drawn) + "\n"
    except (OSError, ValueError, UndefinedError) as error:
        raise ReviewError(f"{folder} cannot be shown: {error}; give faithlens agree again") from error
