"""What is lost when a run is ended: SIGKILL or another signal to the parent at random times.

    python tests/benchmarks/kills.py --kills 100
    python tests/benchmarks/kills.py --kills 40 --signal TERM --times 5
    python tests/benchmarks/kills.py --kills 10 --backends numpy:fused,torch

One short run for each stage is killed just there (``fake/killed_at.py``) and resumed. Others are
killed after a time drawn evenly from their whole life, resumed, killed again, and so on until they
come to their end. Then their results are compared with those of a run that nobody disturbed: the
same timings and trainings (to the last bit of their scores), each of them once, and matrix
products. Two seconds after each kill nothing that the run had started may be there, no traceback
was printed, the exit code tells the signal, and that of the last resumed run is 0.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "fake"))

from commands import ENVIRONMENT
from remains import marked, remains

from rnnbench.results import codec, reader
from rnnbench.results.runs import folders
from rnnbench.schema.records.beginning import Resumed, Run, Worker
from rnnbench.schema.records.peak import Peak
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.records.training import Training
from rnnbench.system import threads

KILLED_AT = Path(__file__).parents[1] / "fake" / "killed_at.py"
#: Long enough to be believed, so that matrix products are measured, too.
SUITE = """\
max_time = 0.5

[[block]]
tasks = ["echo"]
cells = ["elman", "gru"]
steps = 10
"""
#: What the last record in the file tells of where the run was.
STAGES = {
    None: "before the first record",
    Run: "starting its workers",
    Resumed: "starting its workers",
    Worker: "checking, preparing, timing",
    Timing: "training",
    Training: "training, timing the next",
    Peak: "printing",
}
#: The records after which a run is killed on purpose: each stage once.
AT = ("nothing", "Run", "Worker", "Timing", "Training", "Peak")
#: What may go wrong; ``stuck`` is a run that did not end as it should.
FAULTS = ("lost", "twice", "damaged", "left", "stuck", "traceback")
#: Seconds after a kill when nothing may be left.
WITHIN = 2.0


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as folder:
        found = Kills(Path(folder), options).carry_out()
    print(json.dumps(found, indent=1) if options.json else table(found))
    sys.exit(0 if found["contained"] == found["tried"] else 1)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--backends", default="fake:good,fake:second", metavar="LIST")
    parser.add_argument("--jobs", type=int, default=2 * threads.available(), help="runs at once")
    parser.add_argument("--seed", type=int, default=0, help="of the times")
    parser.add_argument("--signal", type=number_of, default="KILL", metavar="NAME")
    parser.add_argument("--times", type=int, default=1, help="as often as that at once")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def number_of(name):
    return signal.Signals[f"SIG{name}"]


class Kills:
    """Several runs at once, each killed and resumed until it comes to its end."""

    def __init__(self, folder, options):
        self.folder, self.options = folder, options
        self.suite = folder / "short.toml"
        self.suite.write_text(SUITE)
        self.rng, self.lock = random.Random(options.seed), threading.Lock()
        self.begun, self.runs = 0, 0
        self.at = list(AT) if options.signal == signal.SIGKILL else []
        self.ends = (-options.signal, 128 + options.signal)
        self.stages, self.faults = Counter(), []

    def carry_out(self):
        """Return the counts."""
        jobs = self.options.jobs
        with ThreadPoolExecutor(jobs) as pool, ThreadPoolExecutor(1) as self.later:
            lives = list(pool.map(self.undisturbed, range(jobs)))  # as slow as those to come
            self.life = min(life for life, _ in lives)
            self.expected = lives[0][1]
            self.note({"differ undisturbed": sum(one != self.expected for _, one in lives)})
            tell(f"an undisturbed run takes {self.life:.1f} s, {jobs} at once")
            for chain in [pool.submit(self.chain) for _ in range(jobs)]:
                chain.result()
        bad = Counter()
        for fault in self.faults:
            bad.update(fault)
        return {
            "tried": self.begun,
            "contained": self.begun - sum(1 for fault in self.faults if +Counter(fault)),
            **{
                name: bad[name]
                for name in ("lost", "twice", "damaged", "left", "stuck", "traceback")
            },
            "runs": self.runs,
            "records": sum(self.expected.values()),
            "killed while": dict(self.stages),
        }

    def note(self, fault):
        with self.lock:
            self.faults.append(fault)

    def undisturbed(self, number):
        """Return how long a run takes, and what it finds."""
        out, start = self.folder / f"undisturbed-{number}", time.monotonic()
        process = self.start(out, os.environ)
        if process.wait() != 0:
            said = out.with_suffix(".log").read_text()[-2000:]
            raise SystemExit(f"the undisturbed run failed:\n{said}")
        return time.monotonic() - start, holdings(folders.find(None, out))

    def chain(self):
        """Kill one run after the other, as long as there are kills to be tried."""
        while (number := self.next_run()) is not None:
            out = self.folder / f"run-{number}"
            if at := self.next_stage():
                if not self.killed(out, None, at):
                    raise SystemExit(f"{out.name} was not killed at {at}: see its log")
                self.finish(out)
                continue
            while (delay := self.next_kill(out)) is not None and self.killed(out, delay):
                pass
            if delay is None:
                self.finish(out)
            else:
                self.compare(out)

    def finish(self, out):
        """Go on with a run until its end, undisturbed."""
        code = self.start(out, os.environ).wait()
        if code != 0:
            tell(f"{out.name}: the resumed run ended with {code}: see its log")
        self.note({"stuck": int(code != 0)})
        self.compare(out)

    def next_run(self):
        with self.lock:
            self.runs += self.begun < self.options.kills
            return self.runs if self.begun < self.options.kills else None

    def next_stage(self):
        """Return the record at which the run is to be killed, None if at any time."""
        with self.lock:
            self.begun += bool(self.at)
            return self.at.pop(0) if self.at else None

    def next_kill(self, out):
        """Return after how many seconds the next one is due, None if there is none."""
        file = found(out)
        missing = (self.expected - holdings(file)).total() if file else self.expected.total()
        # Half of a life is starting and printing, which each start repeats.
        life = self.life * (0.5 + 0.5 * missing / self.expected.total())
        with self.lock:
            if self.begun == self.options.kills or not missing:
                return None
            self.begun += 1
            return self.rng.uniform(0, life)

    def killed(self, out, delay, at=None):
        """Start or resume a run and kill it; return False if it was over before that.

        After so many seconds, or at the first record of a kind.
        """
        environment = marked()
        process = self.start(out, environment, at)
        try:
            code = process.wait(delay)
        except subprocess.TimeoutExpired:
            for _ in range(self.options.times):
                process.send_signal(self.options.signal)
            code = process.wait()
        if code in self.ends:
            with self.lock:
                self.stages[stage(out)] += 1
                tell(f"{sum(self.stages.values())}/{self.options.kills} {out.name} {stage(out)}")
            self.later.submit(self.look, environment, time.monotonic() + WITHIN)
            return True
        with self.lock:
            self.begun -= 1  # it was not tried
        if code != 0:
            self.note({"stuck": 1})
        return False

    def look(self, environment, when):
        """Note what is left at some time after a kill."""
        time.sleep(max(0.0, when - time.monotonic()))
        if left := remains(environment, within=0):
            tell("\n".join(["left behind:", *left]))
            self.note({"left": len(left)})

    def start(self, out, environment, at=None):
        """Begin a run in a folder, or go on with the one that is there; see :meth:`killed`."""
        run = found(out)
        what = ["--suite", self.suite, "--backends", self.options.backends, "--seeds", 2]
        what += ["--threads", 1, "--timeout", 300]
        words = ["--resume", run.parent.name] if run else what
        program = [str(KILLED_AT), at] if at else ["-m", "rnnbench"]
        with out.with_suffix(".log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *program, "run", *map(str, words), "--out", str(out)],
                stdout=log,
                stderr=log,
                env=environment | ENVIRONMENT | {"RNNBENCH_LOCK": f"{out}.lock"},
            )

    def compare(self, out):
        """Note what a run that is over has lost, or has more than once."""
        file = found(out)
        holds = holdings(file) if file else Counter()
        lost, twice = self.expected - holds, holds - self.expected
        cut_off = [fault for fault in reader.load(file).faults if "cut off" not in fault.what]
        self.note({"lost": lost.total(), "twice": twice.total(), "damaged": len(cut_off)})
        if b"Traceback" in out.with_suffix(".log").read_bytes():
            tell(f"{out.name}: a traceback: see its log")
            self.note({"traceback": 1})
        for what, records in (("lost", lost), ("twice, or not as it was", twice)):
            if records:
                tell(f"{out.name}: {what}: {dict(records)}")


def found(out):
    """Return the results file that can be gone on with: it has at least the record of its run."""
    files = [file for file in folders.runs(out) if b"\n" in file.read_bytes()]
    return files[-1] if files else None


def whole(file):
    """Yield the records of a file, also those that contradict others."""
    for line in file.read_bytes().splitlines():
        try:
            yield codec.decode(line)
        except codec.Damaged:
            continue


def holdings(file):
    """Return how often a file holds what; a training with its score, which is always the same."""
    held = Counter()
    for record in whole(file):
        match record:
            case Timing(complete=True):
                held["timing", record.key] += 1
            case Training():
                what = (record.status, record.score, tuple(record.curve))
                held["training", record.key, str(record.row), record.seed, what] += 1
            case Peak():
                # At several moments, and anew when a run is gone on with.
                held["peak", record.backend, record.device, record.dtype] = 1
    return held


def stage(out):
    """Return where a run was when it ended."""
    file = found(out)
    last = list(whole(file))[-1] if file else None
    return STAGES[type(last) if last else None]


def tell(text):
    print(text, file=sys.stderr, flush=True)


def table(found):
    shown = {name: value for name, value in found.items() if name != "killed while"}
    shown |= {f"  {stage}": number for stage, number in found["killed while"].items()}
    return "\n".join(f"{name:30} {value:6}" for name, value in shown.items())


if __name__ == "__main__":
    main()
