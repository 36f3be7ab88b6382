"""Results files: one JSON record per line, appended and flushed as soon as it is finished."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import msgspec
from msgspec.structs import replace

from rnnbench.errors import Status, UsageError
from rnnbench.machine import Machine
from rnnbench.plan import Plan, Row
from rnnbench.protocol import Opened
from rnnbench.sampling import Sample
from rnnbench.trial import Comparison

#: Raised whenever a field changes its meaning.
SCHEMA = 2
#: The name of the results file in the folder of a run.
FILE = "results.jsonl"


class Record(msgspec.Struct, frozen=True, tag_field="record", tag=str.lower, kw_only=True):
    """The root of all records, told apart by the field ``record``.

    Attributes:
        elapsed: seconds since the run began, set when it is written.
    """

    elapsed: float = 0.0


class Run(Record, frozen=True, kw_only=True, tag="run"):
    """The first record: what was going to be done, and where.

    Attributes:
        schema: :data:`SCHEMA` of the writer.
        started: in UTC.
        rnnbench: the version of the core.
        distributions: the versions of the plugins and of what the core computes with.
        git: the commit it ran from, None outside a checkout.
        command: the command line.
        machine: the computer.
        plan: everything planned.
    """

    schema: int
    started: str
    rnnbench: str
    distributions: dict[str, str]
    git: str | None
    command: list[str]
    machine: Machine
    plan: Plan


class Worker(Record, frozen=True, kw_only=True, tag="worker"):
    """A worker that was started: versions, threads and devices as it reported them.

    Attributes:
        row: whom it works for.
        process: which of the row's processes it is, from 0.
        opened: its report.
    """

    row: Row
    process: int
    opened: Opened


class Peak(Record, frozen=True, kw_only=True, tag="peak"):
    """The best rate of a matrix product that a backend reaches.

    Attributes:
        backend: whose product it is.
        device: where; ``dtype`` likewise.
        gflops: 10⁹ floating-point operations per second.
    """

    backend: str
    device: str
    dtype: str
    gflops: float


class ProcessTiming(msgspec.Struct, frozen=True, kw_only=True):
    """What one process of a row was timed; see :class:`rnnbench.sampling.Sample`.

    Attributes:
        first_step_s: the first training step, compilation included.
        first_forward_s: the first forward pass, likewise.
        check_s: seconds that the comparison with the oracle took.
        peak_memory: bytes.
        traces: how often something was compiled while it was timed.
        steps: blocks of training steps, one per round; ``forwards`` likewise.
        first_steps: the first step of each turn, which is slower and used nowhere;
            ``first_forwards`` likewise.
    """

    first_step_s: float
    first_forward_s: float
    check_s: float
    peak_memory: int | None
    traces: int | None
    steps: list[Sample]
    forwards: list[Sample]
    first_steps: list[Sample]
    first_forwards: list[Sample]


class RowTiming(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a timing record; what is not known is None.

    Attributes:
        row: backend and variant.
        status: how it ended; ``reason`` in one line unless ``ok``.
        params: number of parameters.
        flops: floating-point operations of a training step, ``forward_flops`` of a forward pass.
        parity_error: the largest error against the float64 oracle, found in ``parity_tensor``.
        kernel: what really ran.
        steady_from: the round, from 0, from which on it is steady; see :mod:`rnnbench.steady`.
        processes: the samples of each of its processes.
    """

    row: Row
    status: Status
    reason: str | None = None
    params: int | None = None
    flops: int | None = None
    forward_flops: int | None = None
    parity_error: float | None = None
    parity_tensor: str | None = None
    kernel: str | None = None
    steady_from: int = 0
    processes: list[ProcessTiming] = []


class Round(msgspec.Struct, frozen=True):
    """What held on the machine when a round was over.

    Attributes:
        load: the one-minute load average, None where there is none.
        gpu_strangers: processes on the GPU that are none of ours, None on a CPU.
    """

    load: float | None
    gpu_strangers: int | None = None


class Timing(Record, frozen=True, kw_only=True, tag="timing"):
    """The timings of one comparison, taken and written together.

    Attributes:
        finished: in UTC.
        comparison: what was compared; ``key`` names it.
        length: time steps of a batch, None if no row was prepared.
        seconds: spent on timing.
        rows: in the order of the plan.
        rounds: the conditions of each.
    """

    finished: str
    comparison: Comparison
    key: str
    length: int | None
    seconds: float
    rows: list[RowTiming]
    rounds: list[Round]


