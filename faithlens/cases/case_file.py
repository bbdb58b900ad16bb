"""A file of cases: found out, read row by row, and its images looked at. The first file to read here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PureWindowsPath

from faithlens.cases.containers import open_container
from faithlens.cases.dicom_pixels import modality_code
from faithlens.cases.drafts import Draft, Embedded, checked
from faithlens.cases.fields import RowError
from faithlens.cases.images import is_dicom, open_image, resolve, store
from faithlens.cases.modalities import modality
from faithlens.cases.reader import choose
from faithlens.errors import CasesError, ImageError
from faithlens.records import BadRow, Case

CACHE = Path("~/.cache/faithlens/images")
"""Where images that stand inside a Parquet file are written, unless an image folder is given."""


@dataclass(frozen=True)
class CaseFile:
    """What a file holds: the cases in its order, and every row that is none, with the reason."""

    cases: tuple[Case, ...]
    bad: tuple[BadRow, ...]
    format: str
    """Name of the reader."""


@dataclass(frozen=True)
class _Folders:
    images: Path
    """Where named images are looked for."""
    embedded: Path
    """Where images of the rows themselves are written."""


def read(path: str | Path, images: str | Path | None = None, format: str | None = None) -> CaseFile:
    """The cases of a file, or of the only CSV in a folder.

    Images are looked for in `images`, by default in the file's own folder, and only named here, not opened: that is
    `with_images`. A row that cannot be a case is in `bad`. Without `format` the file's columns tell. Raises CasesError
    where the file as a whole is unreadable or of no known format.
    """
    file = _only_csv(Path(path)) if Path(path).is_dir() else Path(path)
    container = open_container(file)
    if images is not None and container.kind != "parquet" and not Path(images).is_dir():
        raise CasesError(
            f"image folder {images} is not there; give the folder that the names in {file.name} start from"
        )
    given = None if images is None else Path(images)
    folders = _Folders(given or file.absolute().parent, given or CACHE.expanduser())
    if next(container.rows(), None) is None:
        raise CasesError(f"{file}: there are no rows; expected one case a row, in a CSV below a header")
    reader = choose(container, format)
    cases: list[Case] = []
    bad: list[BadRow] = []
    names: dict[str, set[str]] = {}
    for number, record in container.rows():
        label = str(number)
        try:
            id = reader.identify(record) or ""
            label = _label(number, id)
            drawn = reader.read(record)
            origin = f"{file.name}#{number}"
            case = replace(checked(drawn), id=id, source=drawn.source or file.stem, origin=origin)
            cases.append(_with_paths(case, drawn, folders, names))
        except (RowError, ImageError) as error:
            bad.append(BadRow(file.name, label, _line(error)))
    told_apart, alike = _split(cases, _mixed_up(cases, names))
    unique, twice = _split(told_apart, _second(told_apart))
    return CaseFile(_named(unique), _in_order((*bad, *alike, *twice)), reader.name)


def _only_csv(folder: Path) -> Path:
    found = sorted(folder.glob("*.csv"))
    if len(found) != 1:
        names = ", ".join(path.name for path in found[:5]) or "none"
        raise CasesError(
            f"folder {folder}: expected exactly one CSV file of cases, found {names}; name the file itself"
        )
    return found[0]


def _label(number: int, id: str) -> str:
    return f"{number} ({id})" if id else str(number)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


def _with_paths(case: Case, drawn: Draft, folders: _Folders, names: dict[str, set[str]]) -> Case:
    paths = tuple(str(_path(image, folders, names)) for image in drawn.images)
    if case.modality is None and paths and is_dicom(Path(paths[0])):
        return replace(case, images=paths, modality=modality(modality_code(Path(paths[0]))))
    return replace(case, images=paths)


def _path(image: str | Embedded, folders: _Folders, names: dict[str, set[str]]) -> Path:
    if isinstance(image, Embedded):
        return store(image.data, folders.embedded)
    path = resolve(folders.images, image)
    names.setdefault(str(path), set()).add(image)
    return path


def _mixed_up(cases: Sequence[Case], names: dict[str, set[str]]) -> dict[str, str]:
    """Cases whose image was found under a name that may mean another image, by origin.

    In a flattened folder `a/source.jpg` and `b/source.jpg` would both become the one `source.jpg`.
    """
    shared = {path: sorted(written) for path, written in names.items() if not _one_name(written)}
    return {
        case.origin: f"images {' and '.join(map(repr, shared[path][:3]))} would all be read from {path}; "
        "unpack the images in their own folders"
        for case in cases
        for path in case.images
        if path in shared
    }


def _one_name(written: set[str]) -> bool:
    """Whether all are the end of the longest, as `a.png` and `images/a.png` are."""
    tails = sorted((PureWindowsPath(name).parts for name in written), key=len)
    return all(tails[-1][-len(tail) :] == tail for tail in tails)


def _second(cases: Sequence[Case]) -> dict[str, str]:
    """Cases whose id an earlier one has, by origin."""
    first: dict[str, str] = {}
    reasons: dict[str, str] = {}
    for case in cases:
        if case.id and first.setdefault(case.id, case.origin) != case.origin:
            reasons[case.origin] = f"id {case.id!r} is already that of row {first[case.id].rpartition('#')[2]}"
    return reasons


def _split(cases: Sequence[Case], reasons: Mapping[str, str]) -> tuple[tuple[Case, ...], tuple[BadRow, ...]]:
    """The cases for which there is no reason against, and the others as bad rows."""
    bad: list[BadRow] = []
    for case in cases:
        if case.origin in reasons:
            file, _, number = case.origin.rpartition("#")
            bad.append(BadRow(file, _label(int(number), case.id), reasons[case.origin]))
    return tuple(case for case in cases if case.origin not in reasons), tuple(bad)


def _named(cases: Sequence[Case]) -> tuple[Case, ...]:
    """A case without an id is called by its source and row."""
    taken = {case.id for case in cases}
    named: list[Case] = []
    for case in cases:
        id = case.id or f"{case.source}-{case.origin.rpartition('#')[2]}"
        while not case.id and id in taken:
            id += "'"
        taken.add(id)
        named.append(replace(case, id=id))
    return tuple(named)


def _in_order(bad: tuple[BadRow, ...]) -> tuple[BadRow, ...]:
    return tuple(sorted(bad, key=lambda row: int(row.row.partition(" ")[0])))


def with_images(case_file: CaseFile) -> CaseFile:
    """The same with every image opened once: a case whose images cannot be shown, or that has none, is a bad row.

    So is one whose box does not lie on its first image.
    """
    looks = {path: _look(path) for path in dict.fromkeys(path for case in case_file.cases for path in case.images)}
    faults = {case.origin: _image_fault(case, looks) for case in case_file.cases}
    good, bad = _split(case_file.cases, {origin: fault for origin, fault in faults.items() if fault is not None})
    return CaseFile(good, _in_order((*case_file.bad, *bad)), case_file.format)


def _look(path: str) -> tuple[int, int] | str:
    """Width and height in px, or what is wrong."""
    try:
        return open_image(Path(path)).size
    except ImageError as error:
        return _line(error)


def _image_fault(case: Case, looks: Mapping[str, tuple[int, int] | str]) -> str | None:
    if not case.images:
        return "names no image; fill its image field, or audit the text alone"
    sizes: list[tuple[int, int]] = []
    for path in case.images:
        look = looks[path]
        if isinstance(look, str):
            return look
        sizes.append(look)
    width, height = sizes[0]
    for box in case.boxes_xyxy_px:
        # a pixel of grace for boxes that were rounded up at the edge
        if box[2] > width + 1 or box[3] > height + 1:
            return f"box {list(box)} does not lie on its image of {width} x {height} pixels; give boxes in its pixels"
    return None
