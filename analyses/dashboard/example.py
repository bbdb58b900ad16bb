"""Make the example run that is bundled with the package, from a fresh audit of the bundled checkpoint.

    python analyses/dashboard/example.py

Only what the audit showed is kept of the phantoms, and nothing that names this machine.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow.parquet as pq

from faithlens.demo import CHECKPOINT, EXAMPLE
from faithlens.records import ImageFile
from faithlens.store import open_run

CASES = 54
"""Six of each of the nine strata: enough replies fail for clusters to be searched."""

MAPS = ("--maps", "integrated_gradients:blur,occlusion,attention_relevancy", "--map-targets", "answer,sentences")

AUDIT = ("audit", "--limit", str(CASES), *MAPS)


def make(out: Path) -> None:
    """Replace the folder by a fresh run."""
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch).resolve() / "example"
        # a calibration from the shelf could be one of another machine
        alone = {**os.environ, "FAITHLENS_CACHE": str(Path(scratch) / "cache")}
        subprocess.run([sys.executable, "-m", "faithlens", *AUDIT, "--out", str(made)], check=True, env=alone)
        shown = {Path(image.path).name for image in open_run(made).rows(ImageFile)}
        for file in (made / "phantoms").iterdir():
            if file.name not in shown:
                file.unlink()
        for file in made.glob("*.json"):
            text = file.read_text(encoding="utf-8").replace(str(CHECKPOINT), "faithlens/demo/checkpoint")
            text = text.replace(platform.platform(), f"{platform.system()} {platform.machine()}")
            file.write_text(text, encoding="utf-8")
        (made / ".lock").unlink()
        _anonymous(made)
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(made, out)
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    print(f"{out}: {size / 1e6:.2f} MB")


def _anonymous(run: Path) -> None:
    """Raise if any table or JSON file names a folder of this machine."""
    for file in sorted(run.rglob("*")):
        if file.suffix in (".json", ".parquet"):
            held = (
                str(pq.read_table(file).to_pydict()) if file.suffix == ".parquet" else file.read_text(encoding="utf-8")
            )
            if any(str(own) in held for own in (Path.cwd(), Path.home(), run)):
                raise SystemExit(f"{file} names a folder of this machine")


if __name__ == "__main__":
    make(EXAMPLE)
