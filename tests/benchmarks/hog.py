"""A noisy neighbour: one thread that spins and rests for random times, a process of its own."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import time

#: Seconds of spinning, and of resting, in the mean.
MEAN = 2.0


@contextlib.contextmanager
def hog(seed, on=True):
    """Keep a hog beside what is done within; nothing with ``on`` false."""
    if not on:
        yield
        return
    process = subprocess.Popen([sys.executable, __file__, str(seed)])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def spin_and_rest(seed):
    """Alternate for ever, or until the parent has gone."""
    rng, parent = random.Random(seed), os.getppid()
    while os.getppid() == parent:
        end = time.monotonic() + rng.expovariate(1 / MEAN)
        while time.monotonic() < end:
            pass
        time.sleep(rng.expovariate(1 / MEAN))


if __name__ == "__main__":
    spin_and_rest(int(sys.argv[1]))
