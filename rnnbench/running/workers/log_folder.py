"""A folder for the logs of workers that belong to no run."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class LogFolder:
    """A temporary folder for logs.

    Attributes:
        path: of the folder.
        is_named: whether somebody was told of a log in it, and so it stays.
    """

    path: Path
    is_named: bool = False

    def told(self, text: str) -> None:
        """Note what somebody is told."""
        self.is_named |= str(self.path) in text


@contextmanager
def log_folder() -> Iterator[LogFolder]:
    """Yield a folder for logs, which is removed afterwards unless a text or an error names one."""
    folder = LogFolder(Path(tempfile.mkdtemp(prefix="rnnbench-")))
    try:
        yield folder
    except Exception as error:
        folder.told(str(error))
        raise
    finally:
        if not folder.is_named:
            shutil.rmtree(folder.path, ignore_errors=True)
