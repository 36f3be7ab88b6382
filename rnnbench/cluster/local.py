"""Jobs on this machine, in a process that goes on when the terminal is closed."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from rnnbench.cluster import job_script
from rnnbench.errors import UsageError


def submit(run: Path, parts: Sequence[int], at_once: int) -> tuple[int, float]:
    """Start the parts of a run, some at a time; return the number of the process and when it began.

    Timings never take place at once, as a machine measures for one run at a time.

    Args:
        run: its folder, with the script.
        parts: their numbers.
        at_once: how many may run at a time.

    Raises:
        UsageError: if it can't be started.
    """
    folder = shlex.quote(str(run.absolute()))
    numbers = " ".join(map(str, parts))
    one = f'sh {folder}/{job_script.FILE} "$1" >>{folder}/{job_script.LOGS}/"$1".log 2>&1 || :'
    queue = f"printf '%s\\n' {numbers} | xargs -P {at_once} -n 1 sh -c {shlex.quote(one)} sh"
    try:
        process = subprocess.Popen(
            ["sh", "-c", queue],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return process.pid, psutil.Process(process.pid).create_time()
    except (OSError, psutil.Error) as error:
        raise UsageError(f"--cluster local: {error}") from None


def carry_out(run: Path, parts: Sequence[int]) -> None:
    """Run parts one after the other, before the eyes of who has asked for it.

    Args:
        run: its folder, with the script.
        parts: their numbers.
    """
    for part in parts:
        subprocess.run(["sh", str(run.absolute() / job_script.FILE), str(part)], check=False)


def goes_on(number: int, began: float | None) -> bool:
    """Return whether the process of some jobs is still there."""
    with suppress(psutil.Error):
        process = psutil.Process(number)
        return bool(process.create_time() == began and process.status() != psutil.STATUS_ZOMBIE)
    return False
