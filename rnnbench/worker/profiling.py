"""The row in hand under the profiler of its framework."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from rnnbench.contracts.profile import Event, Profile
from rnnbench.contracts.values import NotPlain, guarded, said, text
from rnnbench.measure.self_times import Span, self_times
from rnnbench.measure.timer import sample
from rnnbench.schema.messages.profiling import OperationTime, Profiled, TakeProfile
from rnnbench.system.energy import Energy, Meter
from rnnbench.system.io.files import write_file
from rnnbench.worker.row.prepared_row import PreparedRow

#: How many operations are told by name.
DEAREST = 10
#: Seconds over which energy is counted: its counters go on about every millisecond.
COUNTED_FOR = 1.0
#: The phases of events that have a time: all but that of metadata.
PHASES = frozenset("BEXiIsftbneNODCPRavVc(),")


def profiled(row: PreparedRow, request: TakeProfile) -> Profiled:
    """Run warm steps of a row, first without the profiler, and write the trace.

    Raises:
        Unsupported: if the backend has no profiler.
        PluginError: if what it tells is no trace.
        OSError: if the trace can't be written.
    """
    plain = sample(row.program, row.step, request.steps, evidence=False)
    took: list[float] = []

    def work() -> None:
        start = time.perf_counter()
        for _ in range(request.steps):
            row.step()
        row.program.wait()
        took.append(time.perf_counter() - start)

    found = guarded(row.who, "profile()", lambda: row.backend.profile(work))
    if len(took) != 1:
        raise RuntimeError(f"profile() of {row.who} ran its work {len(took)} times, not once")
    events = said(row.who, "profile()", found.events, trace)
    times = said(row.who, "profile()", found, totals)
    write_file(Path(request.path), msgspec.json.encode({"traceEvents": events}), synced=False)
    used = energy_per_step(row, request.steps)
    dearest = sorted(times, key=lambda one: -one.seconds)
    return Profiled(
        steps=request.steps,
        step_s=plain.seconds,
        profiled_step_s=took[0] / request.steps,
        events=len(events),
        operations=dearest[:DEAREST],
        others=len(dearest[DEAREST:]),
        others_s=sum(one.seconds for one in dearest[DEAREST:]),
        cpu_j=used.cpu,
        gpu_j=used.gpu,
    )


def energy_per_step(row: PreparedRow, steps: int) -> Energy:
    """Return the joules of a step, over steps that together last for a while."""
    meter, done, begin = Meter(row.backend.device), 0, time.monotonic()
    while meter.counts and (not done or time.monotonic() - begin < COUNTED_FOR):
        sample(row.program, row.step, steps, evidence=False)
        done += steps
    return Energy(*(None if joules is None else joules / done for joules in meter.read()))


def trace(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Return the events of a trace, each as a plain object that viewers understand."""
    found = [dict(event) for event in events]
    if not all(map(is_event, found)):
        raise NotPlain("events of the Trace Event Format")
    return found


def is_event(event: Mapping[str, Any]) -> bool:
    """Return whether an event has a phase, and the times and places that go with it."""
    if not isinstance(event.get("name"), str) or not isinstance(event.get("pid"), int | str):
        return False
    if event.get("ph") == "M":
        return isinstance(event.get("args"), Mapping)
    times = [event.get("ts"), event.get("dur", None if event.get("ph") == "X" else 0)]
    return event.get("ph") in PHASES and all(
        isinstance(one, int | float) and math.isfinite(one) and one >= 0 for one in times
    )


def totals(found: Profile) -> list[OperationTime]:
    """Return each operation of a profile with its calls and the seconds in itself."""
    threads: dict[tuple[Any, Any], list[Span]] = defaultdict(list)
    for event in found.events:
        if event["ph"] == "X" and (name := found.operation(event)) is not None:
            span = Span(text(name), float(event["ts"]), float(event["dur"]))
            threads[event["pid"], event.get("tid")].append(span)
    calls: dict[str, int] = defaultdict(int)
    seconds: dict[str, float] = defaultdict(float)
    for spans in threads.values():
        for name, own in self_times(spans):
            calls[name] += 1
            seconds[name] += 1e-6 * own
    return [OperationTime(name, calls[name], seconds[name]) for name in calls]
