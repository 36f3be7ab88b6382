"""Piano rolls as MATLAB files hold them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rnnbench import UsageError
from rnnbench_tasks.files import texts
from rnnbench_tasks.sequences.music.bach import bach
from rnnbench_tasks.sequences.music.chorales import KEYS, chorales

#: The chorales that are made: so many to train on, so many to score.
MADE, SCORED = 240, 80
#: The parts of a file.
PARTS = ("traindata", "validdata", "testdata")
#: The largest file that is read, in bytes.
LARGEST = 1 << 28


class Pieces(NamedTuple):
    """Pieces, each a piano roll ``(T, 88)`` of zeros and ones.

    Attributes:
        train: what is trained on.
        valid: for validation.
        test: what is left for the end.
        sha256: of the file, or of the numbers.
    """

    train: list[np.ndarray]
    valid: list[np.ndarray]
    test: list[np.ndarray]
    sha256: str


def made() -> Pieces:
    """Return chorales made by :mod:`rnnbench_tasks.sequences.music.chorales`."""
    pieces = chorales(MADE + 2 * SCORED)
    return Pieces(pieces[:MADE], pieces[MADE:-SCORED], pieces[-SCORED:], digest(pieces))


def of_bach() -> Pieces:
    """Return Bach's chorales: of every five three to train on, and one for each other part."""
    pieces = bach()
    train = [piece for k, piece in enumerate(pieces) if k % 5 < 3]
    return Pieces(train, pieces[3::5], pieces[4::5], digest(pieces))


def digest(pieces: list[np.ndarray]) -> str:
    """Return the SHA-256 of pieces."""
    return hashlib.sha256(np.concatenate(pieces).astype(np.uint8).tobytes()).hexdigest()


def of_file(path: str) -> Pieces:
    """Return the pieces of a MATLAB file with ``traindata``, ``validdata`` and ``testdata``.

    Each is a row of cells, and each cell a piece ``(T, 88)`` of zeros and ones: the form in which
    Boulanger-Lewandowski, Bengio & Vincent's data are given away (JSB Chorales, Nottingham ...).

    Raises:
        UsageError: saying what is wrong with the file.
    """
    file = texts.single(path, "music.path")
    content = _bytes(file)
    found = _cells(file)
    train, valid, test = (_pieces(file, name, found) for name in PARTS)
    return Pieces(train, valid, test, hashlib.sha256(content).hexdigest())


def _bytes(file: Path) -> bytes:
    try:
        if not file.is_file():
            raise UsageError(f"music.path: {file} is no regular file: give a .mat file")
        if file.stat().st_size > LARGEST:
            raise UsageError(f"music.path: {file} has more than {LARGEST >> 20} MiB")
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"music.path: can't read {file}: {error.strerror or error}") from error


def _cells(file: Path) -> dict[str, np.ndarray]:
    from scipy.io import loadmat

    try:
        found: dict[str, np.ndarray] = loadmat(file)
    except NotImplementedError as error:  # those of MATLAB 7.3 are HDF5
        raise UsageError(
            f"music.path: {file} is of MATLAB 7.3: save it with '-v7' there"
        ) from error
    except Exception as error:  # of a damaged file SciPy raises errors of many kinds
        raise UsageError(
            f"music.path: {file} can't be read as a MATLAB file ({str(error)[:100] or 'damaged'}): "
            "give a .mat file of piano rolls"
        ) from error
    if missing := [name for name in PARTS if name not in found]:
        held = ", ".join(sorted(name for name in found if not name.startswith("__"))) or "nothing"
        raise UsageError(
            f"music.path: {file} has no {missing[0]} (it has {held}): a file of piano rolls has "
            f"{', '.join(PARTS)}"
        )
    return found


def _pieces(file: Path, name: str, found: dict[str, np.ndarray]) -> list[np.ndarray]:
    cells = found[name]
    if cells.dtype != object or cells.size == 0:
        raise UsageError(f"music.path: {name} of {file} must be a row of cells, each a piece")
    return [_piece(file, f"{name}, piece {k}", cell) for k, cell in enumerate(cells.ravel(), 1)]


def _piece(file: Path, where: str, roll: object) -> np.ndarray:
    array = np.asarray(roll)
    if array.dtype.kind not in "biuf" or array.ndim != 2 or array.shape[1] != KEYS:
        raise UsageError(
            f"music.path: {file}, {where}: it must be a table of frames by {KEYS} keys, and is "
            f"{'×'.join(map(str, array.shape)) or 'a single value'} of {array.dtype}"
        )
    if len(array) < 2:
        raise UsageError(f"music.path: {file}, {where}: it has {len(array)} frames; 2 are needed")
    if not np.isin(array, (0, 1)).all():
        raise UsageError(f"music.path: {file}, {where}: its entries must be 0 and 1")
    return array.astype(np.float64)
