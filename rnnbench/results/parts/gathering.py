"""Gathering: the ordinary results files that are made of those of parts, whenever one looks.

They are made anew where a part has more than the last time. Nothing but what was gathered from
parts is written over, and the parts stay.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from rnnbench.errors import UsageError
from rnnbench.results import codec, reader
from rnnbench.results.codec import Damaged, Unknown
from rnnbench.results.lines import content, whole_lines
from rnnbench.results.parts import saved_weights
from rnnbench.results.parts.attempts import Attempt, attempts
from rnnbench.results.parts.kinds import PartFile
from rnnbench.results.parts.merging import merge
from rnnbench.results.queries import run_of
from rnnbench.results.runs.folders import FILE
from rnnbench.schema.records.beginning import Run
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.system.io.files import open_to_read, write_file

#: How often a part that is renamed while it is read is looked for again.
LOOKS = 3
#: The folders of further kinds of machines, in that of the run: ``machine-2`` ...
FURTHER = "machine-"


def gather(
    run: Path, tell: Callable[[str], None], looks: int = LOOKS, anew: bool = False
) -> list[Path]:
    """Make a results file for each kind of machine that has measured parts of a run.

    Args:
        run: the folder of the run.
        tell: is told of what is damaged, or fits nowhere.
        looks: how often a part may be renamed meanwhile.
        anew: whether to write the files also where nothing has changed since the last time.

    Returns:
        The files, that of the machine of the first part first.

    Raises:
        UsageError: if there are no parts, they are of different plans, or one can't be read or
            written; what was there is as it was. Where it was gathered, and there is less of a
            part now, that is told and it is returned as it was.
    """
    try:
        return gathered(run, tell, anew)
    except FileNotFoundError:  # a part was renamed, as it is done now
        if looks > 1:
            return gather(run, tell, looks - 1, anew)
        raise UsageError(f"{run}: its parts change while they are read; try again") from None


def gathered(run: Path, tell: Callable[[str], None], anew: bool) -> list[Path]:
    """Return the files, with one look at the parts.

    Raises:
        FileNotFoundError: if a part is renamed meanwhile.
        UsageError: see :func:`gather`.
    """
    earlier = earlier_files(run)

    def as_it_was(reason: object) -> list[Path]:
        tell(f"{reason}: what was gathered earlier is read")
        return [file for file, _ in earlier]

    try:
        found = begun(run, tell)
    except UsageError as error:
        if not earlier:
            raise
        return as_it_was(error)
    there = sorted((one.name, size) for one, size in found)
    if not anew and earlier and there == sorted(one for _, own in earlier for one in own):
        return [file for file, _ in earlier]
    files = list(read(found, tell))
    if gone := lost(earlier, files):
        return as_it_was(f"{run}: there is less of {', '.join(gone)} than was gathered from it")
    check_one_plan(files)
    try:
        return write(run, merge(files, tell), tell)
    except OSError as error:
        reason = f"{run}: its parts can't be gathered there: {error.strerror or error}"
        if not earlier:
            raise UsageError(reason) from None
        return as_it_was(reason)


def begun(run: Path, tell: Callable[[str], None]) -> list[tuple[Attempt, int]]:
    """Return the attempts at parts of a run that have written something, with the bytes of each.

    One that is called done and has no file is told.

    Raises:
        FileNotFoundError: if one is renamed at this moment.
        UsageError: if there are none.
    """
    every = attempts(run)
    if not every:
        raise UsageError(f"{run}: no part of this run has begun")
    found = []
    for one in every:
        size = 0
        with suppress(OSError):  # it begins at this moment
            size = one.file.stat().st_size
        if size:
            found.append((one, size))
        elif not one.folder.exists():
            raise FileNotFoundError(one.folder)
        elif one.done:
            tell(f"{one.file} is empty or gone, though its part was done")
    if not found:
        raise UsageError(f"{run}: no part of this run has written anything yet")
    return found


def earlier_files(run: Path) -> list[tuple[Path, list[tuple[str, int]]]]:
    """Return the files that were gathered in a folder, each with what it was gathered from.

    Raises:
        UsageError: if a file is in the way that was not gathered.
    """
    found = []
    for file in targets(run):
        if not os.path.lexists(file):
            break
        first = first_record(file)
        if first is None or not first.gathered:
            raise UsageError(
                f"{file} was not gathered from parts: it stays, and parts need another --name"
            )
        found.append((file, [(one.attempt, one.size) for one in first.gathered]))
    return found


def lost(
    earlier: Sequence[tuple[Path, list[tuple[str, int]]]], files: Sequence[PartFile]
) -> list[str]:
    """Return the attempts that have less than was gathered from them, which may be the last copy.

    Args:
        earlier: what was gathered, as :func:`earlier_files` returns it.
        files: what the attempts have now.
    """
    now = {one.attempt.name: one.size for one in files}
    return [name for _, own in earlier for name, size in own if now.get(name, -1) < size]


def targets(run: Path) -> Iterator[Path]:
    """Yield where the run of each kind of machine is written."""
    yield run / FILE
    number = 2
    while True:
        yield run / f"{FURTHER}{number}" / FILE
        number += 1


def first_record(file: Path) -> Run | None:
    """Return the first record of a results file, None if it can't be read."""
    try:
        with open_to_read(file, reader.LARGEST) as opened:
            found = codec.decode(content(next(whole_lines(opened), b"")))
    except (OSError, Damaged, Unknown):
        return None
    return found if isinstance(found, Run) else None


def read(found: Sequence[tuple[Attempt, int]], tell: Callable[[str], None]) -> Iterator[PartFile]:
    """Yield what each attempt has measured; one that was ended as it began is told.

    Raises:
        FileNotFoundError: if one is no longer there.
    """
    for attempt, size in found:
        try:
            contents = reader.load(attempt.file)
        except UsageError as error:
            if not attempt.folder.exists():
                raise FileNotFoundError(attempt.folder) from None
            tell(f"{error}; it is passed over")
            continue
        for line in reader.set_aside(attempt.file, contents):
            tell(line)
        if contents.faults:
            size = 0  # which it is not: it is read again each time, and this is told again
        part = run_of(contents.records).plan.part
        if part is None or (part.number, part.of) != (attempt.number, attempt.of):
            tell(f"{attempt.file} is not the part that its folder says; it is passed over")
            continue
        yield PartFile(attempt, size, contents.records, part)


def check_one_plan(files: Sequence[PartFile]) -> None:
    """Refuse parts of different plans.

    Raises:
        UsageError: naming two of them, or if there is none.
    """
    if not files:
        raise UsageError("none of the parts can be read")
    first, *others = files
    for one in others:
        if one.part.whole != first.part.whole or one.part.chunks != first.part.chunks:
            raise UsageError(
                f"{first.attempt.folder} and {one.attempt.folder.name} are parts of different "
                f"plans: {' '.join(first.run.command)} · {' '.join(one.run.command)}"
            )


def write(
    run: Path, merged: Sequence[Sequence[AnyRecord]], tell: Callable[[str], None]
) -> list[Path]:
    """Write the run of each kind of machine, each whole or not at all; return the files.

    Raises:
        OSError: if one can't be written.
    """
    files = []
    for file, records in zip(targets(run), merged, strict=False):
        file.parent.mkdir(exist_ok=True)
        saved_weights.bring(run, file.parent, records, tell)
        write_file(file, b"".join(map(codec.encode, records)))
        files.append(file)
    for file, _ in earlier_files(run)[len(merged) :]:  # of a kind that there no longer is
        file.unlink()
    return files
