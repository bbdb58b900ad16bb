"""Write the lexicon's concepts that come from WordNet 3.0: bones, muscles, nerves and vessels, with Latin names.

    apt-get download wordnet-base && dpkg -x wordnet-base_*.deb wordnet
    python analyses/contradiction/lexicon_from_wordnet.py wordnet/usr/share/wordnet

WordNet 3.0, © 2006 Princeton University, may be used, copied, modified and distributed for any purpose with its notice,
which heads the file that is written. A word is taken where its first sense is the one meant, unless `OTHERWISE` has it,
a list filled by reading all that came. Where the lexicon has one of a synset's words, the others become names of that
concept.
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from faithlens.contradiction.lexicon import Lexicon, build, rows
from faithlens.contradiction.tokens import tokens

ROOTS = {
    "05269901": ("bone", "bone"),
    "05289297": ("organ", "muscle"),
    "05474346": ("organ", "nerve"),
    "05333777": ("organ", "artery"),
    "05418717": ("organ", "vein"),
    "05295381": ("organ", "ligament"),
}
"""Synsets whose hyponyms are taken, with the kind and the concept of what they are."""

OTHERWISE = """
accompanying vein; adductor; afferent; anal sphincter; antagonistic muscle; anterior horn; anterior root; arteria
circumflexa femoris; arteria circumflexa humeri; arteria circumflexa ilium; arteria circumflexa scapulae; articular
muscle; bare bone; bonelet; brainpan; bucktooth; canine; cannon bone; carnassial tooth; cartilage bone; caudal
vertebra; central artery of the retina; central vein of retina; centrum; cheek muscle; circumflex artery of the thigh;
circumflex humeral artery; circumflex iliac artery; circumflex scapular artery; coccygeal vertebra; conodont; crazy
bone; cuboid bone; cuneiform bone; cuspid; cutaneous vein; depressor; dorsal horn; dorsal root; dorsal vertebra;
efferent; extensor; eye tooth; eyetooth; facial; falciform ligament; femoris; fetter bone; fishbone; flexor; funny
bone; furcula; glute; intercostal; involuntary muscle; jowl; lantern jaw; leg bone; lemniscus; levator; malposed
tooth; marrowbone; membrane bone; mid-calf; oblique vein of the left atrium; oculomotor; pastern; pearly; pecs;
pectoral; peroneus; postcava; posterior vein of the left ventricle; precava; pronator; ramus; rectus; round bone;
round ligament; sacral vertebra; shoulder bone; smaller pectoral muscle; sphincter; spinal accessory; stellate venule;
striated muscle; supinator; temporal artery; tibialis; trochlear; true rib; turbinal; vagus; vena comitans; vena
cutanea; ventral horn; ventral root; voluntary muscle; wandering nerve; wishbone; wishing bone; xiphoid process
"""
"""Words that mean something else in most texts, or no structure that an image shows."""
LEFT_OUT = frozenset(" ".join(word.split()) for word in OTHERWISE.split(";"))

HERE = Path(__file__).parents[2] / "faithlens" / "contradiction" / "concepts" / "wordnet.txt"
HEADER = """# Bones, muscles, nerves and vessels from WordNet 3.0.
# Written by analyses/contradiction/lexicon_from_wordnet.py: change what that leaves out, not this. Their licence:
#
# This software and database is being provided to you, the LICENSEE, by
# Princeton University under the following license.  By obtaining, using
# and/or copying this software and database, you agree that you have
# read, understood, and will comply with these terms and conditions.:
#
# Permission to use, copy, modify and distribute this software and
# database and its documentation for any purpose and without fee or
# royalty is hereby granted, provided that you agree to comply with
# the following copyright notice and statements, including the disclaimer,
# and that the same appear on ALL copies of the software, database and
# documentation, including modifications that you make for internal
# use or for distribution.
#
# WordNet 3.0 Copyright 2006 by Princeton University.  All rights reserved.
#
# THIS SOFTWARE AND DATABASE IS PROVIDED "AS IS" AND PRINCETON
# UNIVERSITY MAKES NO REPRESENTATIONS OR WARRANTIES, EXPRESS OR
# IMPLIED.  BY WAY OF EXAMPLE, BUT NOT LIMITATION, PRINCETON
# UNIVERSITY MAKES NO REPRESENTATIONS OR WARRANTIES OF MERCHANT-
# ABILITY OR FITNESS FOR ANY PARTICULAR PURPOSE OR THAT THE USE
# OF THE LICENSED SOFTWARE, DATABASE OR DOCUMENTATION WILL NOT
# INFRINGE ANY THIRD PARTY PATENTS, COPYRIGHTS, TRADEMARKS OR
# OTHER RIGHTS.
#
# The name of Princeton University or Princeton may not be used in
# advertising or publicity pertaining to distribution of the software
# and/or database.  Title to copyright in this software, database and
# any associated documentation shall at all times remain with
# Princeton University and LICENSEE agrees to preserve same.
"""


@dataclass(frozen=True)
class Synset:
    words: tuple[str, ...]
    above: tuple[str, ...]


def read(folder: Path) -> tuple[dict[str, Synset], dict[str, str]]:
    """Nouns by offset, and the first sense of each word."""
    synsets: dict[str, Synset] = {}
    for line in (folder / "data.noun").read_text(encoding="latin-1").splitlines():
        if not line.startswith("  "):
            fields = line.partition("|")[0].split()
            count = int(fields[3], 16)
            pointers = fields[5 + 2 * count :]
            above = [pointers[4 * i + 1] for i in range(len(pointers) // 4) if pointers[4 * i] == "@"]
            synsets[fields[0]] = Synset(tuple(fields[4 : 4 + 2 * count : 2]), tuple(above))
    first: dict[str, str] = {}
    for line in (folder / "index.noun").read_text(encoding="latin-1").splitlines():
        if not line.startswith("  "):
            fields = line.split()
            first[fields[0]] = fields[6 + int(fields[3])]
    return synsets, first


def below(root: str, synsets: dict[str, Synset]) -> list[str]:
    """Every hyponym of a synset, the general before the special."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for offset, synset in synsets.items():
        for general in synset.above:
            kinds[general].append(offset)
    found = [root]
    for offset in found:
        found += [kind for kind in kinds[offset] if kind not in found]
    return found[1:]


