"""What gets away of descendants that do all to get away, whatever ends them.

    python tests/benchmarks/breakouts.py --repeats 10

A worker starts one of each kind (``tests/fake/escapes.py``). *Contained* is a kind of which nobody
is left two seconds after the end; and while the worker is suspended, one that does nothing.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "fake"))

import escapes
from commands import ENVIRONMENT
from escaping import Parent

WITHIN = 2.0
EVERYONE = (*escapes.KINDS, *escapes.MARKLESS)


def suspended(parent, pipes):
    return pipes.running()


def worker_ended(parent, pipes):
    parent.ask("resume")
    parent.ask("end")
    return pipes.left(WITHIN)


def run_ended(parent, pipes):
    parent.ask("resume")
    parent.close()
    return pipes.left(WITHIN)


def parent_killed(parent, pipes):
    parent.ask("resume")
    parent.kill()
    return pipes.left(WITHIN)


def watchdogs_then_parent_killed(parent, pipes):
    parent.kill_watchdogs()
    parent.ask("look around")
    parent.ask("resume")
    parent.kill()
    return pipes.left(WITHIN)


def one_watchdog_and_parent_killed(parent, pipes):
    parent.ask("resume")
    parent.kill_watchdogs(1)
    parent.kill()
    return pipes.left(WITHIN)


def all_killed_at_once(parent, pipes):
    for pid in (*parent.watchdogs, parent.process.pid):
        os.kill(pid, signal.SIGSTOP)
    parent.kill_watchdogs()
    parent.kill()
    return pipes.left(WITHIN)


#: What ends the descendants, and the kinds that are tried.
TRIALS = [
    (suspended, EVERYONE),
    (worker_ended, tuple(escapes.KINDS)),
    (run_ended, EVERYONE),
    (parent_killed, EVERYONE),
    (watchdogs_then_parent_killed, EVERYONE),
    (one_watchdog_and_parent_killed, EVERYONE),
    (all_killed_at_once, EVERYONE),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=10)
    repeats = parser.parse_args().repeats
    print(f"{'trial':30} {'tried':>6} {'contained':>9} {'lost':>6}")
    for trial, kinds in TRIALS:
        lost = Counter(kind for _ in range(repeats) for kind in tried(trial, kinds))
        count, all_lost = repeats * len(kinds), lost.total()
        who = ", ".join(f"{kind} {number}" for kind, number in sorted(lost.items()))
        name = trial.__name__.replace("_", " ")
        print(f"{name:30} {count:6} {count - all_lost:9} {all_lost:6} {who}", flush=True)


def tried(trial, kinds):
    """Return the kinds that were lost in one trial."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "pipes")
        place.mkdir()
        pipes = escapes.Pipes(place, kinds)
        parent = Parent(folder, os.environ | ENVIRONMENT | {escapes.VARIABLE: str(place)})
        lost = trial(parent, pipes)
        parent.kill()
        pipes.close()  # whoever is left ends when it writes
        return lost


if __name__ == "__main__":
    main()
