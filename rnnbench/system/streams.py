"""Standard streams that nobody reads any more: a closed terminal, or ``rnnbench show | head``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TextIO


def silence(stream: TextIO) -> None:
    """Discard what is still to be written to a stream.

    Else the rest of its buffer fails once more when the program ends, with exit code 120.
    """
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())
