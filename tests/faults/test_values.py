"""Plugins that say what they must not: the request is refused, or one row fails; nobody else."""

import json

import pytest
from commands import rnnbench
from zoo_values import (
    BATCHES,
    HELD_OUT,
    HONEST,
    IN_TRAINING,
    OPENING,
    RAISES,
    SAYS,
    WRONG_DEFAULTS,
)

from rnnbench.results import reader
from rnnbench.results.runs import folders
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.records.training import Training

SUITE = """\
max_time = 0.05
seeds = 1

[[block]]
tasks = [{tasks}]
cells = ["elman"]
steps = 10
"""


def options(folder, *tasks):
    """Return the options of a short run of some tasks."""
    quoted = ", ".join(f'"{name}"' for name in tasks)
    (folder / "odd.toml").write_text(SUITE.format(tasks=quoted))
    return ["run", "--suite", folder / "odd.toml", "-p", "zoo_values", "--out", folder / "out"]


def is_refused(ended, name, what, out):
    """Return whether a request was refused in one line that names the task and what is wrong."""
    line = ended.err
    named = line.startswith(f"rnnbench: task '{name}' of zoo_values") and f": {what} " in line
    clean = line.count("\n") == 1 and "\x1b" not in line and "Traceback" not in line
    return (ended.code, ended.out) == (2, "") and named and clean and not out.exists()


@pytest.mark.parametrize("name", [*SAYS, *RAISES, *WRONG_DEFAULTS])
def test_a_task_that_says_no_value_is_refused_before_anything_is_written(cli, tmp_path, name):
    said = {n: next(iter(said)) for n, said in SAYS.items()} | RAISES
    ended = cli(*options(tmp_path, "echo", name), "--backends", "fake:good")
    assert is_refused(ended, name, said.get(name, "defaults"), tmp_path / "out")


@pytest.fixture(scope="module")
def tasks(tmp_path_factory):
    """What was trained in a run of tasks of which some say what they must not, by task."""
    folder = tmp_path_factory.mktemp("values")
    arguments = options(folder, "echo", *IN_TRAINING, *BATCHES, *HELD_OUT, *HONEST)
    ended = rnnbench(*arguments, "--backends", "fake:good")
    assert ended.code == 1
    assert "Traceback" not in ended.err
    found = reader.load(folders.find(None, folder / "out"))
    assert found.faults == []
    timings = {r.key: r for r in found.records if isinstance(r, Timing)}
    rows = {timing.comparison.task: timing.rows[0] for timing in timings.values()}
    trained = {timings[r.key].comparison.task: r for r in found.records if isinstance(r, Training)}
    return rows, trained


def test_of_several_tasks_the_good_ones_are_intact(tasks):
    rows, trained = tasks
    for name in ("echo", *HONEST):
        assert (rows[name].status, trained[name].status) == ("ok", "ok")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("unmeasured", "measure() is None, not a sum and a count"),
        ("text-measure", "the sum of measure() is '1.0', not a number"),
        ("nothing-measured", "measure() counts nothing in all that testing() yields"),
        ("uncounted", "the count of measure() is -1, not a number from 0"),
        ("text-score", "finish() is '0.5', not a number"),
        (
            "too-long-later",
            "batch 1 of testing() is wrong: lengths go from 9 to 9, not from 1 to the 3 steps",
        ),
        ("nan-later", "batch 1 of testing() is wrong: inputs are not all finite"),
        ("no-tests", "testing() is None, not an iterable of batches"),
    ],
)
def test_what_is_wrong_in_a_training_is_its_own_failure(tasks, name, reason):
    rows, trained = tasks
    assert (rows[name].status, trained[name].status) == ("ok", "failed")
    assert trained[name].reason.startswith(f"task '{name}' of zoo_values")
    assert reason in trained[name].reason


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("short", "training() ends after 7 batches; it must not end"),
        ("no-stream", "training() is None, not an iterable of batches"),
        ("no-batch", "batch 1 of training() is wrong: it is None, not an rnnbench.Batch"),
        ("too-long", "lengths go from 9 to 9, not from 1 to the 3 steps there are"),
        ("half-long", "lengths is array([1.5, 1.5, 1.5, 1.5]), not a NumPy array of whole numbers"),
        ("text-long", "lengths is 'all', not a NumPy array of whole numbers"),
        ("raises-late", r"training() raises KeyError: 'gone\x1b[2J'"),
    ],
)
def test_what_is_wrong_while_it_is_timed_is_the_row_s_failure(tasks, name, reason):
    rows, trained = tasks
    assert (rows[name].status, trained[name].status) == ("failed", "skipped")
    assert rows[name].reason.startswith(f"task '{name}' of zoo_values")
    assert reason in rows[name].reason


@pytest.fixture(scope="module")
def backends(tmp_path_factory):
    """The rows of a run of backends of which most say what they must not, and the file's faults."""
    folder = tmp_path_factory.mktemp("values")
    rows = ",".join(["fake:good", "values:all", *OPENING])
    ended = rnnbench(*options(folder, "echo"), "--backends", rows, "--json")
    assert ended.code == 1
    assert "Traceback" not in ended.err
    assert reader.load(folders.find(None, folder / "out")).faults == []
    return {f"{row['backend']}:{row['variant']}": row for row in json.loads(ended.out)}


@pytest.mark.parametrize("name", ["fake:good", "values:good", "values:numpys"])
def test_good_rows_beside_them_are_intact(backends, name):
    row = backends[name]
    assert (row["status"], row["seeds"]) == ("ok", 1)
    assert row["loss"] == backends["fake:good"]["loss"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("values-versions:only", "versions() is {'fake': None}, not a text"),
        ("values-devices:only", "devices() is 'cpu', not a list of texts"),
        ("values-threads:only", "configure() is 'two', not a whole number from 0"),
        ("values-matmul:only", "matmul_precision() is 3, not a text"),
        ("values:no-kernel", "kernel is None, not a text"),
        ("values:half-text", r"kernel is '\ud800', not a text that can be written"),
        ("values:no-traces", "traces() is 1.5, not a whole number from 0"),
    ],
)
def test_a_backend_that_says_no_value_is_a_failed_row(backends, name, reason):
    row = backends[name]
    assert row["status"] == "failed"
    assert reason in row["reason"]
    assert f"backend '{name.partition(':')[0]}' of " in row["reason"]


@pytest.mark.parametrize("name", ["values:text-loss", "values:true-loss"])
def test_a_loss_that_is_no_number_is_a_failed_training(backends, name):
    row = backends[name]
    assert (row["status"], row["seeds"]) == ("failed", 0)
    assert "the loss at step 1 is array(" in row["reason"]
    assert row["rounds"]  # it was timed, disturbed or not
