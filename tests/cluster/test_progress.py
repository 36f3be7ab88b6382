"""How far parts are, from their files and from what an engine has."""

import os

import parted
import psutil
import pytest
from msgspec.structs import replace
from specimens import TIMING

from rnnbench.cluster import slurm
from rnnbench.cluster.progress import in_words, numbers, progress
from rnnbench.cluster.submission import Job, Submission
from rnnbench.errors import UsageError
from rnnbench.plan.part import part_of

SLURM = Submission(
    engine="slurm",
    words=["run"],
    folder="/home",
    parts=5,
    jobs=[Job("slurm", 7, "2026-01-02T03:04:05+00:00", "1-5")],
)


@pytest.fixture
def run(tmp_path):
    """A folder in which part 1 is done, part 2 has failed rows and part 3 was ended."""
    whole = parted.plan(5)
    one, two, three = (part_of(whole, number, 5) for number in (1, 2, 3))
    parted.attempt(tmp_path, one, parted.everything(one))
    failed = replace(TIMING.rows[1], status="crashed", reason="it fell", processes=[])
    rows = [TIMING.rows[0], failed]
    _, *trained = parted.everything(two)
    parted.attempt(tmp_path, two, [replace(parted.timing(two.comparisons[0]), rows=rows), *trained])
    parted.attempt(tmp_path, three, [], done=False)
    return tmp_path


def told(states):
    return [(one.part, one.state, one.node) for one in states]


def test_without_an_engine_the_files_tell(run):
    states = progress(run, None)
    assert told(states) == [
        *((1, "done", "n1"), (2, "done", "n1"), (3, "ended", "n1")),
        *((4, "missing", None), (5, "missing", None)),
    ]
    assert [(one.rows, one.failed) for one in states[:3]] == [(2, 0), (2, 1), (0, 0)]
    assert in_words(states) == "5 parts: 2 done, 1 ended, 2 missing"


def test_a_name_says_nothing_of_what_is_recorded(run):
    """Records of a part that was done are damaged, gone, renamed, or put there by somebody."""
    folders = run / "parts"
    done = folders / "0001-of-0005.0.done"
    whole = (done / "results.jsonl").read_bytes()
    damaged = whole.replace(b'"record":"timing"', b'"record":"tiMing"')
    for contents in (damaged, b"", b"\x00\xff" * 99):
        (done / "results.jsonl").write_bytes(contents)
        assert progress(run, None)[0].state == "ended"
    (done / "results.jsonl").write_bytes(whole)
    assert progress(run, None)[0].state == "done"
    done.rename(folders / "0004-of-0005.0.done")
    assert [one.state for one in progress(run, None)] == [
        *("missing", "done", "ended", "ended", "missing")
    ]
    other = parted.plan(5, seeds=(7, 8))
    foreign = part_of(other, 5, 5)
    parted.attempt(run, foreign, parted.everything(foreign))
    assert progress(run, None)[4].state == "ended"


def test_slurm_tells_what_waits_and_what_runs_where(run, monkeypatch):
    answers = "2|RUNNING|n2|None\n3|PENDING||BeginTime\n4|RUNNING|n3|None\n5|PENDING||Resources"
    asked = []
    monkeypatch.setattr(slurm, "call", lambda *words: asked.append(words) or answers)
    states = progress(run, SLURM)
    assert told(states) == [
        *((1, "done", "n1"), (2, "done", "n2"), (3, "queued", "n1")),
        *((4, "running", "n3"), (5, "queued", None)),
    ]
    assert [one.told for one in states] == [None, None, "BeginTime", None, "Resources"]
    assert asked == [("squeue", "-h", "-r", "-j", "7", "-o", "%K|%T|%N|%r")]


def test_a_job_that_slurm_has_forgotten_has_ended(run, monkeypatch):
    def call(*words):
        raise slurm.Refused("squeue: Invalid job id specified")

    monkeypatch.setattr(slurm, "call", call)
    assert [one.state for one in progress(run, SLURM)] == [
        *("done", "done", "ended", "missing", "missing")
    ]


@pytest.mark.parametrize(("late", "state"), [(0.0, "queued"), (5.0, "missing")])
def test_a_local_process_is_known_by_its_number_and_its_beginning(run, late, state):
    began = psutil.Process(os.getpid()).create_time() + late
    job = Job("local", os.getpid(), "2026-01-02T03:04:05+00:00", "3-5", began)
    found = progress(run, replace(SLURM, engine="local", jobs=[job]))
    assert found[4].state == state
    assert found[2].state == ("running" if state == "queued" else "ended")


def test_a_folder_without_parts_is_refused(tmp_path):
    with pytest.raises(UsageError, match="has no parts"):
        progress(tmp_path, None)
    assert in_words(progress(tmp_path, replace(SLURM, jobs=[]))) == "5 parts: 5 missing"


def test_ranges_are_read():
    assert list(numbers("1-3,7")) == [1, 2, 3, 7]
