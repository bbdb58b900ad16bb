"""Text in cells of tables: kept from being run as a formula, and read back as it was."""

from __future__ import annotations

import re

# what spreadsheets take for a formula, also after control characters that they drop and in full width (OWASP, "CSV
# injection"); an apostrophe of the text's own is guarded too, so that taking one off is always right
_RISKY = re.compile("[=+\\-@\t\r\n'＝＋－＠]")


def neutralised(text: str) -> str:
    """Text that no spreadsheet runs: an apostrophe before whatever could begin a formula."""
    return f"'{text}" if _RISKY.match(text) else text


def restored(cell: str) -> str:
    """The text that `neutralised` made the cell of; text that it never made stays as it is."""
    return cell[1:] if cell.startswith("'") and _RISKY.match(cell[1:]) else cell
