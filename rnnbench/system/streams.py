"""Standard streams whose reader has gone: a closed terminal, or ``rnnbench show | head``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TextIO


def hush(stream: TextIO) -> None:
    """Let what is still to be written to a stream go nowhere.

    What is left in its buffer would else fail once more when the program ends, which then ends with
    exit code 120.
    """
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())