def whole(known: Lexicon, name: str) -> str | None:
    """The concept that a name as a whole is one of."""
    words = tokens(name)
    spans = [hit for hit in known.hits(words) if hit.sense == "name" and (hit.first, hit.last) == (0, len(words))]
    return spans[0].concept if spans else None


def lines(synsets: dict[str, Synset], first: dict[str, str]) -> list[str]:
    known = build(rows())
    concept_of: dict[str, str] = {}
    written: list[str] = []
    for root, (kind, general) in ROOTS.items():
        concept_of[root] = general
        for offset in below(root, synsets):
            if offset in concept_of:
                continue
            words = [word for word in synsets[offset].words if first[word.lower()] == offset]
            names = [word.replace("_", " ").lower() for word in words]
            names = [name for name in names if name not in LEFT_OUT and re.fullmatch(r"[a-z' -]{4,}", name)]
            if not names:
                continue
            found = [concept for concept in (whole(known, name) for name in names) if concept]
            new = [name for name in names if whole(known, name) is None]
            if found:
                concept_of[offset] = found[0]
                if new:
                    written.append(f"{found[0]} | {known.kind(found[0])} | | {'; '.join(new)} |")
                continue
            parents = [concept_of[above] for above in synsets[offset].above if above in concept_of]
            name = re.sub(r"[^a-z]+", "_", names[0])
            concept_of[offset] = name
            written.append(f"{name} | {kind} | {(parents or [general])[0]} | {'; '.join(names[1:])} |")
    return sorted(written)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Write concepts/wordnet.txt.")
    parser.add_argument("folder", type=Path, help="WordNet's folder, with data.noun and index.noun")
    given = parser.parse_args(arguments)
    HERE.write_text(HEADER, encoding="utf-8")  # what it said before is not known
    HERE.write_text(HEADER + "\n".join(lines(*read(given.folder))) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
