"""The ways in which a row of the table can end.

A worker that lives says what went wrong (:mod:`rnnbench.worker.error_reply`); of one that has ended
or is silent the parent finds it out (:mod:`rnnbench.running.workers.worker_process`).
"""

from __future__ import annotations

from typing import Literal

#: How a row of the table can end.
Status = Literal[
    "ok",
    "unsteady",
    "failed",
    "timeout",
    "oom",
    "crashed",
    "mismatch",
    "unsupported",
    "skipped",
]
#: The ends with figures.
MEASURED: frozenset[Status] = frozenset({"ok", "unsteady"})
#: The ends that make a run exit with 1.
FAILURES: frozenset[Status] = frozenset({"failed", "timeout", "oom", "crashed", "mismatch"})
#: The ends that may be otherwise when it is tried again.
RETRIED: frozenset[Status] = FAILURES | {"skipped"}
