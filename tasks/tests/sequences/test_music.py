from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import savemat

from rnnbench import UsageError
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
    with pytest.raises(UsageError, match=r"piano.mat"):
        Music(path=str(tmp_path / "piano.mat")).check(1)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"music\.path: .* is a folder: give a file"):
        Music(path=str(tmp_path)).check(1)
