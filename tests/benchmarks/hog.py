"""Noisy neighbours: processes of one thread that spin, for random times or a share of all time."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import time

#: Seconds of spinning, and of resting, in the mean.
MEAN = 2.0
#: Seconds of which a neighbour spins a share.
PERIOD = 0.02


@contextlib.contextmanager
def hog(seed, on=True):
    """Keep a process that spins and rests beside what is done within; nothing with ``on`` false."""
    with beside([[sys.executable, __file__, "hog", str(seed)]] if on else []):
        yield


@contextlib.contextmanager
def busy(count, share=1.0):
    """Keep so many processes beside what is done within that spin this share of the time."""
    with beside([[sys.executable, __file__, "busy", str(share)]] * count):
        yield


@contextlib.contextmanager
def beside(commands):
    """Keep commands running beside what is done within."""
    processes = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for command in commands]
    try:
        yield
    finally:
        for process in processes:
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


def spin(share):
    """Spin this share of each period until the parent has gone."""
    parent = os.getppid()
    while os.getppid() == parent:
        end = time.monotonic() + share * PERIOD
        while time.monotonic() < end:
            pass
        if share < 1:
            time.sleep((1 - share) * PERIOD)


if __name__ == "__main__":
    kind, value = sys.argv[1:]
    spin_and_rest(int(value)) if kind == "hog" else spin(float(value))
