"""Bach's chorales as the package music21 ships them: compressed MusicXML."""

from __future__ import annotations

from fractions import Fraction
from importlib.util import find_spec
from math import ceil
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree
from zipfile import ZipFile

import numpy as np

from rnnbench import UsageError
from rnnbench_tasks.files.examples import needs
from rnnbench_tasks.sequences.music.chorales import KEYS

#: Half tones of the natural tones above the C of their octave.
TONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
#: Half tones from the C of octave 0 to the lowest key of a piano.
LOWEST = 9
#: The voices of a chorale.
VOICES = 4


class Note(NamedTuple):
    """A tone.

    Attributes:
        begin: in quarter notes from the begin of the piece.
        end: likewise.
        key: of a piano, from 0.
    """

    begin: Fraction
    end: Fraction
    key: int


def bach() -> list[np.ndarray]:
    """Return the pieces of four parts in music21's folder of Bach, by name: rolls ``(T, 88)``.

    A frame is a quarter note: in it sound the keys that sound at its begin. Repeats are not played.
    music21 itself is not imported, which reads the same in a minute.

    Raises:
        UsageError: if music21 is not installed, or without these pieces.
    """
    spec = find_spec("music21")
    if spec is None or spec.origin is None:
        raise needs("music21", "music21", "music.pieces = 'bach'", "music21")
    folder = Path(spec.origin).parent / "corpus" / "bach"
    scores = [score_of(file) for file in sorted(folder.glob("*.mxl"))]
    pieces = [roll_of(score) for score in scores if len(score.findall("part")) == VOICES]
    if not pieces:
        raise UsageError(f"music.pieces = 'bach': {folder} holds no chorales: install music21 anew")
    return pieces


def score_of(file: Path) -> ElementTree.Element:
    """Return the score in a compressed MusicXML file, whose container names it."""
    with ZipFile(file) as archive:
        container = ElementTree.fromstring(archive.read("META-INF/container.xml"))
        root = container.find(".//{*}rootfile")
        name = "" if root is None else root.get("full-path", "")
        return ElementTree.fromstring(archive.read(name))


def roll_of(score: ElementTree.Element) -> np.ndarray:
    """Return a score as a piano roll ``(T, 88)``."""
    notes = [note for part in score.findall("part") for note in notes_of(part)]
    roll = np.zeros((ceil(max(note.end for note in notes)), KEYS))
    for note in notes:
        roll[ceil(note.begin) : ceil(note.end), note.key] = 1
    return roll


def notes_of(part: ElementTree.Element) -> list[Note]:
    """Return the notes of a part, whose measures follow each other.

    In a measure each note begins where the one before it ends; a note of a chord where that begins,
    and what is another voice after stepping back.
    """
    found: list[Note] = []
    divisions, measure_begin = 1, Fraction(0)
    for measure in part.findall("measure"):
        now = begin = reached = measure_begin
        for one in measure:
            divisions = int(one.findtext("divisions", str(divisions)))
            steps = Fraction(one.findtext("duration", "0")) / divisions
            if one.tag == "backup":
                now -= steps
            elif one.tag == "forward" or one.tag == "note":
                begin = begin if one.find("chord") is not None else now
                now = begin + steps
                if (pitch := one.find("pitch")) is not None:
                    found.append(Note(begin, now, key_of(pitch)))
            reached = max(reached, now)
        measure_begin = reached
    return found


def key_of(pitch: ElementTree.Element) -> int:
    """Return the key of a pitch: a tone, an octave, and half tones up or down."""
    tone, octave = TONES[pitch.findtext("step", "")], int(pitch.findtext("octave", ""))
    return tone + 12 * octave + int(float(pitch.findtext("alter", "0"))) - LOWEST
