"""The command line as a user meets it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from faithlens.probes import discover, paper_index

ROOT = Path(__file__).parents[1]


def faithlens(*arguments: str) -> subprocess.CompletedProcess[str]:
    wide = os.environ | {"COLUMNS": "250"}
    return subprocess.run([sys.executable, "-m", "faithlens", *arguments], capture_output=True, text=True, env=wide)


COMMANDS = ["", "audit", "calibrate", "compare", "clusters", "report", "export", "doctor", "probes"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches_and_loads_no_torch(command: str):
    code = (
        "import sys; sys.argv = ['faithlens', *sys.argv[1:]]\n"
        "from faithlens.cli import main\n"
        "try:\n    main()\nfinally:\n    assert 'torch' not in sys.modules and 'transformers' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *([command] if command else []), "--help"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout


def test_import_is_light():
    code = "import sys, faithlens; assert not {'torch', 'transformers', 'pandas', 'PIL'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_probes_lists_every_probe_with_its_paper():
    done = faithlens("probes")
    assert done.returncode == 0
    for name in discover():
        assert name in done.stdout


def test_the_paper_index_is_true():
    """If this fails: faithlens probes --papers > PAPERS.md"""
    assert (ROOT / "PAPERS.md").read_text() == paper_index() == faithlens("probes", "--papers").stdout


def test_doctor_passes_the_bundled_checkpoint():
    done = faithlens("doctor")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("passed") == 5 and "FAILED" not in done.stdout


def test_doctor_looks_at_images(tmp_path: Path):
    (tmp_path / "cases.csv").write_text("id,image,question,options,key\na,nowhere.png,What?,x|y,A\n")
    done = faithlens("doctor", "--cases", str(tmp_path / "cases.csv"))
    assert done.returncode == 3 and "nowhere.png" in done.stdout


def test_what_the_user_can_fix_is_one_line():
    done = faithlens("audit", "--checkpoint", "/nowhere/at/all")
    assert done.returncode == 2
    assert re.fullmatch(r"faithlens: [^\n]+\n", done.stderr.splitlines(keepends=True)[-1])
    assert "Traceback" not in done.stderr
    assert done.stderr.count("faithlens:") == 1


def test_the_readme_has_two_set_up_lines():
    lines = [line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("python -m pip")]
    assert len(lines) == 2
    assert lines[0].endswith("&& faithlens audit")
    assert lines[1].endswith("&& python -m pytest")
