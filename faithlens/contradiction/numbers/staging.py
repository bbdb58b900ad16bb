"""What common classifications go by: sizes of tumours, and signs that make a stage or a grade."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from faithlens.contradiction.numbers.quantities import Measures, stems_of
from faithlens.contradiction.numbers.scales import Level, Scale

_INF = math.inf
_SIZES = (
    (
        r"\bT\W?(?:stage|staging|category|descriptor).*\b(?:lung|pulmonary|bronch\w+)|\blung.*\bT\W?stage",
        {Level(1): (-_INF, 30), Level(2): (30, 50), Level(3): (50, 70), Level(4): (70, _INF)},
    ),
    (
        r"\bT\W?(?:stage|staging|category|descriptor).*\b(?:renal|kidney)|\b(?:renal|kidney).*\bT\W?stage",
        {
            Level(1): (-_INF, 70),
            Level(1, "a"): (-_INF, 40),
            Level(1, "b"): (40, 70),
            Level(2): (70, _INF),
            Level(2, "a"): (70, 100),
            Level(2, "b"): (100, _INF),
        },
    ),
    (
        r"\bT\W?(?:stage|staging|category|descriptor).*\bbreast|\bbreast.*\bT\W?stage",
        {Level(1): (-_INF, 20), Level(2): (20, 50), Level(3): (50, _INF)},
    ),
)
"""Question, and the size in mm of each level where nothing is invaded (TNM, 8th edition)."""

_INTO = r"(?:invad\w+|infiltrat\w+|in(?:to)? |through|encas\w+|destroy\w+|erod\w+|breach\w*|extend\w*|grow\w*)"
_THING = r"(?:lumps?|spots?|nodules?|deposits?|lesions?|mass(?:es)?|metasta\w+|secondar\w+|blobs?|tumou?rs?)"
_FAR = r"(?:adrenals?|liver|brain|cerebell\w+|bones?|ribs?|spine|vertebra\w*|pelvis|skull|periton\w+|omentum|skin)"
_SIGNS = tuple(
    (re.compile(question, re.IGNORECASE), tuple((re.compile(sign, re.IGNORECASE), level) for sign, level in signs))
    for question, signs in (
        (
            r"\bstage\b(?!.*\b[TN]\W?stage).*\b(?:cancer|tumou?r|carcinoma|melanoma)|\b(?:cancer|tumou?r|carcinoma)\b"
            r".*\bstage\b",
            (
                (rf"\b{_THING} (?:\w+ ){{0,5}}{_FAR}\b", Level(4)),
                (rf"\b{_FAR} (?:\w+ ){{0,4}}{_THING}\b", Level(4)),
                (r"\bdistant (?:metasta\w+|spread|disease)|\bmalignant (?:effusion|ascites)", Level(4)),
            ),
        ),
        (
            r"\bN\W?stage.*\b(?:lung|bronch\w+)|\blung.*\bN\W?stage",
            (
                (
                    r"\bcontralateral\b|\bopposite\b|\bsupraclavicular|\babove the (?:\w+ )?clavicle|"
                    r"\bscalene",
                    Level(3),
                ),
                (r"\bipsilateral (?:mediastin\w+|paratracheal)|\bsubcarinal", Level(2)),
                (r"\bipsilateral hil\w+|\bperibronchial|\bhilar nodes?", Level(1)),
                (r"\bnodes? (?:are|is|all)? ?(?:clear|cold|free|clean|neg\w*)\b|\bno (?:\w+ )?nodes\b", Level(0)),
            ),
        ),
        (
            r"\bT\W?stage.*\b(?:lung|bronch\w+)|\blung.*\bT\W?stage",
            (
                (
                    rf"\b{_INTO}(?: \w+){{0,4}} (?:heart|atrium|mediastin\w+|great vessels?|aorta|trachea|carina|"
                    r"(?:o?)esophagus|vertebra\w*|diaphragm|vena cava)",
                    Level(4),
                ),
                (rf"\b{_INTO}(?: \w+){{0,4}} (?:chest wall|ribs?|phrenic|pericardium|parietal pleura)", Level(3)),
                (r"\b(?:satellite|second|another) (?:\w+ )?nodules? (?:\w+ ){0,3}same lobe", Level(3)),
                (r"\b(?:other|different|another|second) lobe (?:\w+ ){0,3}(?:same side|ipsilateral)", Level(4)),
            ),
        ),
        (
            r"\bT\W?stage.*\b(?:renal|kidney)|\b(?:renal|kidney).*\bT\W?stage",
            (
                (
                    r"\b(?:along|in(?:to)?|within|inside|fills?|enters?|"
                    r"invad\w+) (?:\w+ ){0,2}renal vein",
                    Level(3, "a"),
                ),
                (
                    r"\bvein (?:invasion|thrombus|involve\w+)|\bperinephric fat (?:\w+ ){0,3}(?:invad|infiltrat)",
                    Level(3, "a"),
                ),
                (r"\b(?:through|beyond|breach\w*|past|outside) (?:\w+ )?(?:gerota|renal fascia)", Level(4)),
            ),
        ),
        (
            r"\bkellgren|osteoarthritis|\bKL\b",
            (
                (
                    r"\bbone[- ](?:on|to|against|touch\w+|meets)[- ]bone|\b(?:space|gap) (?:\w+ ){0,3}(?:gone|"
                    r"obliterated|abolished|nil)|\bbones? (?:\w+ ){0,2}rub\w*|\bno cartilage (?:\w+ )?left|"
                    r"\bno (?:joint )?space (?:is )?left",
                    Level(4),
                ),
                (r"\b(?:doubtful|questionable|possible) (?:\w+ )?(?:narrowing|osteophyt\w+|lipp?ing|lip)", Level(1)),
            ),
        ),
        (
            r"\bfazekas",
            (
                (
                    r"\b(?:beginning|start\w*|early|begin|about) (?:\w+ ){0,3}(?:conflu\w+|merg\w+|join\w*|"
                    r"coalesc\w*)",
                    Level(2),
                ),
                (
                    r"\b(?:large |fully |widely )?(?:confluent|merged|coalesc\w+|run together|"
                    r"melted together)",
                    Level(3),
                ),
                (r"\b(?:punctate|dots?|specks?|pin-?pricks?)\b", Level(1)),
            ),
        ),
        (
            r"\bsarcoid\w*",
            ((r"\b(?:fibro\w+|honeycomb\w*|traction|scarr\w+|distort\w+|architectural)", Level(4)),),
        ),
        (
            r"\b(?:ficat|avascular|osteonecrosis|AVN)\b",
            (
                (r"\b(?:crescent|subchondral (?:\w+ ){0,3}(?:fracture|collapse|lucency|given way|break))", Level(3)),
                (r"\bjoint space (?:\w+ ){0,3}(?:narrow\w*|lost|gone|thin\w*)", Level(4)),
            ),
        ),
        (
            r"\bBI-?RADS",
            (
                (r"\bprobably benign|\bshort[- ](?:term|interval) (?:follow|control|recall)", Level(3)),
                (r"\bspicul\w+|\bhighly (?:suspicious|suggestive)|\bclassic (?:for )?cancer", Level(5)),
                (r"\b(?:nothing to (?:report|see|find)|entirely normal|negative) ", Level(1)),
                (
                    r"\b(?:popcorn|oil cyst|simple cysts?|definitely benign|typical(?:ly)? benign|"
                    r"vascular calcif\w+|harmless|routine screening|eggshell|fat necrosis|stable for years)",
                    Level(2),
                ),
            ),
        ),
        (r"\b(?:spleen|splenic|liver|hepatic|kidney|renal)\b.*\binjury", ((r"\bshattered|\bpulverised", Level(5)),)),
    )
)
"""Question, and signs of its levels, the first that is found counts."""


def sized(scale: Scale | None) -> Measures | None:
    """The sizes that stand for the options, where they are stages that go by the size."""
    given = next((own for asked, own in _SIZES if scale and re.search(asked, scale.question, re.IGNORECASE)), None)
    if scale is None or given is None:
        return None
    intervals = tuple(given.get(levels[0]) if len(levels) == 1 else None for levels in scale.levels)
    return Measures("mm", intervals, known=0.85, asked=stems_of(scale.question)) if any(intervals) else None


def staged(question: str, text: str) -> Iterator[tuple[int, int, Level]]:
    """The sign in a text of a level of what the question asks about: characters from and to, and the level."""
    for asked, signs in _SIGNS:
        if asked.search(question):
            found = next(((match.span(), level) for sign, level in signs if (match := sign.search(text))), None)
            if found:
                yield *found[0], found[1]
