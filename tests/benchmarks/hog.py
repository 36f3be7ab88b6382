"""Noisy neighbours: processes of one thread that spin, for ever or for random times."""

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
    """Keep a process that spins and rests beside what is done within; nothing with ``on`` false."""
    with beside([[sys.executable, __file__, str(seed)]] if on else []):
        yield


@contextlib.contextmanager
def busy(count):
    """Keep so many processes that never rest beside what is done within."""
    with beside([[sys.executable, __file__]] * count):
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


def spin():
    """Never rest until the parent has gone."""
    parent = os.getppid()
    while os.getppid() == parent:
        pass


if __name__ == "__main__":
    spin_and_rest(int(sys.argv[1])) if sys.argv[1:] else spin()
