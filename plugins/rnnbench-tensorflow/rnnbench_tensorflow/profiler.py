"""TensorFlow's profiler, whose planes and lines are made processes and threads of a trace."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import tensorflow as tf
from tensorflow.tsl.profiler.protobuf import xplane_pb2

from rnnbench import Profile

#: How the event of an operation is called: the path of its node, and its type, with an underscore
#: before it where TensorFlow chose it for another one, as oneDNN's products on some CPUs.
NODE = re.compile(r"[^:]*:(_?[A-Z]\w*)")
#: A turn of the executor, which may begin on a thread before another one has ended there.
TURN = "ExecutorState::Process"


def profile(work: Callable[[], None]) -> Profile:
    """Run ``work`` and return the operations by their types, those of XLA by their names."""
    with tempfile.TemporaryDirectory() as folder:
        tf.profiler.experimental.start(folder)
        try:
            work()
        finally:
            tf.profiler.experimental.stop()
        space = xplane_pb2.XSpace()
        for file in Path(folder).rglob("*.xplane.pb"):
            space.MergeFromString(file.read_bytes())
    return Profile(list(events(space)), operation)


def operation(event: Mapping[str, Any]) -> str | None:
    """Return the type of a node of a graph, or the name of an operation of XLA."""
    if "hlo_op" in event.get("args", {}):
        return str(event["name"])
    node = NODE.fullmatch(event["name"])
    return node and node[1]


def events(space: Any) -> Iterator[dict[str, Any]]:
    """Yield the events of all planes; times are microseconds since the first."""
    lines = [
        (pid, plane, tid, line)
        for pid, plane in enumerate(space.planes, 1)
        for tid, line in enumerate(plane.lines, 1)
    ]
    first, numbers = min((line.timestamp_ns for *_, line in lines), default=0), count()
    for pid, plane in enumerate(space.planes, 1):
        yield metadata("process_name", plane.name, pid, 0)
    for pid, plane, tid, line in lines:
        yield metadata("thread_name", line.name, pid, tid)
        for event in line.events:
            name = plane.event_metadata[event.metadata_id].name
            start = (line.timestamp_ns - first) / 1e3 + event.offset_ps / 1e6
            told = {"name": name, "pid": pid, "tid": tid, "args": dict(statistics(plane, event))}
            yield from spans(told, start, event.duration_ps / 1e6, str(next(numbers)))


def spans(
    told: dict[str, Any], start: float, duration: float, number: str
) -> Iterator[dict[str, Any]]:
    """Yield an event with its times: as a pair where viewers would drop it, since it overlaps."""
    if told["name"] != TURN:
        yield {"ph": "X", **told, "ts": start, "dur": duration}
        return
    pair = {**told, "cat": TURN, "id": number}
    yield {"ph": "b", **pair, "ts": start}
    yield {"ph": "e", **pair, "ts": start + duration}


def statistics(plane: Any, event: Any) -> Iterator[tuple[str, Any]]:
    """Yield what an event says of itself."""
    for one in event.stats:
        kind = one.WhichOneof("value")
        value = getattr(one, kind) if kind else None
        if kind == "ref_value":
            value = plane.stat_metadata[value].name
        if kind != "bytes_value":
            yield plane.stat_metadata[one.metadata_id].name, value


def metadata(kind: str, name: str, pid: int, tid: int) -> dict[str, Any]:
    """Return the event that names a process or a thread."""
    return {"ph": "M", "name": kind, "pid": pid, "tid": tid, "args": {"name": name}}
