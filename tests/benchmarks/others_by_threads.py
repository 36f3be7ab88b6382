"""What others seem to compute on a quiet machine, by the threads of a program.

    python tests/benchmarks/others_by_threads.py --seconds 4

A program hashes on n CPUs that it is bound to, in blocks of 50 ms, as a worker computes; beside
nobody, and beside one process that spins on one of its CPUs. Printed are the 10, 50 and 90 % of
the others' processor time over wall time, which the limit of measure/disturbance.py is held
against.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BLOCK = 0.05
DATA = bytes(1 << 16)
IDLE, IOWAIT = 4, 5


def idle_ns(cpus):
    """Return how long these CPUs were idle, together."""
    tick = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
    text = Path("/proc/stat").read_text()
    lines = [line.split() for line in text.splitlines() if line.startswith("cpu")]
    every = {line[0] for line in lines} - {"cpu"}
    mine = {f"cpu{cpu}" for cpu in cpus}
    wanted = {"cpu"} if every <= mine else mine
    return tick * sum(int(line[IDLE]) + int(line[IOWAIT]) for line in lines if line[0] in wanted)


def hash_until(end):
    while time.monotonic() < end:
        hashlib.sha256(DATA).digest()


def shares(cpus, seconds):
    """Return others' processor time over wall time of each block, while n threads hash."""
    os.sched_setaffinity(0, cpus)
    found, stop = [], time.monotonic() + seconds
    with ThreadPoolExecutor(len(cpus)) as pool:
        while time.monotonic() < stop:
            start, idle, own = time.monotonic_ns(), idle_ns(cpus), time.process_time_ns()
            list(pool.map(hash_until, [time.monotonic() + BLOCK] * len(cpus)))
            wall = time.monotonic_ns() - start
            used = time.process_time_ns() - own
            found.append((len(cpus) * wall - (idle_ns(cpus) - idle) - used) / wall)
    return found


def spin(cpu):
    os.sched_setaffinity(0, {cpu})
    while True:
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=4.0)
    options = parser.parse_args()
    every = sorted(os.sched_getaffinity(0))
    counts = sorted({n for n in (1, 2, 4, 8, 16, 32, 64, 128) if n < len(every)} | {len(every)})
    for beside in (False, True):
        for n in counts:
            hog = multiprocessing.Process(target=spin, args=(every[0],), daemon=True)
            if beside:
                hog.start()
            cuts = statistics.quantiles(shares(set(every[:n]), options.seconds), n=10)
            if beside:
                hog.kill()
            name = "beside one that spins" if beside else "quiet"
            print(f"{name:22} {n:4} threads", *(f"{cuts[k]:6.2f}" for k in (0, 4, 8)), flush=True)


if __name__ == "__main__":
    main()
