"""Seconds and peak memory of what reads a results file, on one of 10,000 rows.

    python tests/benchmarks/large_files.py [--comparisons N] [--processes N] [--times N]

A comparison has four rows, of 10 to 20 rounds each. Each command runs in a process of its own, its
output thrown away, or read as a terminal reads it: in turn on all CPUs, where a child does half of
it, and on one CPU alone. Printed are the seconds that a user waits for, the median and the range of
some times; those on one CPU; and the peak of the memory of both processes, pages that they share
counted once, as a further run is looked at.
"""

import argparse
import contextlib
import os
import pty
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from threading import Thread

import psutil

sys.path.insert(0, str(Path(__file__).parent.parent / "fake"))

from synthetic import write

#: What a command begins with whose output is a terminal.
ON_TERMINAL = "(terminal)"
COMMANDS = (
    ("show",),
    (ON_TERMINAL, "show"),
    ("show", "--format", "markdown"),
    ("show", "--json"),
    *(("publish", "--format", form) for form in ("markdown", "csv", "json", "latex")),
    *(
        ("publish", "--format", form, "--output", f"FOLDER/{form}")
        for form in ("parquet", "html", "site")
    ),
    ("publish", "--format", "latex", "--pivot", "task"),
    ("export", "--format", "pytest-benchmark"),
    ("compare",),
    (ON_TERMINAL, "compare"),
    ("compare", "--json"),
)

#: Modules are compiled once, as where a program is installed.
ENVIRONMENT = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}


@contextlib.contextmanager
def terminal():
    """Yield the descriptor of a terminal that is read."""
    ours, theirs = pty.openpty()

    def read():
        with contextlib.suppress(OSError):  # nobody writes any more
            while os.read(ours, 1 << 16):
                pass

    reader = Thread(target=read)
    reader.start()
    try:
        yield theirs
    finally:
        os.close(theirs)
        reader.join()
        os.close(ours)


def memory(process):
    """Return the bytes of a process and its children, pages that they share counted once."""
    found = 0
    for one in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.Error):
            found += one.memory_full_info().pss
    return found


@contextlib.contextmanager
def started(arguments):
    """Start a command; it is waited for at the end of a ``with`` block."""
    on_terminal = arguments[0] == ON_TERMINAL
    with (
        terminal() if on_terminal else contextlib.nullcontext(subprocess.DEVNULL) as stdout,
        subprocess.Popen(
            [sys.executable, "-m", "rnnbench", *arguments[on_terminal:]],
            stdout=stdout,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
        ) as process,
    ):
        yield process


def seconds(arguments, cpus):
    """Return how long a command takes on some CPUs."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cpus)
    try:
        begin = time.perf_counter()
        with started(arguments) as process:
            process.wait()
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, process.args)
        return time.perf_counter() - begin
    finally:
        os.sched_setaffinity(0, before)


def peak(arguments):
    """Return the most MiB that a command holds."""
    most = 0
    with started(arguments) as process:
        while process.poll() is None:
            with contextlib.suppress(psutil.Error):
                most = max(most, memory(psutil.Process(process.pid)))
            time.sleep(0.05)
    return most / 2**20


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--comparisons", type=int, default=2500)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    every = os.sched_getaffinity(0)
    one = {max(every)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.jsonl"
        write(path, options.comparisons, processes=options.processes)
        made = Path(folder) / "made"
        made.mkdir()
        print(f"{4 * options.comparisons} rows, {path.stat().st_size / 2**20:.0f} MiB")
        for command in COMMANDS:
            files = [path, path] if "compare" in command else [path]
            words = [word.replace("FOLDER", str(made)) for word in command]
            words += map(str, files)
            both = [(seconds(words, every), seconds(words, one)) for _ in range(options.times)]
            halved, alone = map(sorted, zip(*both, strict=True))
            median, ends = statistics.median(halved), f"{halved[0]:.1f} to {halved[-1]:.1f}"
            print(
                f"{' '.join(command):48}{median:5.1f} ({ends}) s, on one CPU "
                f"{statistics.median(alone):4.1f} s {peak(words):5.0f} MiB",
                flush=True,
            )


if __name__ == "__main__":
    main()
