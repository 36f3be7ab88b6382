"""Ctrl-C while a command starts: is it one line and exit code 130, whenever it comes?

    python tests/benchmarks/interrupts.py --tries 300

Each try starts a command, sends it SIGINT, or its whole process group as a terminal does, after a
time drawn evenly from the beginning of its life, most of which it spends on imports, and says how
it ended: in one line, by an end of its own before the signal, or by Python itself, which had not
yet come to the first line of ours.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "fake"))

from commands import ENVIRONMENT

#: What is interrupted, and the seconds within which.
COMMANDS = {
    ("--version",): 0.15,
    ("list", "cells"): 0.4,
    ("show",): 0.4,
    ("run", "--backends", "none-such"): 0.8,
    ("run", "--suite", "tiny", "--backends", "fake:good", "--steps", "0"): 2.0,
}
#: The program, as its script calls it, and as a module.
PROGRAMS = {
    "script": [str(Path(sys.executable).with_name("rnnbench"))],
    "-m": [sys.executable, "-m", "rnnbench"],
}
LINE = b"rnnbench: interrupted\n"


def interrupted(command: list[str], folder: str, seconds: float, group: bool) -> tuple[int, bytes]:
    """Start a command, interrupt it; return its exit code and what it wrote to stderr."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    time.sleep(seconds)
    (os.killpg if group else os.kill)(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    return process.returncode, told


def how(code: int, told: bytes) -> str:
    """Return in words how a try ended."""
    lines = told.count(b"rnnbench: interrupted")
    if code == 130 and lines == 1 and b"Traceback" not in told:
        return "one line and 130"
    if code in (0, 2) and not lines and b"Traceback" not in told:
        return "had ended"
    if b"/rnnbench/" not in told and b"from rnnbench" not in told and not lines:
        return "before our first line"
    return f"LOST: exit code {code}"


def main() -> None:
    """Try, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tries", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--slower", type=float, default=1.0, help="how much longer a start takes")
    asked = parser.parse_args()
    draw = random.Random(asked.seed)
    ends: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(asked.tries):
            own, within = draw.choice(list(COMMANDS.items()))
            seconds = draw.uniform(0, within * asked.slower)
            program = draw.choice(list(PROGRAMS))
            group = draw.random() < 0.5
            code, told = interrupted([*PROGRAMS[program], *own], folder, seconds, group)
            end = how(code, told)
            ends[end] += 1
            if end not in ("one line and 130", "had ended"):
                print(
                    f"{program} {' '.join(own)} after {1000 * seconds:.0f} ms: {code}", flush=True
                )
                print(told.decode(errors="replace"), flush=True)
    for end, count in ends.most_common():
        print(f"{count:4d}  {end}")


if __name__ == "__main__":
    main()
