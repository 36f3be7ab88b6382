"""What is left when watchdogs and parent are stopped and killed, in every order.

    python tests/benchmarks/orders.py
    python tests/benchmarks/orders.py --longest 5 --sample 300

An order is a row of acts, the last of which ends the parent. A worker has started everything that
tries to get away (``tests/fake/escapes.py``); *contained* is an order after which nobody is left
two seconds later, no worker and no descendant, and no watchdog ten seconds later: it looks several
times. Where both watchdogs were killed and the
parent has not looked since, nobody guards what workers have started; that is counted apart.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "fake"))

import escapes
from commands import ENVIRONMENT
from escaping import Parent, gone

WITHIN, WATCHDOGS_WITHIN = 2.0, 10.0
#: What may be done before the end; a parent that is stopped can't be asked.
ACTS = {
    "stop a watchdog": lambda parent: os.kill(parent.watchdogs[0], signal.SIGSTOP),
    "continue it": lambda parent: os.kill(parent.watchdogs[0], signal.SIGCONT),
    "terminate it": lambda parent: os.kill(parent.watchdogs[0], signal.SIGTERM),
    "kill the other": lambda parent: parent.kill_watchdogs(1),
    "kill both": Parent.kill_watchdogs,
    "stop parent": lambda parent: parent.process.send_signal(signal.SIGSTOP),
    "continue parent": lambda parent: parent.process.send_signal(signal.SIGCONT),
    "look": lambda parent: parent.ask("look around"),
    "resume": lambda parent: parent.ask("resume"),
}


def orders(longest):
    """Yield all orders in which each act changes something."""
    for length in range(longest + 1):
        yield from filter(makes_sense, itertools.product(ACTS, repeat=length))


def makes_sense(order):
    stopped, parent_stopped, alive, resumed = False, False, 2, False
    for act in order:
        senseless = {
            "stop a watchdog": stopped or alive == 0,
            "continue it": not stopped,
            "terminate it": alive == 0,
            "kill the other": alive < 2,
            "kill both": alive == 0,
            "stop parent": parent_stopped,
            "continue parent": not parent_stopped,
            "look": parent_stopped,
            "resume": parent_stopped or resumed,
        }
        if senseless[act]:
            return False
        stopped = (stopped or act == "stop a watchdog") and act not in ("continue it", "look")
        parent_stopped = (parent_stopped or act == "stop parent") and act != "continue parent"
        alive = {"kill the other": 1, "kill both": 0, "look": 2}.get(act, alive)
        stopped &= alive > 0
        resumed |= act == "resume"
    return True


def unguarded(order):
    """Return whether both watchdogs were killed and nobody has looked since."""
    return "kill both" in order and "look" not in order[order[::-1].index("kill both") * -1 - 1 :]


def left_by(order):
    """Return what is left after an order."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "pipes")
        place.mkdir()
        pipes = escapes.Pipes(place)
        parent = Parent(folder, os.environ | ENVIRONMENT | {escapes.VARIABLE: str(place)})
        for act in order:
            ACTS[act](parent)
        parent.kill()
        left = pipes.left(WITHIN)
        left |= {"a worker" for pid in parent.workers if not gone(pid, within=0)}
        for pid in parent.watchdogs:
            if not gone(pid, WATCHDOGS_WITHIN):
                left.add("a watchdog")
                os.kill(pid, signal.SIGKILL)
        end_stopped(place)
        pipes.close()  # whoever is left ends when it writes
        return left


def end_stopped(place):
    """End who holds one of the pipes, and is stopped and won't write ever."""
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            ends = [str(end.readlink()) for end in Path(f"/proc/{process.pid}/fd").iterdir()]
            if process.pid != os.getpid() and any(end.startswith(str(place)) for end in ends):
                process.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--longest", type=int, default=3, help="acts before the parent is killed")
    parser.add_argument("--sample", type=int, help="so many of the orders, drawn")
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn")
    options = parser.parse_args()
    tried = list(orders(options.longest))
    if options.sample and options.sample < len(tried):
        tried = random.Random(options.seed).sample(tried, options.sample)
    counts = {False: [0, 0], True: [0, 0]}
    for order in tried:
        left = left_by(order)
        count = counts[unguarded(order)]
        count[0] += 1
        count[1] += not left
        if left:
            print(f"{', '.join(order) or 'nothing'}, kill parent: {sorted(left)}", flush=True)
    for apart, (number, contained) in counts.items():
        name = "both killed, no look since" if apart else "guarded"
        print(f"{name:32} tried {number:4} contained {contained:4} lost {number - contained:4}")
    sys.exit(counts[False][0] != counts[False][1])


if __name__ == "__main__":
    main()
