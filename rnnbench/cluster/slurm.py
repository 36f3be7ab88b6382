"""Slurm: an array of jobs by one call of ``sbatch``, and what ``squeue`` says of it.

Nothing asks ``sacct``, which many clusters have not: whether a part is done its file says.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from rnnbench.cluster import job_script
from rnnbench.errors import UsageError
from rnnbench.text import one_line, shown

#: What is asked for unless it is set otherwise: whole nodes, as neighbours disturb what is timed;
#: to be begun again after a node has failed; and to be told, by SIGTERM to the script alone, a
#: minute before the time is up.
USUAL = {"exclusive": "", "requeue": "", "signal": "B:TERM@60", "open-mode": "append"}
#: The options that are ours to give.
OURS = frozenset({"array", "chdir", "output", "error", "parsable", "wrap", "test-only", "wait"})
#: The most tasks of an array where a cluster has not set ``MaxArraySize``.
MOST_PARTS = 1000
#: Seconds within which Slurm's commands answer.
PATIENCE = 60.0
_OPTION = re.compile(r"[a-z][a-z-]{0,40}")


class Task(NamedTuple):
    """A job of an array as ``squeue`` shows it.

    Attributes:
        part: its number.
        state: ``PENDING``, ``RUNNING`` ...
        node: where it runs, empty if nowhere.
        reason: why it waits.
    """

    part: int
    state: str
    node: str
    reason: str


def options_of(texts: Iterable[str]) -> dict[str, str]:
    """Return the values of ``--cluster-set``: options of ``sbatch`` by name.

    Args:
        texts: ``partition=gpu``, ``time=60``; an option without a value is ``hold=``.

    Raises:
        UsageError: naming what can't be an option of ``sbatch``, is given by us or is there twice.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, is_set, value = text.partition("=")
        if not is_set or not _OPTION.fullmatch(name) or not value.isprintable():
            raise UsageError(
                f"--cluster-set {shown(text)}: a long option of sbatch, as partition=gpu or time=60"
            )
        if name in OURS:
            raise UsageError(f"--cluster-set {name}: rnnbench gives this option itself")
        if name in found:
            raise UsageError(f"--cluster-set {name} is there twice: give it once")
        found[name] = value
    return found


def submit(run: Path, parts: str, at_once: int | None, options: Mapping[str, str]) -> int:
    """Submit parts of a run as an array; return the number of its job.

    Args:
        run: its folder, with the script.
        parts: their numbers, as ``1-12`` or ``3,7-9``.
        at_once: how many may run at a time, None for no limit.
        options: of ``sbatch``, by name; one that is ``no`` is left out, an empty one has no value.

    Raises:
        UsageError: if Slurm does not take it, in its words.
    """
    given = {"job-name": f"rnnbench-{run.name}", **USUAL, **options}
    words = [f"--{name}={value}" if value else f"--{name}" for name, value in given.items()]
    wanted = [word for word, value in zip(words, given.values(), strict=True) if value != "no"]
    limit = f"%{at_once}" if at_once else ""
    answer = call(
        "sbatch",
        "--parsable",
        f"--array={parts}{limit}",
        f"--output={run.absolute() / job_script.LOGS}/%a.log",
        *wanted,
        str(run.absolute() / job_script.FILE),
    )
    found = re.match(r"\d+", answer)
    if found is None:
        raise UsageError(f"sbatch answers {shown(answer)}, and no number of a job")
    return int(found[0])


def tasks(jobs: Iterable[int]) -> Iterator[Task]:
    """Yield the jobs of arrays that have not ended.

    Args:
        jobs: the numbers of the arrays.

    Raises:
        UsageError: if Slurm can't be asked.
    """
    for job in jobs:
        try:
            answer = call("squeue", "-h", "-r", "-j", str(job), "-o", "%K|%T|%N|%r")
        except Refused:  # it has ended so long ago that Slurm knows it no longer
            continue
        for line in answer.splitlines():
            part, state, node, reason = (*line.split("|"), "", "", "")[:4]
            if part.isdigit():
                yield Task(int(part), state, node, reason)


class Refused(UsageError):
    """A command of Slurm's has ended with an error."""


def call(*words: str) -> str:
    """Return what a command of Slurm's prints.

    Raises:
        Refused: if it ends with an error, in its words.
        UsageError: if there is no such command, or it does not answer.
    """
    name = words[0]
    try:
        ended = subprocess.run(
            words, capture_output=True, text=True, errors="replace", timeout=PATIENCE, check=False
        )
    except FileNotFoundError:
        raise UsageError(
            f"--cluster slurm: there is no {name} here; submit where Slurm is, or take "
            "--cluster local"
        ) from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"{shlex.join(words)}: {error}") from None
    if ended.returncode:
        said = one_line(ended.stderr.strip() or ended.stdout.strip())
        raise Refused(f"{name}: {said.removeprefix(f'{name}: ')}")
    return ended.stdout.strip()
