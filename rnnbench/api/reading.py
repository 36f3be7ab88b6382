"""Finding the run that a name or a path means, and reading it.

Where something else could be meant, that is told by a function that the caller gives: a command
prints it, in Python it is a warning.
"""

from __future__ import annotations

import shlex
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from rnnbench.errors import unknown
from rnnbench.text import plain

if TYPE_CHECKING:
    from rnnbench.analysis.read_rows import Asked, Rows
    from rnnbench.analysis.row_times import MeasuredRows
    from rnnbench.report.publish.sources import Source
    from rnnbench.results.runs.folders import Found
    from rnnbench.results.runs.index import Entry
    from rnnbench.schema.records.kinds import AnyRecord
    from rnnbench.schema.row import Row
    from rnnbench.weights.file import Weights

Item = TypeVar("Item")
#: Shows a message of one line.
Tell = Callable[[str], None]


def warn(text: str) -> None:
    """Show a message as a warning of Python."""
    warnings.warn(plain(text), stacklevel=2)


def file_of(run: str | None, out: Path, tell: Tell = warn) -> Path:
    """Return the results file of a run that is going to be read.

    Args:
        run: what :func:`rnnbench.results.runs.folders.look_up` takes.
        out: the folder of all runs.
        tell: is told of copies of the run.

    Raises:
        UsageError: if there is no such run, or more than one.
    """
    first, *others = gathered(run, out, tell)
    if others:
        told = ", ".join(map(str, others))
        tell(f"{first} is read; on other kinds of machines was measured: {told}")
    return first


def gathered(run: str | None, out: Path, tell: Tell) -> list[Path]:
    """Return the results file of a run, or those of one that was measured in parts.

    They are gathered just now, one for each kind of machine.

    Raises:
        UsageError: as :func:`file_of` does.
    """
    from rnnbench.results.parts.gathering import gather

    if parts := in_parts(run, out, tell):
        return gather(parts, tell)
    found = look_up(run, out, tell)
    if found.copies:
        tell(f"{found.file} is read; copies of this run: {', '.join(map(str, found.copies))}")
    return [found.file]


def in_parts(run: str | None, out: Path, tell: Tell) -> Path | None:
    """Return the folder of the run that is meant if it was measured in parts, None if not.

    Where the newest run is meant, those that were never gathered are gathered first, so that they
    are among the runs.
    """
    from rnnbench.results.parts.attempts import divided, find, is_divided
    from rnnbench.results.runs import folders
    from rnnbench.results.runs.names import LATEST

    if run not in (None, LATEST):
        assert run is not None
        return find(run, out)
    gather_each([one for one in divided(out) if not (one / folders.FILE).exists()], tell)
    newest = folders.look_up(run, out).file.parent
    return newest if is_divided(newest) else None


def every_run(out: Path, tell: Tell = warn) -> list[Entry]:
    """Return all runs in a folder, the oldest first; those in parts are gathered just now.

    Of these there is one for each kind of machine, which may be told apart by their folders.

    Raises:
        UsageError: if that can't be the name of a folder, or it may not be read.
    """
    from rnnbench.results.parts.attempts import divided
    from rnnbench.results.runs import folders, index

    further = [file for _, *others in gather_each(divided(out), tell) for file in others]
    found = [*folders.entries(out), *index.entries(further)]
    return sorted(found, key=lambda one: one.started)


def gather_each(runs: Sequence[Path], tell: Tell) -> list[list[Path]]:
    """Return the results files of each of some runs in parts; why one has none yet is told."""
    from rnnbench.errors import UsageError
    from rnnbench.results.parts.gathering import gather

    found = []
    for run in runs:
        try:
            found.append(gather(run, tell))
        except UsageError as error:
            tell(str(error))
    return found


def files_of(runs: Sequence[str], out: Path, tell: Tell = warn) -> list[Path]:
    """Return the results files of some runs, the newest alone if none is named.

    A folder of runs stands for all that are in it.

    Raises:
        UsageError: if there is no such run.
    """
    from rnnbench.results.runs.names import LATEST

    found: list[Path] = []
    for run in runs or [LATEST]:
        inside = runs_inside(Path(run), tell)
        if not inside:
            found += gathered(run, out, tell)
        found += [one.file for one in inside if not one.fault]
        for one in inside:
            if one.fault:
                tell(f"{one.file} is passed over: {one.fault}")
        if inside:
            tell_of_deeper(run, runs, tell)
    return found


def tell_of_deeper(run: str, named: Sequence[str], tell: Tell) -> None:
    """Tell which runs in the folders of a folder of runs are not read with it."""
    if deeper := deeper_folders(Path(run), named):
        names = ", ".join(map(str, deeper))
        tell(f"{run} is read without the runs in {names}: name these, too")


def deeper_folders(path: Path, named: Sequence[str]) -> list[Path]:
    """Return the folders of runs, and the runs within runs, in a folder, but for what is named."""
    from rnnbench.results.parts.attempts import is_divided
    from rnnbench.results.runs import folders

    known, found = {Path(one).resolve() for one in named}, set()
    for run in (file.parent for file in path.glob(f"*/*/{folders.FILE}")):
        own = run.resolve()
        if not is_divided(run.parent) and known.isdisjoint((own, own.parent)):
            found.add(run if folders.is_file(run.parent / folders.FILE) else run.parent)
    return sorted(found)


def runs_inside(path: Path, tell: Tell) -> list[Entry]:
    """Return the runs in a folder, each once; none if it is itself that of a run, or no folder."""
    from rnnbench.results.parts.attempts import is_divided
    from rnnbench.results.runs import folders
    from rnnbench.system.io.files import what_is_at

    if folders.is_file(path / folders.FILE) or is_divided(path) or what_is_at(path) != "a folder":
        return []
    return folders.each_once(every_run(path, tell))


