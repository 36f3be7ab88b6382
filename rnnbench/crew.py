"""The workers of a run, one per row: opened together, replaced after a crash, ended together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from rnnbench.errors import WorkerError
from rnnbench.plan import Row
from rnnbench.process import WorkerProcess
from rnnbench.protocol import Failed, Open, Opened, Progress, Reply, Request

R = TypeVar("R", bound=Reply)


class Crew:
    """Asks workers on behalf of rows; whatever breaks in one is answered as ``Failed``.

    A worker is suspended whenever it is not asked. One that crashed or was ended is replaced when
    its row is next prepared (:meth:`ready`); one that could not open is not tried again.
    """

    def __init__(self, plugins: Sequence[str], threads: int, folder: Path, timeout: float) -> None:
        """Start nothing yet.

        Args:
            plugins: the values of ``-p`` that hold in the parent.
            threads: compute threads of each worker.
            folder: takes the log of each worker.
            timeout: seconds that a worker may be silent.
        """
        self._plugins = list(plugins)
        self._threads = threads
        self._folder = folder
        self._timeout = timeout
        self._workers: dict[Row, WorkerProcess] = {}
        self._unfit: dict[Row, Failed] = {}

    def open(self, rows: Sequence[Row]) -> dict[Row, Opened | Failed]:
        """Start the workers of ``rows`` side by side; return what each of them says."""
        for row in rows:
            self._start(row)
        return {row: self._opened(row) for row in rows}

    def ready(self, row: Row) -> Failed | None:
        """Replace the row's worker if it has ended; return why there is none, if there is none."""
        if row in self._unfit:
            return self._unfit[row]
        if row not in self._workers:
            self._start(row)
            reply = self._opened(row)
            return reply if isinstance(reply, Failed) else None
        return None

    def ask(
        self,
        row: Row,
        request: Request,
        expect: type[R],
        progress: Callable[[Progress], None] | None = None,
    ) -> R | Failed:
        """Ask the row's worker and suspend it again; see :meth:`WorkerProcess.ask`."""
        if row not in self._workers:
            return Failed("skipped", "its worker has ended")
        return self._guarded(row, lambda worker: worker.ask(request, expect, progress))

    def close(self) -> None:
        """End every worker."""
        for worker in self._workers.values():
            worker.kill()
        self._workers.clear()

    def log(self, row: Row) -> Path:
        """Return the file that takes what the row's worker prints."""
        return self._folder / f"{row.backend}-{row.variant}.log"

    def _start(self, row: Row) -> None:
        worker = WorkerProcess(self.log(row), self._threads, self._timeout)
        self._workers[row] = worker
        worker.tell(Open(row.backend, self._plugins, self._threads))

    def _opened(self, row: Row) -> Opened | Failed:
        reply = self._guarded(row, lambda worker: worker.hear(Opened))
        if isinstance(reply, Failed):
            self._unfit[row] = reply
        return reply

    def _guarded(self, row: Row, act: Callable[[WorkerProcess], R | Failed]) -> R | Failed:
        try:
            reply = act(self._workers[row])
            self._workers[row].suspend()
        except WorkerError as error:
            self._workers.pop(row).kill()
            return Failed(error.status, f"{error}; see {self.log(row)}")
        return reply
