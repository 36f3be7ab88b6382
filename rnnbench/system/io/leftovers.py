"""Files written beside those that they replace, and what killed writers have left of them.

Whoever writes holds a lock on the file, which ends with its life: what nobody holds is nobody's.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from contextlib import suppress
from functools import cache
from pathlib import Path

_NAME = re.compile(r"\.rnnbench-[0-9a-f]{16}")


def open_beside(target: Path) -> tuple[Path, int]:
    """Create an empty file beside another one, to be renamed; remove what others have left there.

    Args:
        target: the file that is to be replaced.

    Returns:
        Its path, and its descriptor, which holds it until it is closed.

    Raises:
        OSError: if it can't be created.
    """
    sweep(target.parent)
    while True:
        beside = target.with_name(f".rnnbench-{secrets.token_hex(8)}")
        file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        with suppress(OSError):  # there are no locks here, and so nothing is swept either
            fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file).st_nlink:
            return beside, file
        os.close(file)  # somebody has swept it before we held it


@cache
def sweep(folder: Path) -> None:
    """Remove what writers have left in a folder that are no more, once in the life of a process."""
    with suppress(OSError), os.scandir(folder) as found:
        for entry in found:
            if _NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                _remove_unless_held(Path(entry.path))


def _remove_unless_held(path: Path) -> None:
    with suppress(OSError):  # it is held, or not ours
        file = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
        finally:
            os.close(file)