class Training(Record, frozen=True, kw_only=True, tag="training"):
    """The training of one row with one seed.

    Attributes:
        finished: in UTC.
        key: of the comparison.
        row: backend and variant.
        seed: of initial weights and data.
        status: how it ended; ``reason`` in one line unless ``ok``.
        curve: pairs of step and training loss.
        score: on held-out data.
        seconds: of training.
    """

    finished: str
    key: str
    row: Row
    seed: int
    status: Status
    reason: str | None = None
    curve: list[tuple[int, float]] = []
    score: float | None = None
    seconds: float | None = None


AnyRecord = Run | Worker | Peak | Timing | Training
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(AnyRecord).decode


class _Header(msgspec.Struct):
    """What can be read of a run of any version."""

    schema: int


class Writer:
    """Appends records to a file; each is on disk when :meth:`write` returns."""

    def __init__(self, folder: Path) -> None:
        """Open the file of a run in its folder, which exists."""
        self._file: IO[bytes] = (folder / FILE).open("ab", buffering=0)
        self._began = time.monotonic()

    def write(self, record: AnyRecord) -> None:
        """Append one line, in one call."""
        record = replace(record, elapsed=time.monotonic() - self._began)
        self._file.write(_encode(record) + b"\n")
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read(path: Path) -> list[AnyRecord]:
    """Read a results file.

    A torn last line, as a crash leaves it, is left out.

    Raises:
        UsageError: naming the file, the line and what is wrong there.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise UsageError(f"results file {path}: {error.strerror or error}") from None
    schema = _schema(lines[0])
    if schema is not None and schema != SCHEMA:
        how = "a newer rnnbench; upgrade" if schema > SCHEMA else "an older rnnbench; take that"
        raise UsageError(f"results file {path}: written by {how} to read it")
    records: list[AnyRecord] = []
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            records.append(_decode(line))
        except msgspec.DecodeError as error:
            if number == len(lines):
                continue
            raise UsageError(f"results file {path}, line {number}: {error}") from None
    if not records or not isinstance(records[0], Run):
        raise UsageError(f"results file {path}: it does not begin with the record of a run")
    known = {planned.comparison.key for planned in records[0].plan.comparisons}
    for record in records:
        if isinstance(record, Timing) and record.key not in known:
            raise UsageError(f"results file {path}: {record.key} is not in the plan of the run")
    return records


def _schema(line: bytes) -> int | None:
    """Return the schema that the first line tells, None if it tells none."""
    try:
        return msgspec.json.decode(line, type=_Header).schema
    except msgspec.DecodeError:
        return None


def new_folder(out: Path, started: str) -> Path:
    """Create the folder of a new run, named by its start.

    Raises:
        UsageError: if it can't be written.
    """
    name = started.replace(":", "").replace("+0000", "Z").replace("-", "", 2)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for suffix in ("", *(f"-{k:02}" for k in range(2, 100))):
            folder = out / f"{name}{suffix}"
            if not folder.exists():
                folder.mkdir()
                return folder
    except OSError as error:
        raise UsageError(f"--out {out}: {error.strerror or error}") from None
    raise UsageError(f"--out {out}: too many runs began in the same second")


def find(run: str | None, out: Path) -> Path:
    """Return the results file of a run: a name in ``out``, a path, or the newest in ``out``.

    Raises:
        UsageError: if there is none.
    """
    if run is not None:
        places = [Path(run), Path(run) / FILE, out / run / FILE]
        found = next((path for path in places if path.is_file()), None)
        if found is None:
            raise UsageError(f"no run {run!r} in {out}: {_listed(runs(out))}")
        return found
    if not (files := runs(out)):
        raise UsageError(f"no run in {out}: rnnbench run makes one, --out says where to look")
    return files[-1]


def runs(out: Path) -> list[Path]:
    """Return the results files of all runs in a folder, the oldest first."""
    return sorted(out.glob(f"*/{FILE}"), key=lambda path: path.parent.name)


def _listed(files: Iterable[Path]) -> str:
    names = [path.parent.name for path in files]
    return f"there are {', '.join(names[-5:])}" if names else "there are none"
