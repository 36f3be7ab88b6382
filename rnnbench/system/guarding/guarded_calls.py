"""Calling strangers: what they print is set aside, and what the process has is put back."""

from __future__ import annotations

import builtins
import os
from contextlib import AbstractContextManager, ExitStack
from types import TracebackType

from rnnbench.errors import PluginError, UsageError
from rnnbench.system.guarding import children, threads, watched
from rnnbench.system.guarding.functions import same_functions, told
from rnnbench.system.guarding.owner import Owner, owner, really_exit
from rnnbench.system.guarding.state import same_state
from rnnbench.system.guarding.streams import other_streams
from rnnbench.system.processes import bonds


class in_hand(AbstractContextManager[None]):  # noqa: N801 - it is called as a function
    """Call strangers within a ``with`` block.

    What they print is set aside, nobody is asked on stdin, and afterwards streams, signal handlers,
    timers, limits, modules, built-in names, functions of libraries, the environment and the current
    folder are as they were. A thread that they leave behind can't be ended; it is told.

    Attributes:
        entered: whether strangers are called at all; what is raised before is no fault of theirs.
    """

    def __init__(self, who: str, what: str = "") -> None:
        """Change nothing yet.

        Args:
            who: is named if they end the program.
            what: which of their methods, or what else they do; for whoever watches a worker.
        """
        self.entered = False
        self._who, self._what = who, what
        self._owner = owner()
        self._builtins = vars(builtins)

    def __enter__(self) -> None:
        found = self._owner
        self.entered = found is None
        if found is None:
            self._told = watched.tell(self._who, self._what)
            return
        found.depth += 1
        try:
            if found.depth == 1:
                self._keep(found)
        except OSError as error:
            found.depth -= 1
            raise UsageError(f"{self._who} can't be called: {error.strerror or error}") from error
        self.entered = True
        self._named = f"{self._who}: {self._what}" if self._what else self._who
        self._before = found.name(self._named)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._owner is None:
            watched.tell(*self._told)
            return
        found = self._owner
        self._builtins.update(found.built_in)  # first, and without one of them
        if os.getpid() != found.pid:
            really_exit(1)  # a child of a stranger's ends here at the latest
        found.depth -= 1
        found.name(self._before)
        if found.depth:
            return
        try:
            self._stack.__exit__(kind, error, trace)
        except OSError as closed:
            found.name(self._named)
            found.is_over = True  # nothing goes on without these files
            reason = f"{self._who} has closed files that the program has open"
            raise PluginError(reason) from closed
        self._look_behind(found)
        if kind is None and found.interrupted and not found.is_child:
            raise KeyboardInterrupt  # and whoever was in hand has gone on

    def _look_behind(self, found: Owner) -> None:
        """Tell of what is left behind; a process is ended, as a thread can't be."""
        if self._replaced:
            found.warn(f"{self._who} has replaced {told(self._replaced)}, put back")
        if left := threads.since(self._threads):
            found.warn(f"{self._who} {left}")
        if children.end_since(self._started):
            found.warn(f"{self._who} leaves a process behind, which is ended")
        bonds.release()

    def _keep(self, found: Owner) -> None:
        if self._who not in found.seen:  # a long run calls the same few all the time
            found.seen.append(self._who)
        found.interrupted = False
        found.built_in = self._builtins.copy()
        self._replaced: list[str] = []
        self._threads = threads.count()
        with ExitStack() as stack:
            stack.enter_context(other_streams(found))
            stack.enter_context(same_state(found))
            stack.enter_context(same_functions(self._replaced))  # the first to be put back
            self._stack = stack.pop_all()
        bonds.adopt_orphans()  # of which they might make some
        self._started = children.started()
