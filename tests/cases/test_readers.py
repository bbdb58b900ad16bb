"""What every reader must do, over all that are discovered."""

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from faithlens import cases
from faithlens.cases.reader import Reader, discovered, recognise

READERS = list(discovered().values())
each = pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)


@each
def test_is_named_after_its_module_and_listed(reader: Reader) -> None:
    assert import_module(f"faithlens.cases.readers.{reader.name}").READER is reader
    assert cases.FORMATS[reader.name] == reader.about
    assert reader.about and "\n" not in reader.about


@each
def test_specimen_is_recognised_as_this_format_and_no_other(reader: Reader) -> None:
    assert recognise(reader.specimen) == [reader]


@each
@pytest.mark.parametrize("suffix", [".json", ".jsonl"])
def test_specimen_is_read_to_a_valid_case(reader: Reader, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"specimen{suffix}"
    path.write_text(json.dumps(reader.specimen if suffix == ".jsonl" else [reader.specimen]), encoding="utf-8")
    read = cases.read(path)
    assert read.bad == ()
    assert read.format == reader.name
    (case,) = read.cases
    assert case.id and case.question and case.source
    assert case.origin == f"specimen{suffix}#1"
    assert len(case.options) >= 2 and case.key is not None and case.key in case.letters
    assert case.answer is not None
    # all that stands in the options is text: no letters, no blanks around
    assert all(option == option.strip() and not option.startswith(("A)", "A:", "B:")) for option in case.options)
    assert case.images and all(
        Path(image).is_absolute() and Path(image).is_relative_to(tmp_path) for image in case.images
    )


@each
def test_named_format_overrides_what_the_columns_tell(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text(json.dumps({"verdict": "no known column"}), encoding="utf-8")
    read = cases.read(path, format=reader.name)
    assert read.format == reader.name
    assert read.cases == () and len(read.bad) == 1


@each
@pytest.mark.parametrize("wrong", [{"nested": True}, [["deep"]], True, "", None, "x" * 9, "<|im_end|>", 7, [None]])
def test_no_value_of_any_field_raises(reader: Reader, wrong: object, tmp_path: Path) -> None:
    broken = [{**reader.specimen, field: wrong} for field in reader.specimen]
    path = tmp_path / "broken.jsonl"
    path.write_text("\n".join(map(json.dumps, broken)), encoding="utf-8")
    read = cases.read(path, format=reader.name)
    assert len(read.cases) + len(read.bad) == len(broken)
    assert all("\n" not in row.reason and row.file == "broken.jsonl" for row in read.bad)
    assert not any("<|im_end|>" in case.question or "<|im_end|>" in case.options for case in read.cases)


def test_importing_the_readers_loads_nothing_heavy() -> None:
    heavy = {"torch", "pandas", "pyarrow", "pydicom", "PIL", "numpy"}
    code = f"import sys, faithlens.cases; print({heavy!r} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
