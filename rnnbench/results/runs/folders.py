"""The folders of runs: creating, listing and finding them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from rnnbench.errors import UsageError, closest
from rnnbench.results.runs import baselines, index
from rnnbench.results.runs.index import Entry
from rnnbench.results.runs.names import LATEST, check_name, stamp
from rnnbench.system.io.files import what_is_at
from rnnbench.text import shown

#: The name of the results file in the folder of a run.
FILE = "results.jsonl"
#: How many runs an error names.
MOST_NAMED = 5


class Found(NamedTuple):
    """The run that was meant.

    Attributes:
        file: its results file.
        copies: other files of the same run that could have been meant as well.
        passed_over: where the newest was meant: files that may hold it, and can't be read.
    """

    file: Path
    copies: Sequence[Path] = ()
    passed_over: Sequence[Entry] = ()


def new_folder(out: Path, started: str, name: str | None = None) -> Path:
    """Create the folder of a new run, named by its user or after the time of its start.

    Raises:
        UsageError: if it can't be written, or another run or a baseline has this name.
    """
    if name is not None:
        check_new_name(name, out)
    usual = stamp(started)
    names = [name] if name else [usual, *(f"{usual}-{k:02}" for k in range(2, 100))]
    try:
        out.mkdir(parents=True, exist_ok=True)
        for each in names:
            with suppress(FileExistsError):  # also if another run makes it at this moment
                (out / each).mkdir()
                return out / each
    except FileExistsError:
        raise UsageError(not_a_folder(out)) from None
    except OSError as error:
        raise UsageError(f"--out {out}: {error.strerror or error}") from None
    if name:
        raise UsageError(f"--name {name}: {out / name} is there already; take another name")
    raise UsageError(f"--out {out}: too many runs began in the same second")


def check_new_name(name: str, out: Path) -> None:
    """Refuse the name of a new run that is none, or that another run or a baseline has.

    Raises:
        UsageError: naming it.
    """
    check_no_run(f"--name {check_name('--name', name)}", name, out)
    if kept := baselines.find(name, out):
        raise UsageError(f"--name {name}: the baseline {kept} has this name; take another")


def check_no_run(what: str, name: str, out: Path) -> None:
    """Refuse a name that a run has, or its folder: one of the two would never be meant by it.

    Args:
        what: for which it was chosen, for the error.
        name: that was chosen.
        out: the folder of all runs.

    Raises:
        UsageError: naming the run.
    """
    for one in entries(out):
        if name in (one.name, one.folder):
            raise UsageError(f"{what}: the run {one.file.parent} has this name; take another")


def find(run: str | None, out: Path) -> Path:
    """Return the results file of a run; see :func:`look_up`."""
    return look_up(run, out).file


def check_folder(out: Path) -> None:
    """Refuse what is no folder for runs.

    Raises:
        UsageError: saying what is there instead.
    """
    if what_is_at(out) not in ("a folder", "nothing"):
        raise UsageError(not_a_folder(out))


def not_a_folder(out: Path) -> str:
    """Return what is said of what should be a folder."""
    return f"--out {out}: this is {what_is_at(out)}; name a folder"


def look_up(run: str | None, out: Path) -> Found:
    """Return the run that somebody means.

    Args:
        run: the name of a folder in ``out``, a path to a results file or a folder with one, the
            name or the id that is in a record, the name of a baseline, the beginning of a name or
            an id that no other run has; or ``latest``, as None is.
        out: the folder of all runs.

    Raises:
        UsageError: if there is none, or more than one.
    """
    if run in (None, LATEST):
        return _newest(out)
    assert run is not None
    places = [Path(run), Path(run) / FILE]
    places.insert(0 if Path(run).name == run else 2, out / run / FILE)
    if (place := next(filter(is_file, places), None)) is not None:
        return Found(place)
    there = [one for one in entries(out) if not one.fault]
    if found := [one for one in there if run in (one.name, one.run)]:
        return _only(run, found)
    if baseline := baselines.find(run, out):
        return Found(baseline)
    for begins in (_name_begins, _id_begins) if run else ():
        if found := [one for one in there if begins(one, run)]:
            return _only(run, found)
    raise UsageError(_no_run(run, out, there))


def _newest(out: Path) -> Found:
    """Return the run that was begun last."""
    every = entries(out)
    check_folder(out)
    if not every:
        raise UsageError(f"no run in {out}: rnnbench run makes one, --out says where to look")
    there, unreadable = [e for e in every if not e.fault], [e for e in every if e.fault]
    if not there:
        return Found(unreadable[-1].file)  # whoever reads it says what is wrong with it
    return _of_copies([one for one in there if _same_run(one, there[-1])], unreadable)


def _no_run(run: str, out: Path, there: Sequence[Entry]) -> str:
    """Return why there is no run of this name, or at this path."""
    what = what_is_at(Path(run)) if run else "nothing"
    if what == "a folder":
        inside = what_is_at(Path(run) / FILE)
        if inside != "nothing":
            return f"{FILE} in {run} is {inside}, and no results file"
        return f"{run} is a folder without {FILE}: no run, or one that --out is to name"
    if what not in ("nothing", "out of reach"):
        return f"{run} is {what}, and no results file"
    kept = [one.file.stem for one in baselines.entries(out)]
    listed = f"{_listed(there)}{'; baselines: ' + ', '.join(kept) if kept else ''}"
    return f"no run {shown(run)} in {out}{_suggested(run, there, kept)}: {listed}"


def _of_copies(copies: Sequence[Entry], passed_over: Sequence[Entry] = ()) -> Found:
    """Return the file of a run that has most of it."""
    first, *others = sorted(copies, key=lambda one: -one.size)
    return Found(first.file, [one.file for one in others], passed_over)


def _same_run(one: Entry, other: Entry) -> bool:
    """Return whether two files hold the same run; before schema 4 none had an id."""
    return one is other or (one.run == other.run != "" and one.started == other.started)


def _name_begins(one: Entry, run: str) -> bool:
    return one.folder.startswith(run) or (one.name or "").startswith(run)


def _id_begins(one: Entry, run: str) -> bool:
    return one.run.startswith(run)


def _only(run: str, found: Sequence[Entry]) -> Found:
    """Return the one run that fits; of copies the one that has most.

    Raises:
        UsageError: if several runs fit.
    """
    if not all(_same_run(one, found[0]) for one in found):
        raise UsageError(f"{run!r} means several runs: {_names(found)}; say more of the name")
    return _of_copies(found)


def is_file(path: Path) -> bool:
    """Return whether a path names a regular file; what can't be a path names none."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # what can't be a name: too long, or with a zero byte
        return False


