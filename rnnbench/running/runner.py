"""The flow of a run: each comparison is proved, prepared, timed and trained, and recorded."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial

from msgspec.structs import replace

from rnnbench.errors import UsageError
from rnnbench.plan import beginning
from rnnbench.plan.comparisons.build import Built, Tasks, build
from rnnbench.plugins.registry import Registry
from rnnbench.results.queries import run_of
from rnnbench.results.work_left import Remaining
from rnnbench.results.writer import Writer
from rnnbench.running import recording
from rnnbench.running.audits.random_rounds import Audits
from rnnbench.running.peaks import BLOCKS, PeakRates
from rnnbench.running.recording import SavedAs
from rnnbench.running.session import Session
from rnnbench.running.timing.conditions import Monitor
from rnnbench.running.timing.rounds import TimedProcess, steady_starts, take_turns
from rnnbench.running.view import View
from rnnbench.running.workers.pool import Pool, Slot
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.machine import Look
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.opening import Opened
from rnnbench.schema.messages.timing import Turn, Turned
from rnnbench.schema.messages.training import Trained
from rnnbench.schema.plan import Plan, Planned
from rnnbench.schema.records.beginning import Worker
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.records.timing import Round, RowTiming, Timing
from rnnbench.schema.records.training import Training
from rnnbench.schema.row import Row
from rnnbench.schema.status import MEASURED
from rnnbench.system import machine

#: The processes of each row of a comparison, or why there are none.
Prepared = dict[Row, list[TimedProcess] | Failed]


class Runner:
    """Carries out a plan; every result is on disk before the next one is begun."""

    def __init__(
        self,
        plan: Plan,
        registry: Registry,
        pool: Pool,
        writer: Writer,
        view: View,
        uninterrupted: Callable[[], AbstractContextManager[None]] = nullcontext,
        look: Look | None = None,
    ) -> None:
        """Prepare a run; nothing is started yet.

        Args:
            plan: what to do.
            registry: the plugins; to find them anew takes a while.
            pool: the workers, which the caller closes.
            writer: of the results file.
            view: is told of the progress.
            uninterrupted: holds up Ctrl-C while a turn is taken or a record is written; see
                :meth:`rnnbench.system.processes.signals.Interruption.uninterrupted`.
            look: who else computed just before, for the records.
        """
        self.plan = plan
        self.writer = writer
        self.view = view
        self.uninterrupted = uninterrupted
        self.look = look
        self.session = Session(pool, plan.processes, plan.seeds[0], uninterrupted)
        self.pool = pool
        self.registry = registry
        self._opened: dict[Slot, Opened] = {}

    def open(self) -> dict[Row, Opened | Failed]:
        """Start every worker; return what each row reports, or why none of its workers does.

        Raises:
            UsageError: if no backend has the device asked for.
        """
        self.pool.on_wait = self.view.tick
        self.view.stage("starting " + ", ".join(map(str, self.plan.rows)))
        replies = self.session.open(self.plan.rows)
        self._opened = {slot: reply for slot, reply in replies.items() if isinstance(reply, Opened)}
        self._check_devices()
        return {slot.row: reply for slot, reply in (*replies.items(), *self._opened.items())}

    def run(self, remaining: Remaining) -> bool:
        """Carry out what is left, with the workers that :meth:`open` has started.

        Returns:
            False if it was interrupted in a timing, of which the whole rounds have been written.

        Raises:
            KeyboardInterrupt: if it is interrupted elsewhere.
            ResultsError: if a result can't be written.
        """
        for (row, process), reply in self._opened.items():
            self._write(Worker(row=row, process=process, opened=reply))
        comparisons = remaining.comparisons
        self.view.expect(remaining.stages[1:])
        self.view.stage("checking that all rows compute the same")
        self.session.prove(self.plan.rows, comparisons, self.view.advance)
        brief = remaining.brief  # which looks at all comparisons
        peaks, moments = self._peak_rates(remaining, brief), remaining.moments
        for planned in comparisons:
            if planned.comparison.key in moments:
                self._measure_products(peaks)
            timing = remaining.timing(planned)
            if timing is None and remaining.is_to_time(planned):
                timing = self._time(planned)
            if timing and not timing.complete:
                return False
            if timing and not brief:
                self._measure_steps(peaks, timing)
            self._train(planned, timing, remaining)
            if timing:
                self.view.finished(partial(self._records_of, planned, timing))
        if not remaining.tried:
            self._measure_products(peaks, last=True)
        return True

    def _check_devices(self) -> None:
        every = [name for planned in self.plan.comparisons for name in needed(planned.comparison)]
        for device in dict.fromkeys(every):
            reports = self._opened.values()
            if reports and not any(device in report.devices for report in reports):
                devices = {slot.row.place: ", ".join(o.devices) for slot, o in self._opened.items()}
                here = "; ".join(f"{backend}: {has}" for backend, has in devices.items())
                raise UsageError(f"no backend has the device {device!r} here ({here})")

    def _time(self, planned: Planned) -> Timing:
        """Prepare the rows of a comparison, time them and write the record.

        Of an interrupted timing the whole rounds are kept.

        Raises:
            KeyboardInterrupt: if there is none.
        """
        rows: Prepared = {}
        for row in self.plan.rows:
            begin = partial(self.view.stage, f"preparing {row}", planned)
            rows[row] = self.session.prepare(row, planned, begin)
        self.view.stage("timing", planned, planned.max_time)
        start = time.monotonic()

        def timing(rounds: list[Round], complete: bool) -> Timing:
            return self._timing(planned, rows, start, rounds, complete)

        processes = timed_processes(rows)
        audits = Audits(processes, self.plan.timeout, self.pool.child_mark)
        with self._silence():
            rounds, complete = self._take_turns(planned, processes, audits, timing)
        # What is not proved is timed again, as a round that is not whole.
        complete = complete and is_through(partial(self._audit, planned, audits))
        # Once interrupted, a second signal ends the program, and nothing holds it up.
        with self.uninterrupted() if complete else nullcontext():
            found = timing(rounds, complete)
            self.writer.write(found)
        if complete:
            self.view.advance(1.0, partial(self._records_of, planned))
        return found

    def _timing(
        self,
        planned: Planned,
        rows: Prepared,
        start: float,
        rounds: list[Round],
        complete: bool,
    ) -> Timing:
        """Return the record of a comparison; where it is not complete no worker is asked."""
        processes = timed_processes(rows)
        return Timing(
            finished=machine.now(),
            comparison=planned.comparison,
            key=planned.comparison.key,
            length=processes[0].prepared.length if processes else None,
            seconds=time.monotonic() - start,
            rows=self._finish(rows, complete),
            rounds=rounds,
            complete=complete,
            look=self.look,
        )

    def _audit(self, planned: Planned, audits: Audits) -> None:
        """Hold what the rounds have left behind against the oracle."""

        def built() -> Built:
            weights = beginning.read(self.plan.weights)
            made = build(planned.comparison, Tasks(self.registry, weights))
            if made.task.data_hash != planned.data_hash:
                raise RuntimeError(f"the data of {planned.comparison.task} are no longer the same")
            return made

        audits.judge(built, planned.comparison, self.plan.seeds[0], planned.max_time)

    def _take_turns(
        self,
        planned: Planned,
        processes: Sequence[TimedProcess],
        audits: Audits,
        timing: Callable[[list[Round], bool], Timing],
    ) -> tuple[list[Round], bool]:
        """Time processes; return the conditions of each whole round, and whether it is complete."""
        monitor = Monitor(planned.comparison.device, self.pool.groups)
        rng = random.Random(planned.comparison.key)  # the same order when a run is repeated
        rounds: list[Round] = []
        for one in processes:
            one.take_turn = followed_by(self.view.tick, one.take_turn)

        def after_round(share: float) -> None:
            rounds.append(monitor.read())
            audits.after_round(len(rounds))
            self.view.advance(
                share, lambda: [*self._records_of(planned), timing(list(rounds), False)]
            )

        try:
            take_turns(processes, planned.max_time, self.plan.precision, rng, after_round)
        except KeyboardInterrupt:
            if not rounds:
                raise
            for one in processes:
                del one.turns[len(rounds) :]
            return rounds, False
        audits.after_last_round(len(rounds))
        return rounds, True

    def _records_of(self, planned: Planned, timed: Timing | None = None) -> list[AnyRecord]:
        """Return the records that tell of one comparison, the run among them as if of it alone.

        Args:
            planned: the comparison.
            timed: its timing, which an earlier attempt at a part may have in a file of its own.
        """
        key, found = planned.comparison.key, self.writer.records
        run = replace(run_of(found), plan=replace(self.plan, comparisons=[planned]))
        workers = [one for one in found if isinstance(one, Worker)]
        own = [one for one in found if isinstance(one, (Timing, Training)) and one.key == key]
        elsewhere = [timed] if timed and not any(isinstance(one, Timing) for one in own) else []
        return [run, *workers, *elsewhere, *own]

    def _finish(self, rows: Prepared, ask: bool) -> list[RowTiming]:
        """Return the records of all rows; see :meth:`Session.finish`."""
        steady = steady_starts(timed_processes(rows))
        return [
            recording.failed_row(row, own)
            if isinstance(own, Failed)
            else self.session.finish(row, own, steady.get(row), ask)
            for row, own in rows.items()
        ]

    def _train(self, planned: Planned, timing: Timing | None, remaining: Remaining) -> None:
        """Train the rows of a comparison that could be timed, with every seed.

        Where another part times them, those that are right, as every row is checked before.
        """
        status = {row.row: row.status for row in timing.rows} if timing else {}
        for row, seed in remaining.trainings(planned):
            self.view.stage(f"training {row}, seed {seed}", planned)
            if status.get(row, "ok") in MEASURED:
                reply = self.session.train(row, planned, seed, self.view.advance)
            else:
                reply = Failed("skipped", f"the row is {status[row]}")
            saved = self._save(planned, row, seed, reply)
            self._write(recording.training(planned, row, seed, reply, saved))

    def _save(
        self, planned: Planned, row: Row, seed: int, reply: Trained | Failed
    ) -> SavedAs | Failed | None:
        """Have the weights of a training written, if that is wanted."""
        if isinstance(reply, Failed) or not self.plan.save_weights:
            return None
        run = run_of(self.writer.records).run
        return self.session.save(row, planned, seed, run, reply.score, self.writer.path.parent)

    def _peak_rates(self, remaining: Remaining, brief: bool) -> PeakRates:
        slots = {slot.row.place: slot for slot in reversed(self._opened)}
        blocks = 1 if brief and remaining.max_times else BLOCKS
        return PeakRates(remaining.products(slots), slots, self.session, self._write, blocks)

    def _measure_products(self, peaks: PeakRates, last: bool = False) -> None:
        self.view.stage("measuring matrix products")
        with self._silence():
            peaks.measure(last)

    def _measure_steps(self, peaks: PeakRates, timing: Timing) -> None:
        """Measure the products that the rows of a comparison take step by step."""
        where = timing.comparison.device, timing.comparison.dtype
        with self._silence():
            for shape in {row.step_products.shape for row in timing.rows if row.step_products}:
                peaks.measure_steps(*where, shape)

    @contextmanager
    def _silence(self) -> Iterator[None]:
        """Show nothing while workers are waited for: they are timed."""
        self.pool.on_wait = nothing
        try:
            yield
        finally:
            self.pool.on_wait = self.view.tick

    def _write(self, record: AnyRecord) -> None:
        with self.uninterrupted():
            self.writer.write(record)


def needed(comparison: Comparison) -> list[str]:
    """Return the devices that must be there for a comparison; those within a CPU are made."""
    one = comparison.device == "cpu" or not comparison.devices
    return [comparison.device] if one else comparison.devices


def is_through(act: Callable[[], object]) -> bool:
    """Do something; return whether nobody has interrupted it."""
    try:
        act()
    except KeyboardInterrupt:
        return False
    return True


def nothing() -> None:
    """Do nothing."""


def followed_by(
    then: Callable[[], None], take_turn: Callable[[Turn], Turned | Failed]
) -> Callable[[Turn], Turned | Failed]:
    """Return what takes a turn, and does something else after it."""

    def taken(turn: Turn) -> Turned | Failed:
        reply = take_turn(turn)
        then()
        return reply

    return taken


def timed_processes(rows: Prepared) -> list[TimedProcess]:
    """Return the processes of the rows that could be prepared."""
    return [one for own in rows.values() if not isinstance(own, Failed) for one in own]
