"""CPU seconds, and modules loaded, of commands that should answer at once.

    python tests/benchmarks/start.py [--times N]

Each runs in a process of its own; what it computes is its user and its system time, and of several
times the least is told, so that other work matters little.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

PUBLISHED = str(Path(__file__).parents[2] / "results" / "published" / "default")
COMMANDS = (
    ("--version",),
    ("--help",),
    ("list", "cells"),
    ("run", "--help"),
    ("show", PUBLISHED),
    ("show", "--json", PUBLISHED),
)


def seconds(arguments):
    """Return the CPU seconds of a command."""
    command = [sys.executable, "-m", "rnnbench", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return used.ru_utime + used.ru_stime


def modules(arguments):
    """Return how many modules a command imports."""
    command = [sys.executable, "-X", "importtime", "-m", "rnnbench", *arguments]
    return (
        subprocess.run(command, capture_output=True, text=True, check=True).stderr.count("\n") - 1
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=7)
    options = parser.parse_args()
    for command in COMMANDS:
        least = min(seconds(command) for _ in range(options.times))
        words = " ".join(Path(word).name for word in command)
        print(f"{words:30}{least:6.2f} s{modules(command):6} modules")


if __name__ == "__main__":
    main()