def entries(out: Path) -> list[Entry]:
    """Return all runs in a folder, the oldest first, after those that can't be read.

    Empty files are left out: those runs were ended before they began.

    Raises:
        UsageError: if that can't be the name of a folder, or it may not be read.
    """
    try:
        with suppress(FileNotFoundError, NotADirectoryError), os.scandir(out):
            pass  # as glob finds nothing where nobody may look
        found = [path for path in out.glob(f"*/{FILE}") if _holds_something(path)]
    except OSError as error:  # its name is too long, say
        raise UsageError(f"{out}: {error.strerror or error}") from None
    return index.entries(found)


def runs(out: Path) -> list[Path]:
    """Return the results files of all runs in a folder; see :func:`entries`."""
    return [one.file for one in entries(out)]


def each_once(found: Iterable[Entry]) -> list[Entry]:
    """Return runs, the oldest first; of copies that which has most."""
    largest: dict[str, Entry] = {}
    for one in sorted(found, key=lambda one: one.size):
        largest[one.run or str(one.file)] = one
    return sorted(largest.values(), key=lambda one: (one.started, one.folder))


def _holds_something(path: Path) -> bool:
    try:
        found = path.stat()
        return found.st_size > 0 or not stat.S_ISREG(found.st_mode)  # of which it is told
    except OSError:  # it has gone this moment, or nobody may look
        return False


def remove(folder: Path, made: os.stat_result) -> None:
    """Remove the folder of a run that came to nothing: what the run has put there, and no more.

    Args:
        folder: of the run.
        made: its status when it was made; what has taken its place since is left alone.
    """
    with suppress(OSError):
        if os.path.samestat(made, folder.lstat()):
            for file in (folder / FILE, *folder.glob("*.log")):
                file.unlink(missing_ok=True)
            folder.rmdir()


def _suggested(run: str, there: Iterable[Entry], kept: Iterable[str]) -> str:
    """Return a question for the name of a run or a baseline that is closest."""
    names = [name for one in there for name in (one.folder, one.name) if name]
    close = closest(run, [*names, *kept])
    return f" (did you mean {close!r}?)" if close else ""


def _listed(there: Sequence[Entry]) -> str:
    return f"there are {_names(there)}" if there else "there are none"


def _names(there: Sequence[Entry]) -> str:
    """Return the names of the last few runs, with how many more there are."""
    names = [one.folder for one in there[-MOST_NAMED:]]
    more = f", and {len(there) - MOST_NAMED} more" if len(there) > MOST_NAMED else ""
    return ", ".join(names) + more
