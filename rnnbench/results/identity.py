"""Identity of measurements: the same code, versions, data, machine and specification."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from rnnbench.errors import UsageError
from rnnbench.results.queries import opened_of, run_of
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.opening import Opened
from rnnbench.schema.plan import Planned
from rnnbench.schema.records.beginning import Run
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.row import Row

#: Fields that differ from one start to the next and change no figure, or are compared elsewhere.
VOLATILE = frozenset(
    {"run", "name", "elapsed", "started", "command", "git", "load", "seconds", "missing", "schema"}
    | {"node", "gathered"}  # told apart by those who gather
    | {"memory"}  # of a worker that has just started
    | {"printed", "departs"}  # figures of others
)
#: The libraries that compute the oracle and the intervals.
CORE_LIBRARIES = ("autograd", "numpy", "scipy")
#: The most changes that an error names.
MOST_NAMED = 6


def leaves(record: Any) -> dict[str, Any]:
    """Return the values of a record by their dotted names, without those that are volatile."""
    return dict(_leaves(record, ()))


def row_identity(run: Run, planned: Planned, opened: Opened) -> str:
    """Return the identity of a row in a comparison, as 64 hexadecimal digits.

    It covers the whole specification; the version and the source of the core and of the plugins of
    backend, cell and task; the versions of the framework, the task and its data; and the machine
    with its threads.
    """
    plan = (run.plan.memory_limit, run.plan.allocator)
    core = (run.rnnbench, run.source, core_versions(run), run.machine, *plan)
    whole = leaves([*core, planned, without_cpus(opened)])
    return hashlib.sha256(msgspec.json.encode(whole, order="sorted")).hexdigest()


def check_unchanged(records: Sequence[AnyRecord], now: Run) -> None:
    """Refuse to resume a run if code, versions, plan, data or machine have changed.

    Args:
        records: of the run so far.
        now: the first record that the same run would have today.

    Raises:
        UsageError: naming what has changed.
    """
    before, after = (leaves(_with_core_versions(run)) for run in (run_of(records), now))
    _refuse(differences(before, after))


def check_opened(records: Sequence[AnyRecord], opened: Mapping[Row, Opened | Failed]) -> None:
    """Refuse to resume a run if its workers report something else than before.

    Args:
        records: of the run so far.
        opened: what the workers report now, or why they do not start.

    Raises:
        UsageError: naming what has changed.
    """
    changes: list[str] = []
    for row, worker in opened_of(records).items():
        now = opened.get(row)
        if isinstance(now, Opened):
            before, after = (leaves({str(row): without_cpus(one)}) for one in (worker, now))
            changes += differences(before, after)
        else:
            reason = f" ({now.reason})" if now else ""
            changes.append(f"{row} starts → does not start{reason}")
    _refuse(changes)


def _refuse(changes: Iterable[str]) -> None:
    """Raise an error that names the changes, if there are any."""
    found = list(changes)
    if found:
        more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        raise UsageError(
            f"this run can't be resumed, since things have changed: {'; '.join(found[:MOST_NAMED])}"
            f"{more}. Begin a new run; with --reuse it takes over what still holds"
        )


def without_cpus(opened: Opened) -> Opened:
    """Return a worker's report without its CPUs, as a scheduler gives others each time."""
    return msgspec.structs.replace(opened, cpus=None)


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Yield the differences, as ``machine.cpus 2 → 4``."""
    for name in [*old, *(name for name in new if name not in old)]:
        if old.get(name) != new.get(name):
            yield f"{name} {old.get(name)} → {new.get(name)}"


def core_versions(run: Run) -> dict[str, str]:
    """Return the versions of the libraries that every row of a run depends on."""
    return {name: run.distributions[name] for name in CORE_LIBRARIES if name in run.distributions}


def _with_core_versions(run: Run) -> Run:
    """Return a run with only the distributions that every row depends on."""
    return msgspec.structs.replace(run, distributions=core_versions(run))


def _leaves(thing: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    if isinstance(thing, msgspec.Struct):  # an option or a library may bear any name
        fields = msgspec.structs.asdict(thing)
        thing = {name: value for name, value in fields.items() if name not in VOLATILE}
    if isinstance(thing, dict):
        for key, value in thing.items():
            yield from _leaves(value, (*path, str(key)))
    elif isinstance(thing, list):
        for number, value in enumerate(thing):
            yield from _leaves(value, (*path, str(number)))
    else:
        yield ".".join(path), thing
