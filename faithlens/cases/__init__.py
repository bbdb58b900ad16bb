"""Files of cases as their sources have them: `read` finds the format, `with_images` looks at every image."""

from faithlens.cases.case_file import CaseFile, read, with_images
from faithlens.cases.images import open_image, resolve, sha256
from faithlens.cases.reader import discovered

FORMATS = {reader.name: reader.about for reader in discovered().values()}
"""Every format by name, with a line about it."""

__all__ = ["FORMATS", "CaseFile", "open_image", "read", "resolve", "sha256", "with_images"]
