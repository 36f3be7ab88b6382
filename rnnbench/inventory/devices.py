"""Devices and versions of backends, as their workers report them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress

from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.opening import Opened

#: Shows a text for as long as its ``with`` block lasts.
Status = Callable[[str], AbstractContextManager[object]]
#: Seconds that a worker may be silent.
TIMEOUT = 120.0


def ask_backends(
    names: Sequence[str],
    plugins: Sequence[str],
    status: Status,
    print_log: Callable[[str], None] | None = None,
) -> dict[str, Opened | Failed]:
    """Start a worker of each backend, in its default variant, and return what it reports.

    Args:
        names: the backends.
        plugins: the values of ``-p``.
        status: shows that this takes a while.
        print_log: is given the log of each worker that failed.
    """
    from rnnbench.running.workers.log_folder import log_folder
    from rnnbench.running.workers.pool import Pool, Slot
    from rnnbench.schema.row import Row
    from rnnbench.system import threads
    from rnnbench.system.io.files import read_file
    from rnnbench.system.processes.limits import LARGEST_FILE

    with log_folder() as folder, status("asking for devices"):
        pool = Pool(plugins, threads.available(), folder.path, TIMEOUT)
        try:
            replies = pool.open([Slot(Row(name, "default"), 0) for name in names])
            for slot, reply in replies.items():
                if not isinstance(reply, Failed):
                    continue
                folder.told(reply.reason)
                if print_log:
                    with suppress(OSError):  # a worker may have put anything in its place
                        print_log(read_file(pool.log(slot), LARGEST_FILE).decode(errors="replace"))
        finally:
            pool.close()
    return {slot.row.backend: reply for slot, reply in replies.items()}
