from __future__ import annotations

from importlib.util import find_spec
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import savemat

from rnnbench import UsageError
from rnnbench_tasks.sequences.music import bach
from rnnbench_tasks.sequences.music.chorales import chorales
from rnnbench_tasks.sequences.music.task import Music, nats, stretches


def cells(*rolls: Any) -> np.ndarray:
    """Return a row of MATLAB cells."""
    row = np.empty((1, len(rolls)), object)
    for k, roll in enumerate(rolls):
        row[0, k] = roll
    return row


ROLL = np.eye(88)[np.arange(10) % 7]


def written(folder: Path, **parts: Any) -> Music:
    """Return the task of a MATLAB file that holds these parts."""
    usual = {name: cells(ROLL, ROLL[:4]) for name in ("traindata", "validdata", "testdata")}
    savemat(folder / "piano.mat", {k: v for k, v in (usual | parts).items() if v is not None})
    return Music(path=str(folder / "piano.mat"), length=4)


def test_chorales_have_four_voices() -> None:
    made = chorales(50)
    assert all(np.array_equal(one, other) for one, other in zip(made, chorales(50), strict=True))
    voices = np.concatenate([piece.sum(axis=1) for piece in made])
    assert 3 <= voices.min() <= voices.max() == 4
    lengths = [len(piece) for piece in made]
    assert 24 <= min(lengths) < max(lengths) <= 60


def test_stretches_hold_each_frame_and_the_next() -> None:
    found = stretches([ROLL, ROLL[:4]], 4)
    assert found.lengths is not None
    assert found.lengths.tolist() == [4, 4, 1, 3]
    assert np.array_equal(found.inputs[:4, 0], ROLL[:4])
    assert np.array_equal(found.targets[:4, 0], ROLL[1:5])
    assert np.array_equal(found.inputs[:1, 2], ROLL[8:9])
    assert np.array_equal(found.targets[:1, 2], ROLL[9:])


def test_likelihood_of_a_frame() -> None:
    odds, targets = np.array([[0.0, 2.0, -800.0, 800.0]]), np.array([[1, 0, 0, 1.0]])
    shares = 1 / (1 + np.exp(-odds[0, :2]))
    assert nats(odds, targets) == pytest.approx(-np.log(shares[0]) - np.log(1 - shares[1]))


def test_files(tmp_path: Path) -> None:
    task = written(tmp_path, testdata=cells(ROLL[:3]))
    task.check(2)
    assert task.split == "trained on 4 stretches of pieces, scored on 4 of the valid part"
    test = Music(path=task.path, length=4, part="test")
    assert test.valid.count == 1
    assert task.data_hash == test.data_hash


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"testdata": None}, "has no testdata"),
        ({"validdata": np.zeros((3, 88))}, "validdata of .* must be a row of cells"),
        ({"traindata": cells(ROLL, ROLL[:, :80])}, "traindata, piece 2: .* is 10×80 of float64"),
        ({"traindata": cells(ROLL, 2 * ROLL)}, "piece 2: its entries must be 0 and 1"),
        ({"traindata": cells(ROLL, ROLL[:1])}, "piece 2: it has 1 frames"),
        ({"traindata": cells(ROLL, "text")}, "piece 2: it must be a table"),
    ],
)
def test_bad_files(tmp_path: Path, parts: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        written(tmp_path, **parts).check(1)


@pytest.mark.parametrize("content", [b"", b"no piano roll", b"MATLAB 5.0 MAT-file" + bytes(200)])
def test_damaged_files(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "piano.mat").write_bytes(content)
    with pytest.raises(
        UsageError, match=r"piano.mat can't be read .*: give a .mat file of piano rolls"
    ):
        Music(path=str(tmp_path / "piano.mat")).check(1)


def test_a_file_of_matlab_7_3(tmp_path: Path) -> None:
    (tmp_path / "piano.mat").write_bytes(
        b"MATLAB 7.3 MAT-file, HDF5 schema 1.00 .".ljust(124) + b"\x00\x02IM" + bytes(400)
    )
    with pytest.raises(UsageError, match=r"piano.mat is of MATLAB 7.3: save it with '-v7'"):
        Music(path=str(tmp_path / "piano.mat")).check(1)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"music\.path: .* is a folder: give a file"):
        Music(path=str(tmp_path)).check(1)


MEASURES = """
<score-partwise><part>
  <measure>
    <attributes><divisions>2</divisions></attributes>
    <note><pitch><step>A</step><octave>0</octave></pitch><duration>1</duration></note>
    <note><pitch><step>C</step><alter>1</alter><octave>4</octave></pitch><duration>1</duration></note>
    <note><grace/><pitch><step>G</step><octave>4</octave></pitch></note>
    <note><pitch><step>C</step><octave>4</octave></pitch><duration>4</duration></note>
    <note><chord/><pitch><step>E</step><alter>-1</alter><octave>4</octave></pitch><duration>4</duration></note>
    <backup><duration>2</duration></backup>
    <note><pitch><step>B</step><octave>4</octave></pitch><duration>2</duration></note>
  </measure>
  <measure>
    <note><rest/><duration>2</duration></note>
    <note><pitch><step>C</step><octave>8</octave></pitch><duration>2</duration></note>
  </measure>
</part></score-partwise>
"""


def test_a_score_as_a_roll() -> None:
    roll = bach.roll_of(bach.ElementTree.fromstring(MEASURES))
    assert [np.flatnonzero(frame).tolist() for frame in roll] == [
        [0],
        [39, 42],
        [39, 42, 50],
        [],
        [87],
    ]


def test_chorales_of_bach_need_music21(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bach, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"music21.* pip install 'rnnbench-tasks\[music21\]'"):
        Music(pieces="bach").check(1)
    with pytest.raises(UsageError, match=r"music\.pieces = 'bach' does nothing beside path"):
        Music(pieces="bach", path="JSB.mat").check(1)


@pytest.mark.skipif(not find_spec("music21"), reason="music21 is not installed")
def test_chorales_of_bach_are_as_music21_reads_them() -> None:
    from music21 import converter

    task = Music(pieces="bach")
    task.check(32)
    train, valid, test, _ = task._pieces
    assert [len(part) for part in (train, valid, test)] == [219, 73, 72]
    assert {piece.shape[1] for piece in (*train, *valid, *test)} == {88}
    assert task.source == "chorales of Bach"
    folder = Path(find_spec("music21").origin).parent / "corpus" / "bach"
    for name in ("bwv1.6", "bwv269", "bwv153.1", "bwv86.6"):
        file = folder / f"{name}.mxl"
        ours = bach.roll_of(bach.score_of(file))
        theirs = np.zeros_like(ours)
        for note in converter.parse(file, forceSource=True, storePickle=False).flatten().notes:
            for pitch in note.pitches:
                frames = slice(ceil(note.offset), ceil(note.offset + note.quarterLength))
                theirs[frames, pitch.midi - 21] = 1
        assert np.array_equal(ours, theirs)
