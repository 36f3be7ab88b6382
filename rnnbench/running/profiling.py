"""Rows looked at by the profiler of their framework, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from rnnbench.errors import UsageError
from rnnbench.running import recording
from rnnbench.running.launch import pool_of
from rnnbench.running.peaks import BLOCKS
from rnnbench.running.session import Session
from rnnbench.running.wait_for_machine import our_turn
from rnnbench.running.workers.pool import Pool, Slot
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.opening import Opened
from rnnbench.schema.messages.peak_rate import Gemm
from rnnbench.schema.messages.profiling import Profiled, TakeProfile
from rnnbench.schema.messages.timing import Prepared
from rnnbench.schema.plan import Plan, Planned
from rnnbench.schema.records.peak import Peak
from rnnbench.schema.row import Row
from rnnbench.system.processes.signals import Interruption
from rnnbench.text import plain


class RowProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of a row.

    Attributes:
        row: backend and variant.
        trace: the file of its trace.
        prepared: its first figures.
        profiled: the profile.
        failure: in their place, why there is none.
    """

    row: Row
    trace: str | None = None
    prepared: Prepared | None = None
    profiled: Profiled | None = None
    failure: Failed | None = None


class Profiles(msgspec.Struct, frozen=True):
    """All that was seen.

    Attributes:
        planned: what the rows compute.
        rows: in the order of the plan.
        peaks: samples of the best matrix product of each backend.
    """

    planned: Planned
    rows: list[RowProfile]
    peaks: list[Peak]


def profile(
    plan: Plan,
    folder: Path,
    steps: int,
    tell: Callable[[str], None],
    stage: Callable[[str], None],
    wait: bool = True,
) -> Profiles:
    """Prove, prepare and profile each row; its trace and its log are put into a folder.

    Args:
        plan: of one comparison.
        folder: new or empty.
        steps: of each row under the profiler.
        tell: shows a line.
        stage: shows what is done now.
        wait: False to refuse where another run measures on this machine.

    Raises:
        UsageError: if the folder is not empty or can't be made, the machine is in use and ``wait``
            is False, or no backend has the device.
        KeyboardInterrupt: if it is interrupted; what was written stays.
    """
    made = new_folder(folder)
    pool = pool_of(plan, folder, tell)
    try:
        with Interruption(tell) as interruption:
            try:
                with our_turn(tell, wait):
                    return Profiler(plan, folder, steps, pool, stage).all_rows()
            finally:
                interruption.ignore()  # the workers are ended in any case
                pool.close()
    except UsageError:
        remove(folder, made)
        raise


def new_folder(folder: Path) -> bool:
    """Make a folder, unless an empty one is there; return whether it was made.

    Raises:
        UsageError: if that is not possible.
    """
    try:
        if folder.is_dir() and any(folder.iterdir()):
            raise UsageError(plain(f"--output {folder}: it is not empty; name a new folder"))
        there = folder.is_dir()
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:  # a zero byte
        reason = (isinstance(error, OSError) and error.strerror) or error
        raise UsageError(plain(f"--output {folder}: {reason}")) from None
    return not there


def remove(folder: Path, made: bool) -> None:
    """Remove the logs of workers of which nothing came, and the folder if we have made it."""
    with suppress(OSError):
        for log in folder.glob("*.log"):
            log.unlink()
        if made:
            folder.rmdir()


class Profiler:
    """Takes the rows of a plan through their stages."""

    def __init__(
        self, plan: Plan, folder: Path, steps: int, pool: Pool, stage: Callable[[str], None]
    ) -> None:
        """Start nothing yet; see :func:`profile`."""
        self._plan, self._folder, self._steps = plan, folder, steps
        (self._planned,) = plan.comparisons
        self._pool, self._stage = pool, stage
        self._session = Session(pool, 1, plan.seeds[0])

    def all_rows(self) -> Profiles:
        """Return what is seen of all rows."""
        rows = self._plan.rows
        self._stage(f"starting {', '.join(map(str, rows))}")
        opened = self._session.open(rows)
        self._check_device([one for one in opened.values() if isinstance(one, Opened)])
        self._stage("checking that all rows compute the same")
        self._session.prove(rows, [self._planned], lambda share: None)
        found = [self._row(row) for row in rows]
        able = {one.row.backend: one.row for one in found if one.profiled}
        return Profiles(self._planned, found, [self._peak(row) for row in able.values()])

    def _check_device(self, opened: list[Opened]) -> None:
        device = self._planned.comparison.device
        if opened and not any(device in one.devices for one in opened):
            raise UsageError(f"no backend has the device {device!r} here")

    def _row(self, row: Row) -> RowProfile:
        self._stage(f"profiling {row}")
        built = self._session.prepare(row, self._planned)
        if isinstance(built, Failed):
            return RowProfile(row=row, failure=built)
        path = (self._folder / f"{row.place}-{row.variant}.trace.json").absolute()
        reply = self._pool.ask(Slot(row, 0), TakeProfile(self._steps, str(path)), Profiled)
        if isinstance(reply, Failed):
            return RowProfile(row=row, failure=reply)
        trace = str(self._folder / path.name)
        return RowProfile(row=row, trace=trace, prepared=built[0].prepared, profiled=reply)

    def _peak(self, row: Row) -> Peak:
        self._stage(f"the best matrix product of {row.backend}")
        comparison = self._planned.comparison
        product = (row.backend, comparison.device, comparison.dtype)
        reply = self._session.matrix_product(Slot(row, 0), Gemm(*product[1:], BLOCKS))
        return recording.peak(*product, reply)
