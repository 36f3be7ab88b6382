"""Runs on many machines: submitted, followed, gone on with."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from rnnbench.api import measuring
from rnnbench.api.options import command_line, requests
from rnnbench.errors import UsageError
from rnnbench.text import many

if TYPE_CHECKING:
    from rnnbench.cluster.submission import Engine, Submission

#: What is no option of a part.
NOT_OF_PARTS = frozenset({"part", "progress", "resume", "retry_failed", "reuse"})


def submit(
    given: Mapping[str, Any],
    engine: Engine,
    parts: int | None = None,
    at_once: int | None = None,
    options: Mapping[str, str] | None = None,
) -> Path:
    """Submit a run in parts; return its folder.

    Args:
        given: the options of :func:`rnnbench.api.measuring.run`.
        engine: what runs the parts.
        parts: how many there are, as many as there can be if None.
        at_once: how many run at a time, None for no limit; locally one.
        options: of ``sbatch``, by name.

    Raises:
        UsageError: for what can't be done; nothing is left behind, and nothing was submitted.
    """
    from rnnbench.cluster import slurm
    from rnnbench.cluster.submission import Submission
    from rnnbench.plan.expand import expand
    from rnnbench.plan.part import part_of, usual_parts
    from rnnbench.results.parts.attempts import is_divided
    from rnnbench.running.part import folder_of

    check_engine(engine, options)
    if given.get("reuse"):
        raise UsageError("--reuse with --cluster: earlier runs were made on other machines")
    measuring.check_nothing_failed(given)
    where = requests.surroundings(given)
    run = folder_of(where["name"], where["out"])
    if is_divided(run):
        raise UsageError(f"{run} is there: {how_to_go_on(run, engine)}")
    request, registry = requests.request(given)
    if request.weights:  # whichever run is the newest when a job begins
        given = {**given, "weights": request.weights.path}
    plan, split = expand(request, registry), measuring.split_of(given)
    count = parts or usual_parts(plan, split, slurm.MOST_PARTS)
    part_of(plan, count, count, split)  # what can't be divided is told before anything is written
    submission = Submission(
        engine=engine,
        words=words_of(given),
        folder=str(Path.cwd()),
        naming=naming_of(given),
        parts=count,
        at_once=at_once,
        options=dict(options or {}),
    )
    try:
        write_script(run, submission)
        hand_over(run, submission, range(1, count + 1), where["audience"].tell)
    except UsageError:
        withdraw(run)
        raise
    return run


def go_on(
    given: Mapping[str, Any],
    engine: Engine,
    at_once: int | None = None,
    options: Mapping[str, str] | None = None,
) -> Path:
    """Submit what is missing of a run; return its folder.

    Args:
        given: ``resume``, what names code, and ``retry_failed``: see
            :func:`rnnbench.api.measuring.resumed`.
        engine: what runs the parts now.
        at_once: see :func:`submit`; as before if None.
        options: likewise.

    Raises:
        UsageError: if the run was not submitted, or with other plugins, interpreters or nets.
    """
    from rnnbench.cluster import submission as submissions
    from rnnbench.cluster.progress import in_words, progress

    check_engine(engine, options)
    where = requests.surroundings(given)
    run = run_in_parts(str(given["resume"]), where["out"])
    before = submissions.load(run)
    if before is None:
        raise UsageError(f"{run} was not submitted: {how_to_go_on(run, engine)}")
    check_naming(given, before, run)
    states = progress(run, before)
    tell = where["audience"].tell
    tell(in_words(states))
    again = given.get("retry_failed", False)
    left = [
        one.part
        for one in states
        if one.state in ("ended", "missing") or (again and one.state == "done" and one.failed)
    ]
    if not left:
        tell(f"nothing is left to submit of {run}")
        return run
    now = replace(
        before,
        engine=engine,
        at_once=at_once or before.at_once,
        options=dict(before.options if options is None else options),
    )
    write_script(run, now, ["--retry-failed"] if again else [])
    hand_over(run, now, left, tell)
    return run


def how_to_go_on(run: Path, engine: Engine) -> str:
    """Return what to do with a run in parts that is there already, as far as its files tell."""
    from rnnbench.cluster import submission as submissions
    from rnnbench.results.parts.attempts import attempts
    from rnnbench.results.parts.gathering import first_record

    if submissions.load(run) is not None:
        again = f"rnnbench run --resume {run.name} --cluster {engine}"
        return f"rnnbench status {run.name} tells how far it is; go on with: {again}"
    firsts = (first_record(one.file) for one in attempts(run))
    if begun := next((one for one in firsts if one is not None), None):
        return f"go on with the command of each part, as: {shlex.join(begun.command)}"
    return f"no part of it has begun: remove {run}, or take another --name"


def check_engine(engine: Engine, options: Mapping[str, str] | None) -> None:
    """Refuse options of ``sbatch`` that nobody would heed."""
    if options and engine != "slurm":
        raise UsageError(f"--cluster-set with --cluster {engine}: these are options of sbatch")


def check_naming(given: Mapping[str, Any], before: Submission, run: Path) -> None:
    """Refuse other plugins, interpreters or nets than a run was submitted with.

    What a file names is neither imported nor started unless the command line names it too.
    """
    if naming_of(given) != before.naming:
        words = ["rnnbench", "run", "--resume", run.name, "--cluster", before.engine]
        without = "" if before.naming else ", without -p, --python and --model"
        raise UsageError(
            "this run was submitted with other plugins, interpreters or nets: go on with: "
            f"{shlex.join([*words, *before.naming])}{without}"
        )


def naming_of(given: Mapping[str, Any]) -> list[str]:
    """Return the words of a command that name code: plugins, interpreters and nets."""
    named = {name: given.get(name) for name in ("plugins", "python", "models")}
    return command_line.words(measuring.run, named)[1:]


def write_script(run: Path, submission: Submission, further: Sequence[str] = ()) -> None:
    """Write the script of the jobs.

    Args:
        run: the folder of the run.
        submission: with the command of the whole run.
        further: words of the command that only the next jobs have.

    Raises:
        UsageError: if it can't be written.
    """
    from rnnbench.cluster import job_script
    from rnnbench.results.parts.attempts import FOLDER
    from rnnbench.system.io.files import write_file

    words, folder = [*submission.words, *further], Path(submission.folder)
    script = job_script.text(words, submission.parts, run, folder)
    try:
        (run / FOLDER).mkdir(parents=True, exist_ok=True)
        (run / job_script.LOGS).mkdir(exist_ok=True)
        write_file(run / job_script.FILE, script.encode())
    except OSError as error:
        raise UsageError(f"{error.filename or run}: {error.strerror or error}") from None


def hand_over(
    run: Path, submission: Submission, parts: Sequence[int], tell: Callable[[str], None]
) -> None:
    """Give parts to the engine, and keep what was submitted.

    Args:
        run: the folder of the run.
        submission: with the jobs that were submitted before.
        parts: the numbers of those that are submitted now.
        tell: shows a line.

    Raises:
        UsageError: if the engine does not take them.
    """
    from rnnbench.cluster import local, slurm
    from rnnbench.cluster import submission as submissions
    from rnnbench.plan.part import ranges
    from rnnbench.system import machine

    engine, named, began = submission.engine, ranges(parts), None
    if engine == "debug":
        submissions.save(run, submission)
        local.carry_out(run, parts)
        return
    if engine == "slurm":
        number = slurm.submit(run, named, submission.at_once, submission.options)
    else:
        number, began = local.submit(run, parts, submission.at_once or 1)
    what = f"job {number}" if engine == "slurm" else f"process {number}"
    tell(f"{many(len(parts), 'part')} of {run} submitted as {what}")
    job = submissions.Job(
        engine=engine, number=number, submitted=machine.now(), parts=named, began=began
    )
    submissions.save(run, replace(submission, jobs=[*submission.jobs, job]))


def withdraw(run: Path) -> None:
    """Remove what was written of a run that was not submitted, and no more than that."""
    from rnnbench.cluster import job_script
    from rnnbench.results.parts.attempts import FOLDER, attempts

    if attempts(run):
        return  # it was submitted, and a part has begun
    with suppress(OSError):  # of what can't be a folder nothing was written
        (run / job_script.FILE).unlink()
    for folder in (run / FOLDER, run / job_script.LOGS, run, run.parent):
        with suppress(OSError):
            folder.rmdir()  # unless somebody has put something there


def words_of(given: Mapping[str, Any]) -> list[str]:
    """Return the command of the whole run, after ``rnnbench``, as all its parts are given it."""
    own = {name: value for name, value in given.items() if name not in NOT_OF_PARTS and value != ""}
    return command_line.words(measuring.run, own)


def run_in_parts(run: str | None, out: Path) -> Path:
    """Return the folder of a run that was divided into parts, the newest for None.

    Raises:
        UsageError: if there is no such run.
    """
    from rnnbench.errors import closest
    from rnnbench.results.parts.attempts import FOLDER, divided, find
    from rnnbench.results.runs.folders import MOST_NAMED
    from rnnbench.results.runs.names import LATEST

    there = divided(out)
    if run in (None, LATEST) and there:
        return max(there, key=lambda folder: (folder / FOLDER).stat().st_mtime)
    if run is not None and (found := find(run, out)):
        return found
    names = [one.name for one in there]
    close = closest(str(run), names)
    hint = f" (did you mean {close!r}?)" if close else ""
    listed = f"there are {', '.join(names[:MOST_NAMED])}" if names else "there are none"
    raise UsageError(f"no run in parts {run or LATEST!r} in {out}{hint}: {listed}")
