"""From a checkpoint's folder to a loaded checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
import transformers

from faithlens.errors import CheckpointError, SettingsError
from faithlens.models.checkpoint import Checkpoint, require_chat_template
from faithlens.models.folder import Folder, weights_sha256

_DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


def load_folder(
    folder: Folder,
    adapter: str | None = None,
    device: str = "auto",
    dtype: str = "auto",
    min_pixels: int | None = None,
    max_pixels: int | None = None,
) -> Checkpoint:
    """Load model, tokenizer and image processor. See `faithlens.models.load`."""
    target = target_device(device)
    family = folder.family
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder.path, trust_remote_code=False)
        require_chat_template(tokenizer, folder)
        processor = getattr(transformers, family.image_processor).from_pretrained(folder.path)
        with quiet():
            model = getattr(transformers, family.architecture).from_pretrained(
                folder.path,
                dtype=_dtype(dtype, target),
                use_safetensors=True,
                trust_remote_code=False,
                attn_implementation="sdpa",
            )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise CheckpointError(f"checkpoint {folder.id} cannot be loaded: {error}") from error
    processor.size = _limits(processor.size, min_pixels, max_pixels)
    if adapter is not None:
        model = _with_adapter(model, adapter)
    torch.nn.Module.to(model, device=target)
    model.eval().requires_grad_(False)
    return Checkpoint(folder, model, tokenizer, processor, adapter)


@contextmanager
def quiet() -> Iterator[None]:
    """Without transformers' own bars, which would run through ours."""
    logging = transformers.utils.logging
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def _with_adapter(model: transformers.PreTrainedModel, adapter: str) -> transformers.PreTrainedModel:
    """The model with a LoRA adapter merged into its weights."""
    path = Path(adapter)
    weights_sha256(path)  # refuses pickled adapters
    try:
        from peft import PeftModel
    except ImportError as error:
        raise SettingsError("--adapter needs peft: pip install 'faithlens[lora]'") from error
    try:
        return PeftModel.from_pretrained(model, path).merge_and_unload()
    except (OSError, ValueError, RuntimeError) as error:
        raise CheckpointError(f"adapter {adapter} does not fit this checkpoint: {error}") from error


def target_device(name: str) -> torch.device:
    """The device of that name. Raises SettingsError where there is none."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise SettingsError(f"unknown device {name!r}; use auto, cpu, cuda or cuda:N") from error
    if device.type == "cuda" and not torch.cuda.is_available():
        raise SettingsError(f"device {name!r} was asked for, but this torch sees no GPU")
    return device


def _dtype(name: str, device: torch.device) -> torch.dtype:
    if name == "auto":
        return torch.bfloat16 if device.type == "cuda" else torch.float32
    if name not in _DTYPES:
        raise SettingsError(f"unknown dtype {name!r}; use auto, {', '.join(_DTYPES)}")
    return _DTYPES[name]


def _limits(size: dict[str, int], least: int | None, most: int | None) -> dict[str, int]:
    """The image processor's limits with those replaced that the user gave."""
    low = size["shortest_edge"] if least is None else least
    high = size["longest_edge"] if most is None else most
    if not 0 < low <= high:
        raise SettingsError(f"min_pixels {low} and max_pixels {high}: the first may not exceed the second")
    return {"shortest_edge": low, "longest_edge": high}
