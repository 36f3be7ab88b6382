"""One run for each kind of machine, of the files of a run that was measured in parts.

What several attempts have measured is taken once: the first that is whole and did not fail, or the
last one if there is none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from msgspec.structs import replace

from rnnbench.errors import UsageError
from rnnbench.results.consistency import Inconsistent, Ledger
from rnnbench.results.parts.kinds import Kind, PartFile, kinds_of
from rnnbench.schema.plan import Planned
from rnnbench.schema.records.beginning import Gathered, Run, Worker
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.records.peak import Peak
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.records.training import Training
from rnnbench.schema.row import Row
from rnnbench.schema.status import RETRIED

Measured = TypeVar("Measured", Timing, Training)
#: The options that make a run one of its parts.
OF_PARTS = ("--part", "--split")


class Found(NamedTuple, Generic[Measured]):
    """A record with the file that it is from."""

    record: Measured
    file: PartFile


#: The timing and the trainings of comparisons, by their place in the whole plan.
Measurements: TypeAlias = dict[int, list[Found[Timing] | Found[Training]]]


def merge(files: Sequence[PartFile], tell: Callable[[str], None]) -> list[list[AnyRecord]]:
    """Return the records of one run for each kind of machine.

    Args:
        files: of parts of one plan, by part and attempt.
        tell: is told of what stays in its part alone.
    """
    kinds, planned = kinds_of(files), planned_of(files)
    runs = (
        run_of_kind(kind, own, planned)
        for kind, own in dealt_out(files, kinds, planned).items()
        if own
    )
    return [list(consistent(records, tell)) for records in runs]


def dealt_out(
    files: Sequence[PartFile],
    kinds: Sequence[Kind],
    planned: Mapping[int, tuple[Planned, PartFile]],
) -> dict[Kind, Measurements]:
    """Return what belongs to each kind of machine: comparisons by place, in order.

    A comparison belongs to where it was timed, or else was first planned. A training of one seed
    may have been on another machine, whose code is the same; it is a score of the comparison all
    the same. With other code it stays with its own machine.
    """
    kind_of = {one.attempt: kind for kind in kinds for one in kind.files}
    timings, trainings = chosen_timings(files), chosen_trainings(files)
    found: dict[Kind, Measurements] = {kind: {} for kind in kinds}
    for place, (_, first) in sorted(planned.items()):
        timed = timings.get(place)
        home = kind_of[(timed.file if timed else first).attempt]
        found[home][place] = [timed] if timed else []
        for training in trainings.get(place, ()):
            where = kind_of[training.file.attempt]
            kind = home if home.computes_as(where) else where
            found[kind].setdefault(place, []).append(training)
    return found


def run_of_kind(
    kind: Kind, own: Measurements, planned: Mapping[int, tuple[Planned, PartFile]]
) -> Iterator[AnyRecord]:
    """Yield the records of what belongs to one kind of machine, as those of one run."""
    known = planned_of(kind.files)  # whose threads may be others than elsewhere
    comparisons = {place: known.get(place, planned[place])[0] for place in own}
    run, began = whole_run(kind, list(comparisons.values())), offsets(kind.files)

    def taken(record: AnyRecord, file: PartFile) -> AnyRecord:
        elapsed = began.get(file.attempt, 0.0) + record.elapsed
        return replace(record, run=run.run, elapsed=elapsed)

    yield run
    yield from (taken(worker, file) for worker, file in workers(kind.files))
    for place, records in own.items():
        for record, file in records:
            if isinstance(record, Training):
                yield taken(replace(record, key=comparisons[place].comparison.key), file)
            else:
                yield taken(replace(record, node=file.run.machine.node), file)
    peaks = ((one, file) for file in kind.files for one in file.records)
    yield from (taken(one, file) for one, file in peaks if isinstance(one, Peak))


def whole_run(kind: Kind, planned: list[Planned]) -> Run:
    """Return the first record of what was measured on one kind of machine."""
    runs = [one.run for one in kind.files]
    first, nodes = runs[0], {run.machine.node for run in runs}
    machine = replace(first.machine, load=None, node=nodes.pop() if len(nodes) == 1 else None)
    plan = replace(first.plan, comparisons=planned, part=None, seeds=kind.files[0].part.seeds)
    return replace(
        first,
        run=hashlib.sha256("".join(run.run for run in runs).encode()).hexdigest()[:16],
        started=min(run.started for run in runs),
        command=list(without_parts(first.command)),
        machine=machine,
        plan=plan,
        gathered=[
            Gathered(one.attempt.name, one.size, one.run.run, one.run.machine.node)
            for one in kind.files
        ],
    )


def workers(files: Iterable[PartFile]) -> Iterator[tuple[Worker, PartFile]]:
    """Yield the first report of each process of each row, with its file."""
    seen = set()
    for file in files:
        for one in file.records:
            if isinstance(one, Worker) and (one.row, one.process) not in seen:
                seen.add((one.row, one.process))
                yield one, file


def chosen_timings(files: Iterable[PartFile]) -> dict[int, Found[Timing]]:
    """Return the timing of each comparison, by its place in the whole plan."""
    found: dict[int, Found[Timing]] = {}
    for file, place, record in _of_comparisons(files, Timing):
        before = found.get(place)
        if before is None or worth(record) > worth(before.record):
            found[place] = Found(record, file)
    return found


def chosen_trainings(files: Iterable[PartFile]) -> dict[int, list[Found[Training]]]:
    """Return the training of each row and seed, likewise."""
    found: dict[tuple[int, Row, int], Found[Training]] = {}
    for file, place, record in _of_comparisons(files, Training):
        before = found.get(key := (place, record.row, record.seed))
        if before is None or before.record.status in RETRIED:
            found[key] = Found(record, file)
    by_place: dict[int, list[Found[Training]]] = {}
    for (place, _, _), training in found.items():
        by_place.setdefault(place, []).append(training)
    return by_place


def worth(timing: Timing) -> int:
    """Return how much a timing is worth: one that was interrupted least; one that failed, little.

    Of two that are worth the same the first is taken.
    """
    failed = any(row.status in RETRIED for row in timing.rows)
    return 0 if not timing.complete else 1 if failed else 2


def planned_of(files: Iterable[PartFile]) -> dict[int, tuple[Planned, PartFile]]:
    """Return each comparison with the first file that has it, by its place in the whole plan."""
    found: dict[int, tuple[Planned, PartFile]] = {}
    for file in files:
        for index, planned in enumerate(file.run.plan.comparisons):
            found.setdefault(file.part.place(index), (planned, file))
    return found


def offsets(files: Iterable[PartFile]) -> dict[object, float]:
    """Return the seconds that all files before each one took, so that a run's time is their sum."""
    found: dict[object, float] = {}
    total = 0.0
    for one in files:
        found[one.attempt] = total
        total += max(record.elapsed for record in one.records)
    return found


