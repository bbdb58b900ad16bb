"""A checkpoint as files: found or fetched, checked to be safe, hashed. Knows no torch."""

from __future__ import annotations

import hashlib
import importlib
import json
import pkgutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from faithlens.errors import CheckpointError
from faithlens.models import families as package
from faithlens.models.family import Family

_WANTED = ["*.json", "*.safetensors", "*.txt", "*.jinja", "*.model"]


@dataclass(frozen=True)
class Folder:
    """A checkpoint on this machine, known to be safe to load."""

    id: str
    """As the user named it."""
    path: Path
    family: Family
    weights_sha256: str
    """Over names and contents of all weight files, in order of name."""


def families() -> dict[str, Family]:
    """Every known family by model_type: one file each in `faithlens/models/families`."""
    names = (f"{package.__name__}.{module.name}" for module in pkgutil.iter_modules(package.__path__))
    declared: list[Family] = [importlib.import_module(name).FAMILY for name in names]
    return {family.model_type: family for family in declared}


def find(checkpoint: str) -> Folder:
    """The checkpoint of that folder or Hub id.

    Raises CheckpointError if it is neither, if its family is unknown, or if its weights are not safetensors.
    """
    path = local(checkpoint)
    config = _config(path)
    known = families()
    model_type = config.get("model_type")
    if model_type not in known:
        raise CheckpointError(
            f"checkpoint {checkpoint} has model_type {model_type!r}; known: {', '.join(sorted(known))}. To add one, "
            "write faithlens/models/families/<model_type>.py after the example of qwen2_vl.py"
        )
    return Folder(checkpoint, path, known[model_type], weights_sha256(path))


def local(checkpoint: str) -> Path:
    """The folder of that name, or of that Hub id once fetched. Raises CheckpointError if it is neither."""
    path = Path(checkpoint).expanduser()
    return path if path.is_dir() else _fetch(checkpoint)


def weights_sha256(path: Path) -> str:
    """Hash of a folder's safetensors. Raises CheckpointError if there are none."""
    weights = sorted(path.glob("*.safetensors"))
    if not weights:
        others = ", ".join(sorted(p.name for p in path.glob("*.bin")) + sorted(p.name for p in path.glob("*.pt")))
        raise CheckpointError(
            f"{path} holds no *.safetensors file{f' (only {others})' if others else ''}; pickled weights can run code "
            "and are not loaded: convert them with transformers' save_pretrained"
        )
    digest = hashlib.sha256()
    for file in weights:
        digest.update(f"{file.name}\0{_sha256(file, file.stat().st_size, file.stat().st_mtime_ns)}\n".encode())
    return digest.hexdigest()


@cache
def _sha256(path: Path, _size: int, _mtime_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _config(path: Path) -> dict[str, Any]:
    file = path / "config.json"
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CheckpointError(f"{path} is not a checkpoint: it has no config.json") from error
    except (OSError, ValueError) as error:
        raise CheckpointError(f"cannot read {file}: {error}") from error
    if not isinstance(config, dict):
        raise CheckpointError(f"{file} is not a JSON object")
    return config


def _fetch(checkpoint: str) -> Path:
    """Download a checkpoint from the Hub, or find it in the local cache."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    try:
        return Path(snapshot_download(checkpoint, allow_patterns=_WANTED))
    except HFValidationError as error:
        raise CheckpointError(f"checkpoint {checkpoint!r} is neither a folder nor a Hub id") from error
    except Exception as error:  # the Hub client raises a dozen kinds, all of them about this one request
        raise CheckpointError(
            f"checkpoint {checkpoint!r} is no folder here and cannot be fetched from the Hub: {error}"
        ) from error