def file_to_append_to(run: str | None, out: Path, tell: Tell = warn) -> Path:
    """Return the results file of a run that is going to be gone on with: none of several copies.

    Raises:
        UsageError: likewise, or if it is not the only one of its run.
    """
    from rnnbench.errors import UsageError
    from rnnbench.results.runs import baselines

    found = look_up(run, out, tell)
    if found.file.parent.name == baselines.FOLDER:
        raise UsageError(f"{found.file} is a baseline: it stays as it is, and is no run to resume")
    if found.copies:
        names = ", ".join(file.parent.name for file in (found.file, *found.copies))
        raise UsageError(f"this run is there more than once, as {names} in {out}: name one of them")
    return found.file


def look_up(run: str | None, out: Path, tell: Tell) -> Found:
    """Return the run that is meant, telling what could not be read where the newest was."""
    from rnnbench.results.runs import folders

    found = folders.look_up(run, out)
    for one in found.passed_over:
        tell(f"{one.file} is passed over, newest or not: {one.fault}")
    return found


def records_of(file: Path, tell: Tell = warn, to_show: bool = True) -> list[AnyRecord]:
    """Read the records of a results file, telling what of it was set aside.

    Args:
        file: of which run.
        tell: takes each line that is told.
        to_show: read only what tables show.

    Raises:
        UsageError: if it can't be read.
    """
    from rnnbench.results import reader

    found = reader.load(file, to_show=to_show)
    for line in reader.set_aside(file, found):
        tell(line)
    if found.faults:
        again = shlex.join(["rnnbench", "run", "--resume", str(file)])
        tell(f"the other lines are read; what is missing is measured by: {again}")
    return found.records


def weights_of(net: Path | str, out: Path, tell: Tell = warn) -> Weights:
    """Return the weights that are meant; of several of a run those with the best score.

    Args:
        net: a file of weights, or a run that has saved some, as :func:`file_of` takes it.
        out: the folder of all runs.
        tell: is told which of several are taken.

    Raises:
        UsageError: if there are none, or they are no longer those of the run.
    """
    from rnnbench.errors import UsageError
    from rnnbench.results.runs import folders
    from rnnbench.results.runs.weights import choose_weights
    from rnnbench.weights import file as files

    path = Path(net)
    if path.suffix == files.SUFFIX or (folders.is_file(path) and path.suffix != ".jsonl"):
        return files.load(path)
    file = file_of(str(net), out, tell)
    chosen = choose_weights(records_of(file, tell), file)
    weights = files.load(chosen.path)
    if weights.sha256 != chosen.sha256:
        raise UsageError(plain(f"{chosen.path} is no longer what the run has written"))
    if chosen.others:
        tell(plain(f"{chosen.path.name} is taken, with the best score of {chosen.others + 1}"))
    return weights


def source_of(
    records: list[AnyRecord],
    baseline: str | None = None,
    delta: float | None = None,
    score_delta: float | None = None,
) -> Source:
    """Return a run with its figures.

    Args:
        records: of the run.
        baseline: the row that ratios are taken to, the fastest of each comparison if None.
        delta: rows that differ by less are the same, by the usual margin if None.
        score_delta: scores likewise.

    Raises:
        UsageError: if the run has no such row.
    """
    from rnnbench.measure.scores import SCORE_DELTA
    from rnnbench.measure.verdicts import DELTA
    from rnnbench.report.publish.sources import source

    base = named(baseline, records) if baseline else None
    return source(records, base, delta or DELTA, score_delta or SCORE_DELTA)


def source_of_file(
    file: Path,
    tell: Tell = warn,
    baseline: str | None = None,
    delta: float | None = None,
    score_delta: float | None = None,
    pictures: bool = False,
) -> Source:
    """Read a run to show it.

    Args:
        file: of the run.
        tell: as :func:`records_of` takes it.
        baseline: as :func:`source_of` takes it.
        delta: likewise.
        score_delta: likewise.
        pictures: whether learning curves are drawn, for which its trainings are wanted.

    Raises:
        UsageError: if it can't be read, or has no such row.
    """
    from rnnbench.analysis.read_rows import Asked
    from rnnbench.measure.scores import SCORE_DELTA
    from rnnbench.measure.verdicts import DELTA
    from rnnbench.report.publish.sources import with_rows
    from rnnbench.results.queries import trainings
    from rnnbench.schema.records.training import Training

    def base(records: Sequence[AnyRecord]) -> Row | None:
        return named(baseline, records) if baseline else None

    def beside(records: Sequence[AnyRecord], _: MeasuredRows) -> list[Training]:
        return trainings(records) if pictures else []

    margins = (delta or DELTA, score_delta or SCORE_DELTA)
    rows = rows_of(file, tell, Asked(base, *margins, beside, Training))
    return with_rows(rows, base(rows.records), margins[0])


def rows_of(file: Path, tell: Tell, asked: Asked[Item]) -> Rows[Item]:
    """Read the rows of a run, a large one in two processes.

    Args:
        file: of the run.
        tell: as :func:`records_of` takes it.
        asked: what is wanted of it.

    Raises:
        UsageError: if it can't be read.
    """
    from rnnbench.analysis import read_rows

    return read_rows.in_halves(file, asked) or read_rows.rows_of(records_of(file, tell), asked)


def named(name: str, records: Sequence[AnyRecord]) -> Row:
    """Return the row ``backend:variant`` of a run, or the only one of a backend.

    Raises:
        UsageError: if the run has no such row.
    """
    from rnnbench.results.queries import plan_of

    rows = plan_of(records).rows
    found = [row for row in rows if name in (str(row), row.place)]
    if len(found) != 1:
        raise unknown("row", name, map(str, rows))
    return found[0]
