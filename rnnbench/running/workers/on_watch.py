"""A watchdog's own process: it sleeps until its stdin is closed, by whatever ended the parent.

It is started as ``python -P -m rnnbench.running.workers.on_watch MARK``; see
:mod:`rnnbench.running.workers.watchdog`. It sleeps for hours, and small: little is imported.
"""

import signal
import sys
import time

from rnnbench.system.processes import bonds
from rnnbench.system.processes.signals import SIGNALS


def main() -> None:
    """Sleep until the parent has died; then end the workers it has left."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # clusters send them to everyone
    bonds.wake_when_parent_dies()
    sys.stdin.buffer.read()
    from rnnbench.system.processes.descendants import end_marked  # not before

    for _ in range(5):  # what was just being started when the parent ended is found, too
        end_marked(sys.argv[1])
        time.sleep(0.1)


if __name__ == "__main__":
    main()
