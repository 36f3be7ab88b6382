"""The weights that trainings of parts have saved, which lie beside the results that name them."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from rnnbench.results.parts.attempts import attempts
from rnnbench.results.queries import trainings
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.system.io.files import open_to_read
from rnnbench.system.io.leftovers import open_beside

#: Bytes of a file of weights, at most, and those that are read at once.
LARGEST, AT_ONCE = 4 << 30, 1 << 20


def bring(
    run: Path, folder: Path, records: Sequence[AnyRecord], tell: Callable[[str], None]
) -> None:
    """Put the weights that trainings have saved beside the results that name them.

    Args:
        run: the folder of the run, with its parts.
        folder: of the results.
        records: of the results.
        tell: is told of a file that is something else, and stays.

    Raises:
        OSError: if one can't be written.
    """
    wanted = [(one.weights, one.weights_hash) for one in trainings(records) if one.weights]
    places = [one.folder for one in attempts(run)] if wanted else []
    for name, digest in wanted:
        if name != Path(name).name:
            continue  # what is no name of ours is refused where weights are chosen
        target = folder / name
        source = next((p / name for p in places if sha256(p / name) == digest), None)
        if source is None or sha256(target) == digest:
            continue
        if os.path.lexists(target):
            tell(f"{target} was not gathered from parts: it stays, and the weights are {source}")
        else:
            place(source, target)


def place(source: Path, target: Path) -> None:
    """Let a file have another name as well, or copy it where names can't be shared.

    Raises:
        OSError: if it can't be done; nothing of it is left then.
    """
    beside, file = open_beside(target)
    os.close(file)
    try:
        beside.unlink()
        try:
            os.link(source, beside)
        except OSError:  # a file system without hard links
            shutil.copyfile(source, beside)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def sha256(file: Path) -> str | None:
    """Return the SHA-256 of a file, None where it can't be read."""
    try:
        with open_to_read(file, LARGEST) as opened:
            found = hashlib.sha256()
            while piece := opened.read(AT_ONCE):
                found.update(piece)
    except OSError:
        return None
    return found.hexdigest()
