"""Runs commands two at a time, and prints what each of them has said once it has ended.

    python tests/side_by_side.py "pytest plugins/rnnbench-jax/tests" "pytest tests/integration"

They start in the order given, so the longest comes first. The exit code is 1 if any of them failed.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

AT_ONCE = 2


def run(command: str) -> tuple[str, subprocess.CompletedProcess[str], float]:
    """Run a command to its end; return it, how it ended, and the seconds it took."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        ended = subprocess.run(
            shlex.split(command),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            # Nobody waits until the other one has measured.
            env=os.environ | {"RNNBENCH_LOCK": f"{folder}/lock"},
        )
    return command, ended, time.monotonic() - start


def main(commands: list[str]) -> int:
    """Run all commands; return the exit code."""
    pool, failed = ThreadPoolExecutor(AT_ONCE), []
    try:
        for future in as_completed([pool.submit(run, command) for command in commands]):
            command, ended, seconds = future.result()
            print(f"{ended.stdout}$ {command}: exit code {ended.returncode}, {seconds:.0f} s\n")
            sys.stdout.flush()
            if ended.returncode:
                failed.append(command)
    finally:
        pool.shutdown(cancel_futures=True)  # Ctrl-C starts nothing more
    for command in failed:
        print(f"failed: {command}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
