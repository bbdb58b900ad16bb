"""Modality spellings of the data sets and of DICOM, brought to eight names.

MR · CT · X-ray · Ultrasound · Dermoscopy · Fundus · Microscopy · OCT

These are the eight modalities of OmniMedVQA, whose own spellings are odd: `MR (Mag-netic Resonance Imaging)`,
`OCT (Optical Coherence Tomography`. Anything else is kept as written.
"""

from __future__ import annotations

SPELLINGS: dict[str, tuple[str, ...]] = {
    "MR": ("MR (Mag-netic Resonance Imaging)", "MRI", "MR", "Magnetic Resonance Imaging", "Magnetic Resonance"),
    "CT": ("CT(Computed Tomography)", "CT", "CT scan", "Computed Tomography"),
    # the rest of the line: DICOM's codes for projection radiography
    "X-ray": ("X-Ray", "X ray", "Xray", "x_ray", "Radiograph", "Radiography", "CR", "DX", "MG", "RG", "RF", "PX"),
    "Ultrasound": ("ultrasound", "US", "Ultrasonography", "Sonography"),
    "Dermoscopy": ("Dermoscopy", "Dermatoscopy"),
    "Fundus": ("Fundus Photography", "Fundus", "OP"),
    "Microscopy": ("Microscopy Images", "Microscopy", "Microscopic Image", "SM", "GM"),
    "OCT": ("OCT (Optical Coherence Tomography", "OCT", "Optical Coherence Tomography", "OPT"),
}


def _plain(written: str) -> str:
    return "".join(char for char in written.casefold() if char.isalnum())


_NAMES = {_plain(spelling): name for name, spellings in SPELLINGS.items() for spelling in spellings}


def modality(written: str | None) -> str | None:
    """One of the eight names, or the text as written where it is none of them."""
    if written is None or not written.strip():
        return None
    return _NAMES.get(_plain(written), written.strip())
