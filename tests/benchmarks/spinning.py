"""How long do threads of BLAS go on once a matrix is decomposed?

    python tests/benchmarks/spinning.py [--sizes 64 96 128 512]

A turn begins with weights that are drawn, among them orthogonal matrices. Printed are, for square
matrices of each size, the milliseconds of the QR decomposition itself and those of processor time
that the other threads of the process took in the half second after it. Linux only.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import numpy as np


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[32, 64, 96, 128, 512])
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    print("| rows | QR, ms | others after it, ms |\n|--:|--:|--:|")
    for size in options.sizes:
        drawn = rng.standard_normal((size, size))
        time.sleep(0.5)  # until those of the size before sleep
        begun = time.perf_counter()
        np.linalg.qr(drawn)
        took, before = time.perf_counter() - begun, others()
        time.sleep(0.5)
        print(f"| {size} | {1e3 * took:.1f} | {1e3 * (others() - before):.0f} |", flush=True)


def others():
    """Return the seconds of processor time of all threads but this one."""
    own = str(os.getpid())
    tasks = [task for task in Path("/proc/self/task").iterdir() if task.name != own]
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


if __name__ == "__main__":
    main()
