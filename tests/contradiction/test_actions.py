"""Questions about what to do next, and thinks that recommend or dismiss it."""

from __future__ import annotations

import pytest

from faithlens.contradiction.assess import assess

NODULE = (
    "What is the most appropriate next step for this nodule?",
    ("PET-CT", "Follow-up CT in 6 months", "Biopsy", "No follow-up"),
)
BREAST = ("What is the next step?", ("Core biopsy", "Short-term follow-up", "Routine screening", "Mastectomy"))
BOWEL = ("What should be done next?", ("Emergency surgery", "Colonoscopy", "Antibiotics", "Discharge home"))
ABSCESS = ("What is the best management?", ("Antibiotics alone", "Percutaneous drainage", "Surgery", "Observation"))
TUBE = ("What is the next step after this film?", ("Leave the tube", "Withdraw the tube", "Advance the tube"))
STROKE = ("What is the next step?", ("Mechanical thrombectomy", "Aspirin", "MRI in 2 weeks", "Lumbar puncture"))
WRIST = ("What is the best treatment?", ("Plaster cast", "Open reduction and internal fixation", "No treatment"))

SUPPORTS, CONTRADICTS, UNSUPPORTED = "supports", "contradicts", "unsupported"


@pytest.mark.parametrize(
    ("asked", "think", "choice", "expected"),
    [
        (NODULE, "Smooth, 6 mm, new. I would look at it again in half a year.", 1, SUPPORTS),
        (NODULE, "Smooth, 6 mm, new. I would look at it again in half a year.", 2, CONTRADICTS),
        (NODULE, "It has fat and popcorn calcium in it. Leave it alone.", 3, SUPPORTS),
        (NODULE, "It has fat and popcorn calcium in it. Leave it alone.", 0, CONTRADICTS),
        (NODULE, "It has doubled in three months and is spiculated. Put a needle in.", 2, SUPPORTS),
        (NODULE, "A biopsy would be overkill for 4 mm, and so is a PET. Nothing needs doing.", 3, SUPPORTS),
        (NODULE, "A biopsy would be overkill for 4 mm, and so is a PET. Nothing needs doing.", 2, CONTRADICTS),
        (NODULE, "Nodules are common, and most of them are harmless.", 1, UNSUPPORTED),
        (BREAST, "Spiculated, with skin drawn in. Tissue is the issue.", 0, SUPPORTS),
        (BREAST, "Spiculated, with skin drawn in. Tissue is the issue.", 2, CONTRADICTS),
        (BREAST, "An oil cyst. She can go back to screening and come when her round is due.", 2, SUPPORTS),
        (BREAST, "Probably a fibroadenoma. Keep an eye on it and bring her back in six months.", 1, SUPPORTS),
        (BREAST, "Probably a fibroadenoma. Keep an eye on it and bring her back in six months.", 3, CONTRADICTS),
        (BOWEL, "Free air everywhere. Call the surgeons, he needs theatre tonight.", 0, SUPPORTS),
        (BOWEL, "Free air everywhere. Call the surgeons, he needs theatre tonight.", 3, CONTRADICTS),
        (BOWEL, "A little stranding round one pouch and no gas. A course of antibiotics is all he needs.", 2, SUPPORTS),
        (BOWEL, "There is nothing to operate on here. He can go home.", 3, SUPPORTS),
        (BOWEL, "There is nothing to operate on here. He can go home.", 0, CONTRADICTS),
        (ABSCESS, "7 cm of pus with a thick wall. It needs a drain.", 1, SUPPORTS),
        (ABSCESS, "7 cm of pus with a thick wall. It needs a drain.", 0, CONTRADICTS),
        (ABSCESS, "Too small to drain. I would give amoxicillin and scan again.", 1, CONTRADICTS),
        (TUBE, "The tip is in the right main bronchus and has to come back by three centimetres.", 1, SUPPORTS),
        (TUBE, "The tip is in the right main bronchus and has to come back by three centimetres.", 0, CONTRADICTS),
        (TUBE, "The tip lies 4 cm above the carina, just right. It stays where it is.", 0, SUPPORTS),
        (TUBE, "The tip is too high, at the larynx. Push it further in.", 2, SUPPORTS),
        (STROKE, "The M1 is blocked and the core is small. To the angio suite, get the clot out.", 0, SUPPORTS),
        (STROKE, "The M1 is blocked and the core is small. To the angio suite, get the clot out.", 2, CONTRADICTS),
        (STROKE, "Stroke units save lives, and treatment depends on the time window.", 0, UNSUPPORTED),
        (WRIST, "Undisplaced, the joint is even. It goes in plaster for five weeks.", 0, SUPPORTS),
        (WRIST, "A step of 4 mm in the joint. That has to be opened and plated.", 1, SUPPORTS),
        (WRIST, "A step of 4 mm in the joint. That has to be opened and plated.", 0, CONTRADICTS),
    ],
)
def test_what_is_recommended_speaks_for_its_option(
    asked: tuple[str, tuple[str, ...]], think: str, choice: int, expected: str
):
    # what the think leans to, whatever the weights make of it
    leaning = assess(think, *asked, choice).leaning
    assert expected == (UNSUPPORTED if leaning is None else SUPPORTS if leaning == choice else CONTRADICTS)
