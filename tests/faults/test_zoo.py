"""Backends that do everything wrong, in runs beside good ones: one row's affair, each of them.

The faults are in ``fake/zoo_backend.py``.
"""

import json
import re
import subprocess
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import escapes
import pytest
from commands import ENVIRONMENT, rnnbench
from remains import marked, remains

from rnnbench.results import reader
from rnnbench.results.runs import folders
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.records.training import Training

SUITE = """\
max_time = 0.05

[[block]]
tasks = ["echo"]
cells = ["elman"]
steps = 10
"""
GOOD = ["fake:good", "fake:second"]
#: How each row must end, and what its reason must say.
BREAKS = {
    "zoo-import:only": (
        "failed",
        "{}: importing zoo_import:Zoo raises ImportError: libmagic.so.3: cannot open shared object",
    ),
    "zoo-exit:only": ("failed", "{}: importing zoo_exit:Zoo raises SystemExit: 3"),
    "zoo-segfault:only": (
        "crashed",
        "the worker ended by SIGSEGV ({}: importing zoo_segfault:Zoo); see ",
    ),
    "zoo-partial:only": ("failed", "{}: making it raises TypeError: Can't instantiate abstract cl"),
    "zoo:build": ("failed", "{}: program() raises RuntimeError: broken on purpose"),
    "zoo:abstract": ("failed", "{}: program() raises TypeError: Can't instantiate abstract class"),
    "zoo:nan": ("mismatch", "last loss differs from the oracle by inf, allowed 1e-04"),
    "zoo:gradients": ("mismatch", "gradient of readout.b differs from the oracle by 2.0e+00"),
    "zoo:segfault": ("crashed", "the worker ended by SIGSEGV ({}: a turn); see "),
    "zoo:quits": ("crashed", "the worker ended with exit code 7 ({}: a turn); see "),
    "zoo:exits": ("failed", "{}: train_step() raises SystemExit: 3"),
    "zoo:half": ("crashed", "the worker ended with exit code 0 ({}: a turn); see "),
    "zoo:garbage": ("crashed", "the worker answered nonsense ({}: a turn): it is no JSON"),
    "zoo:unsynchronised": (
        "failed",
        "{}: building a row: RuntimeError: wait() returns before the work is done",
    ),
    "zoo:gigabyte": ("failed", "{}: train_step() raises OSError: [Errno 27] File too large"),
    "zoo:orphans": ("crashed", "the worker ended by SIGSEGV ({}: its check); see "),
}
if sys.platform == "linux":  # elsewhere memory can't be limited
    BREAKS["zoo:hog"] = ("oom", "{}: train_step() raises MemoryError: Unable to allocate 64.0 MiB")
#: Seconds without a word after which a worker is ended.
LIMIT = 6
SILENT = f"silent for {LIMIT} s ({{}}: "
HANGS = {
    "zoo:loop": ("timeout", f"{SILENT}a turn); see "),
    "zoo:loop-building": ("timeout", f"{SILENT}its check); see "),
    "zoo:half-message": ("timeout", f"{SILENT}its check); see "),
    "zoo:deaf": ("timeout", f"{SILENT}its check); see "),
    "zoo:stops": ("timeout", f"{SILENT}its check); see "),
}
#: Odd, and none of anybody else's business.
ODD = ["zoo:forks", "zoo:daemon", "zoo:escapes", "zoo:mute", "zoo:moves", "zoo:nice"]
#: Timed, and what becomes of their training.
TRAININGS = {
    "zoo:nan-training": ("failed", "the training diverged: the loss at step 1 is nan"),
    "zoo:exits-training": ("failed", "{}: train_step() raises SystemExit: 3"),
    "zoo:flood": ("timeout", f"{SILENT}training); see "),
}


def begins(reason, beginning, row):
    """Return whether a reason begins so, a backend being named with its plugin for ``{}``."""
    who = f"backend '{row.partition(':')[0]}' of zoo"
    return re.sub(r" \([0-9a-f]{12}\)", "", reason).startswith(beginning.format(who))


