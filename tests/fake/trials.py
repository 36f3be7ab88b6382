"""Runs in a cluster to which something happens: what they record, against the same run alone."""

import json
import os
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

import msgspec
import psutil
from commands import ENVIRONMENT, Ended
from msgspec.structs import replace
from slurm import until

from rnnbench.results import codec, reader
from rnnbench.results.runs import folders
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.records.training import Training

#: Six comparisons, each of two rows that are timed and trained with two seeds.
SUITE = """\
max_time = {seconds}
seeds = 2

[[block]]
tasks = ["echo"]
cells = ["elman", "gru", "leaky"]
hidden = 3
steps = 10

[[block]]
tasks = ["echo"]
cells = ["elman", "gru", "leaky"]
hidden = 4
steps = 10
"""
COMPARISONS = 6
#: Seconds of timing of a comparison: of one that only has to be timed; of one that is to last until
#: something happens to it; until Slurm has noticed that, too, which looks every half minute.
SHORT, LONG, LONGER = 0.1, 4.0, 9.0
#: What another start of the same run measures anew.
OF_TIME = frozenset(
    {"elapsed", "finished", "length", "look", "max_time", "node", "processes", "rounds", "run"}
    | {"audit_error", "audit_followed", "audit_tensor", "seconds", "steady_from"}
)


class Trial:
    """One run in parts.

    Attributes:
        slurm: where its jobs run, None for this machine.
        name: of the run.
        out: the folder of all runs.
    """

    def __init__(self, out, slurm=None, name="night", seconds=SHORT):
        self.out, self.slurm, self.name = Path(out), slurm, name
        self.suite = self.out / f"{name}.toml"
        self.out.mkdir(exist_ok=True)
        self.suite.write_text(SUITE.format(seconds=seconds))

    @property
    def folder(self):
        """That of the run."""
        return self.out / self.name

    def rnnbench(self, *words):
        """Run the command line to its end."""
        own = self.slurm.environment if self.slurm else os.environ
        command = [sys.executable, "-m", "rnnbench", *map(str, words), "--out", str(self.out)]
        ended = subprocess.run(
            command, env=own | ENVIRONMENT, capture_output=True, text=True, check=False, timeout=300
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    def run(self, *words):
        """Begin the run, with options; it may go on when this returns."""
        rows = ("--backends", "fake:good,fake:second", "--threads", 1)
        return self.rnnbench("run", "--suite", self.suite, *rows, "--name", self.name, *words)

    def submit(self, *words):
        """Submit the run to Slurm."""
        ended = self.run("--cluster", "slurm", *words)
        assert ended.code == 0, ended
        return ended

    def resume(self, *words):
        """Submit what is missing of it."""
        ended = self.rnnbench("run", "--resume", self.name, "--cluster", "slurm", *words)
        assert ended.code == 0, ended
        return ended

    def submitted(self):
        """Return ``(job, parts)`` of each array that was submitted."""
        found = json.loads((self.folder / "submitted.json").read_text())["jobs"]
        return [(one["number"], one["parts"]) for one in found]

    def status(self):
        """Return the state of each part."""
        ended = self.rnnbench("status", self.name, "--json")
        assert ended.code == 0, ended
        return [part["state"] for part in json.loads(ended.out)]

    def attempts(self):
        """Return the folders of all attempts, by name."""
        return sorted(one.name for one in self.folder.glob("parts/*"))

    def recorded(self, part):
        """Return how many comparisons of a part were timed, whole."""
        files = self.folder.glob(f"parts/{part:04}-of-*/results.jsonl")
        return len({one.key for file in files for one in whole(file) if is_timing(one)})

    def until_recorded(self, part, least=1, within=60):
        """Wait until so many comparisons of a part were timed."""
        until(lambda: self.recorded(part) >= least, within, self.told)

    def until_over(self, within=120):
        """Wait until no job of it waits or runs."""
        until(lambda: not self.waiting(), within, self.told)

    def waiting(self):
        """Return the jobs that wait or run."""
        over = ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "PREEMPTED")
        return [job for job, state in self.slurm.states().items() if state not in over]

    def node(self, part):
        """Return where the job of a part runs."""
        job, _ = self.submitted()[-1]
        return self.slurm.jobs()[f"{job}_{part}"][1]

    def process(self, part):
        """Return the process of the command that runs a part."""
        for one in self.slurm.processes():
            with suppress(psutil.Error):
                words = one.cmdline()
                if "--part" in words and words[words.index("--part") + 1].startswith(f"{part}/"):
                    return one
        raise AssertionError(self.told())

    def told(self):
        """Return what is known of it where it never comes to what is waited for."""
        logs = [log.read_text() for log in sorted(self.folder.glob("logs/*"))]
        jobs = self.slurm.jobs() if self.slurm else {}
        return "\n".join([str(jobs), *self.attempts(), *logs])

    def gathered(self):
        """Return what was gathered of it, without what another start would measure anew."""
        ended = self.rnnbench("gather", self.name)
        assert (ended.code, ended.err) == (0, ""), ended
        return untimed(self.folder / folders.FILE)


def untimed(file):
    """Return how often a results file has which record, without times, numbers and machines."""
    assert not reader.load(file).faults
    records = list(whole(file))
    timings = [one for one in records if is_timing(one)]
    trainings = [one for one in records if isinstance(one, Training)]
    assert {one.status for one in trainings} == {"ok"}
    assert all(row.status == "ok" for one in timings for row in one.rows)
    plan = replace(records[0].plan, suite="", suite_hash="")  # a file of its own, with other times
    found = [without_times(msgspec.to_builtins(one)) for one in (plan, *timings, *trainings)]
    return Counter(json.dumps(one, sort_keys=True) for one in found)


def without_times(value):
    """Return a record without the fields that another start measures anew."""
    if isinstance(value, dict):
        kept = {name: one for name, one in value.items() if name not in OF_TIME}
        return {name: without_times(one) for name, one in kept.items()}
    return list(map(without_times, value)) if isinstance(value, list) else value


def is_timing(record):
    return isinstance(record, Timing) and record.complete


def whole(file):
    """Yield the records of a file that may be written at this moment; none where it is gone."""
    with suppress(FileNotFoundError):
        for line in file.read_bytes().splitlines():
            with suppress(codec.Damaged):
                yield codec.decode(line)
