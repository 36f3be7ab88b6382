"""The main job with the real frameworks: what the README promises of `rnnbench run`."""

import json
import os
import re
import subprocess
import sys

import pytest

BACKENDS = ["jax", "numpy", "tensorflow", "torch"]
NIGHTLY = "RNNBENCH_NIGHTLY" in os.environ
#: Backends whose workers, which are alike, are watched over thousands of steps.
GROWING = BACKENDS if NIGHTLY else ["numpy", "torch"]
#: That GRUs train alike in all backends is told by test_losses.py.
CELLS = ["lstm", "gru"] if NIGHTLY else ["lstm"]


def rnnbench(*arguments):
    command = [sys.executable, "-m", "rnnbench", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="session")
def job(out):
    """The default suite with few cells, timed briefly and trained in full."""
    short = ["--max-time", "0.5", "--cells", ",".join(CELLS)]
    return rnnbench("run", "--backends", "all", *short, "--out", str(out), "--json")


@pytest.fixture(scope="session")
def rows(job):
    return json.loads(job.stdout)


def test_every_row_is_ok_and_checked(job, rows):
    assert job.returncode == 0, job.stderr
    assert {row["backend"] for row in rows} == set(BACKENDS)
    assert len(rows) == 4 * (3 * len(CELLS) + 1)
    assert all(row["status"] == "ok" for row in rows)
    assert all(0 < row["parity_error"] < 1e-4 for row in rows)
    assert all(row["threads"] and row["denormals_flushed"] for row in rows)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("backend", BACKENDS)
def test_the_tasks_are_learnt(rows, backend, cell):
    scores = {
        row["task"]: row
        for row in rows
        if (row["backend"], row["cell"]) == (backend, cell) and row["score"] is not None
    }
    assert scores["adding-problem"]["score"] < 0.05
    assert scores["copy-memory"]["score"] >= 0.25
    assert scores["language-modeling"]["score"] < scores["language-modeling"]["naive_score"]


def test_frameworks_print_into_their_logs_alone(job, out):
    assert job.stdout.startswith("[")
    assert job.stdout.rstrip().endswith("]")
    ours = r"[ 0-9]+ % |.* · T |.* · delay |  [a-z]+:[a-z]+  |results in |warning: others use "
    assert [line for line in job.stderr.splitlines() if not re.match(ours, line)] == []
    assert len(list(out.glob("*/*.log"))) == len(BACKENDS)


def test_the_table_fits_a_hundred_columns_and_is_plain(job, out):
    shown = rnnbench("show", "--out", str(out)).stdout
    assert max(map(len, shown.splitlines())) <= 100
    assert "\x1b" not in shown
    assert all(f"{backend}:" in shown for backend in BACKENDS)


def test_list_knows_the_devices():
    listed = json.loads(rnnbench("list", "devices", "--json").stdout)["devices"]
    assert {entry["name"]: entry["status"] for entry in listed} == dict.fromkeys(BACKENDS, "ok")
    assert all("cpu" in entry["devices"] and entry["version"] for entry in listed)


def test_a_device_that_is_not_here_is_refused(tmp_path):
    ended = rnnbench("run", "--device", "gpu:7", "--out", str(tmp_path))
    assert ended.returncode == 2
    line = ended.stderr.strip().splitlines()[-1]
    assert line.startswith("rnnbench: no backend has the device 'gpu:7' here")
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_the_number_of_steps(tmp_path):
    """Many times the steps leave every worker at about the same peak.

    That the programs of all backends keep nothing of a step is shown by their conformance.
    """
    common = ["--tasks", "adding-problem", "--cells", "lstm", "--steps", "0", "--batch", "8"]
    common += ["--backends", ",".join(GROWING)]
    peaks, steps = [], []
    for seconds in ("1", "10"):
        timing = ["--max-time", seconds, "--precision", "0.00001"]
        ended = rnnbench("run", *common, *timing, "--out", str(tmp_path), "--json")
        rows = json.loads(ended.stdout)
        peaks.append({row["backend"]: row["peak_memory_mib"] for row in rows})
        steps.append(rows[0]["rounds"])
    assert steps[1] > 4 * steps[0]
    for backend in GROWING:
        assert peaks[1][backend] < 1.05 * peaks[0][backend] + 10