def without_parts(command: Iterable[str]) -> Iterator[str]:
    """Yield the words of the command of a part without those that make it one."""
    words = iter(command)
    for word in words:
        if word in OF_PARTS:
            next(words, None)
        elif not word.startswith(tuple(f"{option}=" for option in OF_PARTS)):
            yield word


def consistent(records: Iterable[AnyRecord], tell: Callable[[str], None]) -> Iterator[AnyRecord]:
    """Yield the records that fit together; what does not is told, and stays in its part.

    Raises:
        UsageError: if their comparisons are not those of one plan, as where a file was edited.
    """
    first, *others = records
    assert isinstance(first, Run)
    try:
        ledger = Ledger(first)
    except Inconsistent as error:
        raise UsageError(f"the parts do not fit together: {error}") from None
    yield first
    for record in others:
        try:
            ledger.enter(record)
        except Inconsistent as error:
            tell(f"a {type(record).__name__.lower()} stays in its part: {error}")
        else:
            yield record


def _of_comparisons(
    files: Iterable[PartFile], kind: type[Measured]
) -> Iterator[tuple[PartFile, int, Measured]]:
    """Yield the records of a kind with their file and the place of their comparison."""
    for file in files:
        places = {
            planned.comparison.key: file.part.place(index)
            for index, planned in enumerate(file.run.plan.comparisons)
        }
        for record in file.records:
            if isinstance(record, kind):
                yield file, places[record.key], record
