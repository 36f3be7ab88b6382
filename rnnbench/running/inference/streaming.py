"""A run that gives rows one step at a time: they are prepared, timed in rounds and proved."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial

from rnnbench.contracts.inference.streaming import streamed
from rnnbench.plan import beginning
from rnnbench.plan.comparisons.build import Tasks, build
from rnnbench.results.queries import streamings
from rnnbench.results.work_left import Remaining, Stage
from rnnbench.running.audits.in_child import judged
from rnnbench.running.inference.proof import AuditedStream, Whole, compare, whole
from rnnbench.running.inference.streamed_process import StreamedProcess
from rnnbench.running.runner import Runner, is_through
from rnnbench.running.timing.conditions import Monitor
from rnnbench.running.timing.rounds import in_turn, intact_rows
from rnnbench.running.workers.pool import Slot
from rnnbench.schema.messages.inference import (
    AskStream,
    PrepareStream,
    StreamPrepared,
    StreamTaken,
    StreamTold,
    TakeStream,
)
from rnnbench.schema.messages.message import Failed, Progress
from rnnbench.schema.plan import Planned
from rnnbench.schema.records.beginning import Worker
from rnnbench.schema.records.streaming import RowStreaming, Streaming
from rnnbench.schema.records.timing import Round
from rnnbench.schema.row import Row
from rnnbench.schema.sample import StreamTurn
from rnnbench.system import machine

#: Seconds of a block of steps, and how many it has: enough for a 99th percentile, and few enough
#: for the oracle to follow.
BLOCK, FEWEST, MOST = 0.05, 200, 1000
#: One round of so many is audited, and the last one; the oracle follows so many at most.
AUDITED, FOLLOWED = 4, 5


class StreamRunner(Runner):
    """Carries out a plan whose rows are given one step at a time, and nothing else."""

    def run(self, remaining: Remaining) -> bool:
        """Stream what is left; see :meth:`Runner.run`."""
        for (row, process), reply in self._opened.items():
            self._write(Worker(row=row, process=process, opened=reply))
        done = {one.key for one in streamings(self.writer.records) if one.complete}
        left = [one for one in self.plan.comparisons if one.comparison.key not in done]
        self.view.expect([stage for planned in left for stage in self._stages_of(planned)])
        return all(self._stream(planned) for planned in left)

    def _stages_of(self, planned: Planned) -> list[Stage]:
        key = planned.comparison.key
        preparing = [Stage("preparing", key, row) for row in self.plan.rows]
        return [*preparing, Stage("timing", key, most=planned.max_time)]

    def _stream(self, planned: Planned) -> bool:
        """Prepare, time and prove the rows of a comparison, and write the record.

        Raises:
            KeyboardInterrupt: if it is interrupted before a round is whole.
        """
        rows: dict[Row, list[StreamedProcess] | Failed] = {}
        for row in self.plan.rows:
            self.view.stage(f"preparing {row}", planned)
            rows[row] = self._prepare_stream(row, planned)
        self.view.stage("timing", planned, planned.max_time)
        start = time.monotonic()
        processes = [one for own in rows.values() if isinstance(own, list) for one in own]
        with self._silence():
            rounds, audited, complete = self._rounds(planned, processes)
        complete = complete and is_through(partial(self._prove, planned, processes, audited))
        with self.uninterrupted() if complete else nullcontext():
            found = Streaming(
                finished=machine.now(),
                comparison=planned.comparison,
                key=planned.comparison.key,
                seconds=time.monotonic() - start,
                rows=[recorded(row, own) for row, own in rows.items()],
                rounds=rounds,
                complete=complete,
                look=self.look,
            )
            self.writer.write(found)
        if complete:
            self.view.advance(1.0)
        return complete

    def _prepare_stream(self, row: Row, planned: Planned) -> list[StreamedProcess] | Failed:
        """Prepare a row in each of its processes; return them, or the first failure."""
        seed, data = self.plan.seeds[0], planned.data_hash
        request = PrepareStream(planned.comparison, row.variant, seed, data)
        found: list[StreamedProcess] = []
        for process in range(self.plan.processes):
            slot = Slot(row, process)
            reply = self.pool.ready(slot) or self.pool.ask(slot, request, StreamPrepared)
            if isinstance(reply, Failed):
                return reply
            steps = found[0].steps if found else block_of(reply.step_s)
            found.append(StreamedProcess(slot, reply, steps))
        return found

    def _rounds(
        self, planned: Planned, processes: Sequence[StreamedProcess]
    ) -> tuple[list[Round], list[AuditedStream], bool]:
        """Time rows in rounds; return the conditions, what is to be proved, and if it is whole."""
        monitor = Monitor(planned.comparison.device, self.pool.groups)
        rng = random.Random(planned.comparison.key)
        rounds: list[Round] = []
        audited: list[AuditedStream] = []
        start, spent = time.monotonic(), 0.0
        try:
            while spent < 1 and (able := intact_rows(processes)):
                draw = secrets.randbits(31)
                for one in in_turn(able, rng):
                    self._take(one, draw)
                    self.view.tick()
                rounds.append(monitor.read())
                spent = (time.monotonic() - start) / planned.max_time
                # Whether it is audited is decided when it is over, and so are the entries.
                if spent >= 1 or secrets.randbelow(AUDITED) == 0:
                    found = AuditedStream(len(rounds), draw, secrets.randbits(31))
                    self._ask([one for own in able.values() for one in own], found)
                    audited.append(found)
                self.view.advance(min(spent, 1.0))
        except KeyboardInterrupt:
            if not rounds:
                raise
            for one in processes:
                del one.turns[len(rounds) :]
            return rounds, [], False
        return rounds, audited, True

    def _take(self, one: StreamedProcess, draw: int) -> None:
        """Have a process take its turn, and hold what it says against our own clock."""
        one.asked = TakeStream(one.steps, draw)
        begun = [0.0]

        def begin(_: Progress) -> bool:
            begun[0] = time.perf_counter()
            return True

        with self.uninterrupted():
            asked = time.perf_counter()
            reply = self.pool.ask(one.slot, one.asked, StreamTaken, begin)
            now = time.perf_counter()
        if isinstance(reply, Failed):
            one.failure = reply
            return
        note(one, reply.turn, now - begun[0], now - asked)

    def _ask(self, processes: Sequence[StreamedProcess], found: AuditedStream) -> None:
        """Ask what the last turns have left behind."""
        for one in processes:
            if one.failure is None:
                reply = self.pool.ask(one.slot, AskStream(found.entries), StreamTold)
                if isinstance(reply, Failed):
                    one.failure = reply
                else:
                    one.told[found.number] = reply

    def _prove(
        self,
        planned: Planned,
        processes: Sequence[StreamedProcess],
        audited: Sequence[AuditedStream],
    ) -> None:
        """Hold what was said step by step against the whole, computed by the oracle at once."""
        for one in processes:
            one.failure = one.failure or one.claims.judged()
        told = {1 + one.steps for one in processes if one.failure is None and one.told}

        def wholes() -> list[dict[int, Whole]]:
            """Return what blocks of these lengths should have left behind, of each round."""
            tasks = Tasks(self.registry, beginning.read(self.plan.weights))
            model = streamed(build(planned.comparison, tasks).model)
            return [
                {steps: whole(model, steps, planned.comparison, found) for steps in told}
                for found in audited[-FOLLOWED:]
            ]

        longest = self.plan.timeout + planned.max_time
        mark = self.pool.child_mark
        computed = judged(wholes, list[dict[int, Whole]], planned.comparison, longest, mark)
        for one in processes:
            if isinstance(computed, Failed):
                one.failure = one.failure or computed
                continue
            for found, by_steps in zip(audited[-FOLLOWED:], computed, strict=True):
                if one.failure is None and found.number in one.told:
                    compare(one, found.number, by_steps[1 + one.steps], planned.comparison.dtype)


def block_of(step_s: float) -> int:
    """Return how many steps of so many seconds make a block."""
    return min(MOST, max(FEWEST, round(BLOCK / step_s)))


def recorded(row: Row, own: list[StreamedProcess] | Failed) -> RowStreaming:
    """Return what is stored of a row: of its processes, or why it has none."""
    if isinstance(own, Failed):
        return RowStreaming(row=row, status=own.status, reason=own.reason)
    failure = next((one.failure for one in own if one.failure), None)
    turns = [] if failure else [one.turns for one in own]
    first = own[0].prepared
    return RowStreaming(
        row=row,
        status=failure.status if failure else "ok",
        reason=failure.reason if failure else None,
        kernel=first.kernel,
        params=first.params,
        first_step_s=first.first_step_s,
        error=max((one.error for one in own if one.error is not None), default=None),
        turns=turns[0] if turns else [],
        further=turns[1:],
    )


def note(one: StreamedProcess, turn: StreamTurn, took: float, longest: float) -> None:
    """Keep a turn, and what is said of it beside our own clock.

    Args:
        one: whose turn it was.
        turn: what it says.
        took: seconds from hearing that the timed part begins to the reply; that may be heard late.
        longest: seconds from the request to the reply, which no timed part can be longer than.
    """
    one.turns.append(turn)
    claimed = turn.sample.wall_ns * 1e-9
    one.claims.took.append(took)
    one.claims.unclaimed.append(took - claimed)
    if turn.sample.calls != one.steps:
        what = f"it was asked for {one.steps} steps, and says that it took {turn.sample.calls}"
    elif claimed > longest or turn.median_ns * one.steps > 2.02 * turn.sample.wall_ns:
        what = f"it says {1e3 * claimed:.3g} ms of what took {1e3 * longest:.3g} ms here"
    else:
        return
    one.claims.impossible = one.claims.impossible or Failed("failed", what)
