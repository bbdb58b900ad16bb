"""Options that are quantities or levels of a scale, and thinks that measure or grade."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faithlens.contradiction.assess import assess
from faithlens.contradiction.numbers.numerals import fractions, numerals
from faithlens.contradiction.numbers.quantities import amounts, measures
from faithlens.contradiction.numbers.scales import Level, scale

STENOSIS = ("How tight is the internal carotid stenosis?", ("Less than 50%", "50-69%", "70-99%", "Occluded"))
AORTA = ("What is the diameter of the abdominal aorta?", ("2 cm", "4 cm", "6 cm", "9 cm"))
DUCT = ("How wide is the common bile duct?", ("< 6 mm", "6-10 mm", "> 10 mm"))
FIELD = ("At which field strength was this knee scanned?", ("0.5 T", "1.5 T", "3 T"))
LUNG_T = ("What is the T stage of this lung cancer?", ("T1", "T2", "T3", "T4"))
COBB = ("What is the Cobb angle of this scoliosis?", ("10 degrees", "25 degrees", "40 degrees", "60 degrees"))
DENSITY = ("What is the attenuation of this adrenal nodule?", ("Below 10 HU", "10-30 HU", "Above 30 HU"))
EJECTION = ("What is the ejection fraction of the left ventricle?", ("20%", "35%", "50%", "65%"))
CYST = ("How large is the ovarian cyst?", ("Under 3 cm", "3 to 5 cm", "5 to 7 cm", "More than 7 cm"))
KL = ("Which Kellgren-Lawrence grade does this hip have?", ("Grade 1", "Grade 2", "Grade 3", "Grade 4"))
BIRADS = ("Which BI-RADS category applies?", ("BI-RADS 2", "BI-RADS 3", "BI-RADS 4", "BI-RADS 5"))
SPLEEN = ("What AAST grade is the splenic laceration?", ("Grade I", "Grade II", "Grade III", "Grade IV"))
CANCER = ("Which stage does this colon cancer have?", ("Stage I", "Stage II", "Stage III", "Stage IV"))
PIRADS = ("What is the PI-RADS score?", ("2", "3", "4", "5"))
SHUNT = ("Which Fazekas grade applies to the white matter?", ("0", "1", "2", "3"))
HYDRO = ("How severe is the hydronephrosis?", ("None", "Mild", "Moderate", "Severe"))

PIECES = "3 cm|%|-|T2|III|a|two|no|one|<|more than|half|x|.|,|ribs|5|and|grade|♥"

SUPPORTS, CONTRADICTS, UNSUPPORTED = "supports", "contradicts", "unsupported"


@pytest.mark.parametrize(
    ("asked", "think", "choice", "expected"),
    [
        (STENOSIS, "The residual lumen leaves a narrowing of about sixty percent at the bulb.", 1, SUPPORTS),
        (STENOSIS, "The residual lumen leaves a narrowing of about sixty percent at the bulb.", 2, CONTRADICTS),
        (STENOSIS, "Roughly a third of the lumen is taken by plaque, not more.", 0, SUPPORTS),
        (STENOSIS, "Roughly a third of the lumen is taken by plaque, not more.", 2, CONTRADICTS),
        (STENOSIS, "Peak systolic velocity is 320 cm/s at the origin, with turbulence behind it.", 2, SUPPORTS),
        (STENOSIS, "Peak systolic velocity is 90 cm/s.", 2, CONTRADICTS),
        (STENOSIS, "By the NASCET method I get 85%, so it is tight.", 2, SUPPORTS),
        (STENOSIS, "At first I measured 55%. On the axial slices it is clearly over 80%, though.", 1, CONTRADICTS),
        (STENOSIS, "Plaques of less than half of the diameter are treated with tablets.", 2, UNSUPPORTED),
        (AORTA, "From outer wall to outer wall I measure 61 mm.", 2, SUPPORTS),
        (AORTA, "From outer wall to outer wall I measure 61 mm.", 1, CONTRADICTS),
        (AORTA, "The sac is six centimetres across.", 2, SUPPORTS),
        (AORTA, "It was 42 mm a year ago. Today the sac has 59 mm.", 1, CONTRADICTS),
        (AORTA, "The left kidney is 9 cm long. The aorta itself measures 2.1 cm.", 0, SUPPORTS),
        (AORTA, "Anything above 5.5 cm is operated on, and up to 3 cm is normal.", 2, UNSUPPORTED),
        (DUCT, "The duct is 14 mm wide in front of the portal vein.", 2, SUPPORTS),
        (DUCT, "The duct has four millimetres.", 2, CONTRADICTS),
        (DUCT, "Up to 6 mm is allowed, and a little more after cholecystectomy.", 0, UNSUPPORTED),
        (FIELD, "The header says 3 T, and the signal is as rich as that.", 2, SUPPORTS),
        (FIELD, "The header says 3 Tesla.", 1, CONTRADICTS),
        (LUNG_T, "The mass is 4.2 cm across and stays within the lobe.", 1, SUPPORTS),
        (LUNG_T, "The mass is 4.2 cm across and stays within the lobe.", 0, CONTRADICTS),
        (LUNG_T, "It grows into the mediastinum and around the aorta.", 3, SUPPORTS),
        (LUNG_T, "T1 is up to 3 cm, T2 up to 5 cm, T3 up to 7 cm, and T4 is larger.", 1, UNSUPPORTED),
        (COBB, "Between the upper and the lower end plate I measure an angle of 38 degrees.", 2, SUPPORTS),
        (COBB, "The angle comes to about sixty degrees.", 2, CONTRADICTS),
        (DENSITY, "Unenhanced it measures -5 HU, lipid-rich.", 0, SUPPORTS),
        (DENSITY, "The region of interest reads 42 HU.", 0, CONTRADICTS),
        (EJECTION, "End-diastolic 180 and end-systolic 117, so I get thirty-five percent.", 1, SUPPORTS),
        (EJECTION, "The ventricle throws out about two thirds of what it holds.", 3, SUPPORTS),
        (CYST, "It measures 6.1 x 5.2 x 4 cm.", 2, SUPPORTS),
        (CYST, "It measures 6.1 x 5.2 x 4 cm.", 0, CONTRADICTS),
        (CYST, "It isn't even two centimetres.", 0, SUPPORTS),
        (KL, "Definite spurs, the space is a little narrowed. I call it a two.", 1, SUPPORTS),
        (KL, "Definite spurs, the space is a little narrowed. I call it a two.", 3, CONTRADICTS),
        (KL, "Bone on bone, with deformed ends.", 3, SUPPORTS),
        (KL, "A three would need a narrower space than this. Two it is.", 1, SUPPORTS),
        (KL, "Grade 3 requires narrowing, grade 4 a lost space, grade 2 definite spurs.", 2, UNSUPPORTED),
        (BIRADS, "Spiculated mass with drawn-in skin. Category five.", 3, SUPPORTS),
        (BIRADS, "Spiculated mass with drawn-in skin. Category five.", 0, CONTRADICTS),
        (BIRADS, "A calcified oil cyst, nothing else. That is a clear 2.", 0, SUPPORTS),
        (BIRADS, "It can't stay at 3 with margins like these. I make it a 4.", 1, CONTRADICTS),
        (SPLEEN, "The laceration is 4 cm deep and reaches no hilar vessel. So III.", 2, SUPPORTS),
        (SPLEEN, "The laceration is 4 cm deep and reaches no hilar vessel. So III.", 0, CONTRADICTS),
        (SPLEEN, "Not more than a small tear of the capsule, so a grade I.", 3, CONTRADICTS),
        (CANCER, "The primary has crossed the wall, and there are three deposits in the liver.", 3, SUPPORTS),
        (CANCER, "The primary has crossed the wall, and there are three deposits in the liver.", 1, CONTRADICTS),
        (CANCER, "The liver is free and the nodes are positive. Stage three, then.", 2, SUPPORTS),
        (PIRADS, "Small, dark on ADC, bright on diffusion, 9 mm. Score of 4.", 2, SUPPORTS),
        (PIRADS, "Small, dark on ADC, bright on diffusion, 9 mm. Score of 4.", 0, CONTRADICTS),
        (SHUNT, "Big confluent areas around both ventricles.", 3, SUPPORTS),
        (SHUNT, "A few punctate dots and nothing more.", 3, CONTRADICTS),
        (HYDRO, "There is just a touch of fullness in the pelvis.", 1, SUPPORTS),
        (HYDRO, "The calyces are clubbed and hardly any cortex is left.", 3, SUPPORTS),
    ],
)
def test_measures_and_grades_speak_for_the_option_that_holds_them(
    asked: tuple[str, tuple[str, ...]], think: str, choice: int, expected: str
):
    # what the think leans to, whatever the weights make of it
    leaning = assess(think, *asked, choice).leaning
    assert expected == (UNSUPPORTED if leaning is None else SUPPORTS if leaning == choice else CONTRADICTS)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("54 mm, nine point two, five and a half", [54, 9.2, 5.5]),
        ("ninety-five, one hundred and ten", [95, 110]),
        ("50-69% and 5x4", [50, 69, 5, 4]),
        ("T12, L4/5 and once", [5]),
    ],
)
def test_numbers_are_read_in_digits_and_words(text: str, values: list[float]):
    assert [numeral.value for numeral in numerals(text)] == values


def test_fractions_are_percent_and_ordinals_are_none():
    found = fractions("half of it, two thirds, a quarter, the third one")
    assert [round(part.value) for part in found] == [50, 67, 25]


@pytest.mark.parametrize(
    ("text", "dimension", "low", "high"),
    [
        ("3 cm", "mm", 30, 30),
        ("50-69%", "%", 50, 69),
        ("between 2 and 5 cm", "mm", 20, 50),
        ("> 10 mm", "mm", 10, math.inf),
        ("T1 (<= 3 cm)", "mm", -math.inf, 30),
        ("5.5 cm or more", "mm", 55, math.inf),
        ("1.5 T", "tesla", 1.5, 1.5),
        ("6.1 x 5.2 x 4 cm", "mm", 61, 61),
        ("minus 95 HU", "HU", -95, -95),
    ],
)
def test_quantities_are_intervals_in_one_unit(text: str, dimension: str, low: float, high: float):
    (found,) = amounts(text)
    assert (found.dimension, found.low, found.high) == (dimension, pytest.approx(low), pytest.approx(high))


def test_dates_and_levels_of_the_spine_are_no_quantities():
    assert not amounts("12 March 2020, L4/5, T2-weighted")
    assert measures("Which level?", ("L3/4", "L4/5", "L5/S1")) is None


def test_levels_of_a_scale_are_told_from_what_looks_like_them():
    given = scale("What is the T stage of this tumour?", ("T1a", "T1b", "T3", "Tx"))
    assert given is not None
    assert given.levels == ((Level(1, "a"),), (Level(1, "b"),), (Level(3),), ())
    assert given.options(Level(1)) == [0, 1]
    assert scale("Which sequence is this?", ("T1", "T2")) is None
    assert scale("At which level is the cord compressed?", ("T4", "T8")) is None


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(PIECES.split("|"))))
def test_any_text_is_read(pieces: list[str]):
    for asked in (STENOSIS, LUNG_T, KL, ("How many ribs are broken?", ("One", "Two", "None"))):
        assess(" ".join(pieces), *asked, 0)
        assess("".join(pieces), *asked, 1)