@pytest.fixture(scope="module")
def zoo(tmp_path_factory):
    """Return what carries out a run in which good rows and some of the zoo stand side by side."""

    def call(rows, *options):
        folder = tmp_path_factory.mktemp("zoo")
        (folder / "zoo.toml").write_text(SUITE)
        (folder / "pipes").mkdir()
        kinds = (*escapes.KINDS, *escapes.MARKLESS) if sys.platform == "linux" else ("in_group",)
        pipes = escapes.Pipes(folder / "pipes", kinds if "zoo:escapes" in rows else ())
        environment = marked() | ENVIRONMENT | {escapes.VARIABLE: str(folder / "pipes")}
        environment["RNNBENCH_LOCK"] = str(folder / "lock")  # some go on side by side
        names = [
            "--suite",
            folder / "zoo.toml",
            "--backends",
            ",".join([*GOOD, *rows]),
            "-p",
            "zoo",
        ]
        ended = subprocess.run(
            [sys.executable, "-m", "rnnbench", "run", *names, "--out", folder / "out", *options],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        left = remains(environment) + sorted(pipes.left(within=1))
        pipes.close()
        contents = reader.load(folders.find(None, folder / "out"))
        (timing,) = (record for record in contents.records if isinstance(record, Timing))
        trained = defaultdict(list)
        for record in contents.records:
            if isinstance(record, Training):
                trained[str(record.row)].append(record)
        return SimpleNamespace(
            ended=ended,
            left=left,
            faults=contents.faults,
            rows={str(row.row): row for row in timing.rows},
            trained=trained,
        )

    return call


@pytest.fixture(scope="module")
def broken(zoo):
    rows = [*BREAKS, *ODD, "zoo:nan-training", "zoo:exits-training"]
    return zoo(rows, "--seeds", "2", "--timeout", "60", "--memory-limit", "1GiB")


@pytest.fixture(scope="module")
def hanging(zoo):
    """Two runs side by side, since most of each is waiting."""

    def call(rows):
        return zoo(rows, "--seeds", "1", "--timeout", str(LIMIT))

    late = ["zoo:loop", "zoo:flood"]
    with ThreadPoolExecutor() as pool:
        return list(pool.map(call, [[name for name in HANGS if name not in late], late]))


@pytest.fixture(scope="module")
def hanging_early(hanging):
    """What hangs before it is timed."""
    return hanging[0]


@pytest.fixture(scope="module")
def hanging_late(hanging):
    """What hangs in timing or training."""
    return hanging[1]


@pytest.fixture(scope="module")
def runs(broken, hanging):
    return [broken, *hanging]


class TestRun:
    @pytest.fixture(params=["broken", "hanging_early", "hanging_late"])
    def run(self, request):
        return request.getfixturevalue(request.param)

    def test_it_ends_with_a_table_and_exit_code_1_and_no_traceback(self, run):
        assert run.ended.returncode == 1
        assert "echo · elman" in run.ended.stdout
        assert "Traceback" not in run.ended.stderr

    def test_no_process_is_left_after_two_seconds(self, run):
        assert run.left == []

    def test_no_record_is_damaged(self, run):
        assert run.faults == []

    def test_good_rows_are_intact(self, run):
        good, second = (run.rows[name] for name in GOOD)
        assert good.status == second.status == "ok"
        assert good.parity_error == second.parity_error < 1e-6
        assert all(row.processes[0].steps for row in (good, second))

    def test_good_rows_are_trained_alike_with_every_seed(self, run):
        good, second = (run.trained[name] for name in GOOD)
        assert [one.status for one in good + second] == ["ok"] * 2 * len(good)
        assert [(one.seed, one.score) for one in good] == [(one.seed, one.score) for one in second]

    def test_every_reason_is_one_line(self, run):
        reasons = [row.reason for row in run.rows.values()]
        reasons += [one.reason for own in run.trained.values() for one in own]
        assert not [reason for reason in reasons if reason and "\n" in reason]


def test_what_the_good_rows_learn_depends_on_no_neighbour(runs):
    first, *others = runs
    for name in GOOD:
        for other in others:
            assert first.trained[name][0].curve == other.trained[name][0].curve
            assert first.rows[name].parity_error == other.rows[name].parity_error


def run_of(name, runs):
    """Return the run that has a row."""
    (found,) = (run for run in runs if name in run.rows)
    return found


@pytest.mark.parametrize("name", BREAKS)
def test_what_breaks_is_one_row_with_its_reason(broken, name):
    row, (status, reason) = broken.rows[name], BREAKS[name]
    assert row.status == status
    assert begins(row.reason, reason, name)
    assert {one.status for one in broken.trained[name]} == {"skipped"}


@pytest.mark.parametrize("name", HANGS)
def test_what_never_answers_is_ended_in_time(runs, name):
    row, (status, reason) = run_of(name, runs).rows[name], HANGS[name]
    assert row.status == status
    assert begins(row.reason, reason, name)


@pytest.mark.parametrize("name", ODD)
def test_what_is_only_odd_is_a_row_as_any_other(broken, name):
    assert broken.rows[name].status == "ok"
    assert [one.status for one in broken.trained[name]] == ["ok", "ok"]


@pytest.mark.parametrize("name", TRAININGS)
def test_what_breaks_in_training_was_timed(runs, name):
    run, (status, reason) = run_of(name, runs), TRAININGS[name]
    assert run.rows[name].status == "ok"
    for training in run.trained[name]:
        assert training.status == status
        assert begins(training.reason, reason, name)


def test_an_evaluation_that_never_ends_is_ended(tmp_path):
    (tmp_path / "zoo.toml").write_text(SUITE.replace("echo", "endless"))
    options = ["--suite", tmp_path / "zoo.toml", "-p", "zoo", "--out", tmp_path / "out"]
    ended = rnnbench("run", *options, "--backends", "fake:good", "--seeds", "1", "--timeout", "4")
    assert ended.code == 1
    contents = reader.load(folders.find(None, tmp_path / "out"))
    (training,) = (record for record in contents.records if isinstance(record, Training))
    assert training.status == "timeout"
    assert training.reason.startswith("silent for 4 s (")
    # In testing(), in the evaluation of one of its batches, or in measure(), whichever it was then.
    assert "task 'endless' of zoo" in training.reason


def test_a_hook_that_returns_nonsense_disturbs_only_those_who_need_it(tmp_path):
    (tmp_path / "zoo.toml").write_text(SUITE)
    options = ["--suite", tmp_path / "zoo.toml", "-p", "zoo_hook", "--out", tmp_path / "out"]
    ended = rnnbench("run", *options, "--backends", "fake:good", "--seeds", "1", "--json")
    assert ended.code == 0
    assert json.loads(ended.out)[0]["status"] == "ok"
    asked = rnnbench("run", *options, "--backends", "zoo_hook")
    assert (asked.code, asked.out) == (2, "")
    assert "broken" in asked.err
    assert "Traceback" not in asked.err


def test_a_plugin_that_was_asked_for_and_cannot_be_imported_is_named():
    ended = rnnbench("run", "-p", "zoo_import", "--backends", "fake:good")
    assert (ended.code, ended.out) == (2, "")
    assert "-p zoo_import: the plugin can't be loaded (ImportError: libmagic.so.3" in ended.err
    assert "Traceback" not in ended.err
