"""Third-party code in this process: kept off our streams, and named if it ends the program.

A plugin is imported and asked within the process of a command. It may print where JSON is to come,
change what the process has, or end it. Only the command line owns its process, and says so by
:func:`process_is_ours`; elsewhere, in a notebook or in a worker, nothing here changes anything.
"""

from rnnbench.system.guarding.guarded_calls import in_hand
from rnnbench.system.guarding.in_child import apart, computed
from rnnbench.system.guarding.owner import (
    is_interruption,
    keep_threads_from_exiting,
    owned,
    process_is_ours,
)
from rnnbench.system.guarding.rehearsal import rehearse, rehearse_once

__all__ = [
    "apart",
    "computed",
    "in_hand",
    "is_interruption",
    "keep_threads_from_exiting",
    "owned",
    "process_is_ours",
    "rehearse",
    "rehearse_once",
]
