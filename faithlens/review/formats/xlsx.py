"""A workbook for each rater: the image in its row, lists to choose from, the header always in sight."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from faithlens.errors import ReviewError
from faithlens.review.codebook import scale
from faithlens.review.form import Question, form
from faithlens.review.format import Returned
from faithlens.review.rating import Rating
from faithlens.review.reviewset import Item, ReviewSet
from faithlens.review.sheet import columns, ratings_of, rows

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

NAME = "xlsx"
ABOUT = "an Excel workbook for each rater, with the images in it"
TIMED = True

_SHEET = "ratings"
_PICTURE_PX = 220
_WIDTHS = {"image": 34, "question": 30, "options": 24, "sentences": 60, "answer": 14, "audit": 40, "comment": 40}
_HIDDEN = ("set", "round", "rater")


def write(set: ReviewSet, folder: Path, ratings: Sequence[Rating] = ()) -> None:
    """RATER.xlsx for each rater."""
    from openpyxl import Workbook

    folder.mkdir(parents=True, exist_ok=True)
    for rater in set.raters:
        book = Workbook()
        sheet = book.create_sheet(_SHEET, 0)
        book.remove(book["Sheet"])
        _fill(sheet, set, rater, ratings)
        _explain(book.create_sheet("codebook"))
        book.save(folder / f"{rater}.xlsx")


def _fill(sheet: Worksheet, set: ReviewSet, rater: str, ratings: Sequence[Rating]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    names = columns()
    sheet.append(names)
    for number, (row, item) in enumerate(zip(rows(set, rater, "", ratings), set.ordered(rater), strict=True), 2):
        # the picture itself stands in the column of its name
        sheet.append([row[name] if name != "image" else "" for name in names])
        sheet.row_dimensions[number].height = _PICTURE_PX * 0.78
        _picture(sheet, set, item, f"{get_column_letter(names.index('image') + 1)}{number}")
        for question in form().questions:
            _restrict(sheet, question, item, f"{get_column_letter(names.index(question.id) + 1)}{number}")
    for place, name in enumerate(names, 1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = _WIDTHS.get(name, 16)
        sheet.column_dimensions[letter].hidden = name in _HIDDEN or (name == "audit" and set.round == 1)
        for cell in sheet[letter]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.number_format = "@"
        sheet[f"{letter}1"].font = Font(bold=True)
        if name in {question.id for question in form().questions}:
            sheet[f"{letter}1"].fill = PatternFill("solid", start_color="FFF2CC")
    sheet.freeze_panes = f"{get_column_letter(names.index('image') + 1)}2"


def _picture(sheet: Worksheet, set: ReviewSet, item: Item, cell: str) -> None:
    from openpyxl.drawing.image import Image

    for name in [item.overlay or item.images[0]] if item.images else []:
        # given a path, openpyxl leaves the file open
        picture = Image(io.BytesIO((set.path / name).read_bytes()))
        shrink = _PICTURE_PX / max(picture.width, picture.height)
        picture.width, picture.height = round(picture.width * shrink), round(picture.height * shrink)
        sheet.add_image(picture, cell)


def _restrict(sheet: Worksheet, question: Question, item: Item, cell: str) -> None:
    """A list to choose from; where several may be given, what they may be."""
    from openpyxl.worksheet.datavalidation import DataValidation

    allowed = question.allowed(item.letters, len(item.sentences))
    if question.scale == "choice":
        rule = DataValidation("list", formula1=f'"{",".join(allowed)}"', allow_blank=True, showErrorMessage=True)
        rule.error = f"one of {', '.join(allowed)}"
    elif question.scale == "multi":
        rule = DataValidation(showInputMessage=True)
        rule.prompt = f"One or more of {', '.join(allowed)}, with ; between them"[:250]
    else:
        return
    rule.add(cell)
    sheet.add_data_validation(rule)


def _explain(sheet: Worksheet) -> None:
    from openpyxl.styles import Alignment

    sheet.append([form().title])
    sheet.append([form().instructions])
    sheet.append(["column", "question", "scale", "values", "definition", "for example", "but not so"])
    for q in form().questions:
        own = {"options": "a letter; ", "sentences": "a number; ", None: ""}[q.of]
        values = own + "; ".join(f"{choice.value} = {choice.label}" for choice in q.choices)
        sheet.append([q.id, q.text, scale(q), values, q.definition, q.positive, q.negative])
    for column in "ABCDEFG":
        sheet.column_dimensions[column].width = 40
        for cell in sheet[column]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.merge_cells("A2:G2")
    sheet.row_dimensions[2].height = 60


def recognises(path: Path) -> bool:
    return path.suffix.lower() == ".xlsx" and not path.name.startswith("~$") and zipfile.is_zipfile(path)


def read(path: Path) -> Returned:
    import openpyxl

    try:
        with warnings.catch_warnings():
            # of extensions that Excel adds and openpyxl does not know
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, data_only=True)
    # openpyxl raises nearly anything at broken files
    except Exception as error:
        raise ReviewError(f"{path} cannot be read as a workbook: {error}") from error
    sheet = book[_SHEET] if _SHEET in book.sheetnames else book.worksheets[0]
    table = sheet.iter_rows(values_only=True)
    header = ["" if name is None else str(name).strip() for name in next(table, ())]
    if not {"item", "rater"} <= {*header}:
        raise ReviewError(f"{path} has no columns item and rater in the first row of its sheet {sheet.title}")
    ratings, problems = [], []
    for number, values in enumerate(table, 2):
        found, bad = ratings_of(dict(zip(header, values, strict=False)), str(path), number)
        ratings += found
        problems += bad
    return ratings, problems
