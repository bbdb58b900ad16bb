"""Claims of one think against each other, by hand."""

from __future__ import annotations

import pytest

from faithlens.contradiction.within import clashes


@pytest.mark.parametrize(
    "think",
    [
        "There is a mass in the left lung. No mass is seen in the left lung.",
        "A meningioma is present. There is no tumour.",
        "The image shows no effusion. There is a small pleural effusion.",
    ],
)
def test_a_finding_and_its_denial_clash(think: str):
    (clash,) = clashes(think)
    assert clash.first.end <= clash.second.start
    assert think[clash.second.start : clash.second.end] in ("mass", "tumour", "pleural effusion")


@pytest.mark.parametrize(
    "think",
    [
        "There is a nodule in the left lung. The nodule in the right lung is round.",
        "A mass is seen in the right kidney. So this mass of the left kidney is a carcinoma.",
    ],
)
def test_a_lesion_that_changes_its_side_clashes(think: str):
    (clash,) = clashes(think)
    assert clash.first.affirmed and clash.second.affirmed
    assert {clash.first.side, clash.second.side} == {"left", "right"}


@pytest.mark.parametrize(
    "think",
    [
        "There is a nodule in the left lung. A nodule is also seen in the right lung.",
        "The nodule lies on the left of the image. So the nodule is in the right lung.",
        "A nodule in the left lung. The other nodule is in the right lung.",
        "A nodule in the left lung. No, wait, the nodule is in the right lung.",
    ],
)
def test_two_lesions_the_side_of_the_image_and_corrections_do_not(think: str):
    assert clashes(think) == []


@pytest.mark.parametrize(
    "think",
    [
        "",
        "There is a fracture of the tibia. No fracture of the fibula.",
        "A mass. Wait, no, there is no mass.",
        "There is no meningioma. A tumour is seen.",
        "A mass is possible. There is no mass.",
        "If there were an effusion, the angle would be blunted. No effusion.",
    ],
)
def test_other_places_corrections_hedges_and_wider_terms_do_not(think: str):
    assert clashes(think) == []
