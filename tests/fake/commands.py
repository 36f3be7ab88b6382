"""The command line in a process of its own, with the fake plugin and no other terminal."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

#: What finds the fake plugin, here and in workers.
ENVIRONMENT = {
    "PYTHONPATH": str(Path(__file__).parent),
    "RNNBENCH_PLUGINS": "fake_plugin",
    "COLUMNS": "100",
}


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


def start(*arguments, stderr=subprocess.PIPE):
    """Start the command line, its output piped."""
    return subprocess.Popen(
        [sys.executable, "-m", "rnnbench", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        env=os.environ | ENVIRONMENT,
        # A shell in the background hands on that Ctrl-C is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def rnnbench(*arguments):
    """Run the command line to its end."""
    process = start(*arguments)
    out, err = process.communicate()
    return Ended(process.returncode, out, err)


def wait_until(is_so, process, within=300.0):
    """Wait until something is so while a process goes on; end the process if it never is.

    A run left behind would keep the lock of the machine, for which others wait.
    """
    deadline = time.monotonic() + within
    while not is_so():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise AssertionError(process.communicate())
        time.sleep(0.05)
