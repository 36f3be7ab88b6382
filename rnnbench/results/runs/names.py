"""Names of runs and baselines: what they may be, so that a shell takes them as they are."""

from __future__ import annotations

import re

from rnnbench.errors import UsageError

#: What stands for the newest run.
LATEST = "latest"
#: Names with a meaning of their own.
RESERVED = frozenset({LATEST, "baselines"})
_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def check_name(option: str, name: str) -> str:
    """Return a name that may be given to a run or a baseline.

    Args:
        option: where it was given, for the error.
        name: at most 64 letters, digits, ``.``, ``_`` and ``-``, of which the first is a letter or
            a digit.

    Raises:
        UsageError: if it has another form, or means something else.
    """
    if not _FORM.fullmatch(name):
        raise UsageError(
            f"{option} {name!r}: a name has letters, digits, '.', '_' and '-', 64 at most, and "
            "begins with a letter or a digit"
        )
    if name.lower() in RESERVED:
        raise UsageError(f"{option} {name!r}: this name has a meaning of its own; take another")
    return name


def stamp(started: str) -> str:
    """Return what a run is called that has no name: the time of its start, as is its folder."""
    return started.replace(":", "").replace("+0000", "Z").replace("-", "", 2)
