"""All frameworks train alike: the curves of the default suite agree."""

import os
import subprocess
import sys
from importlib import resources

import pytest

from rnnbench.results import folders, reader
from rnnbench.schema.records import Training

LARGE_BATCH = 64 if "RNNBENCH_NIGHTLY" in os.environ else 4


@pytest.mark.parametrize("setting", [["--dtype", "float64"], ["--lr", "0.001"]], ids="".join)
def test_losses_agree_over_the_first_hundred_steps(tmp_path, setting):
    """In float64 as the tasks are trained by default, and in float32 at a moderate learning rate.

    In float32 the defaults of the adding problem amplify a rounding a millionfold in a hundred
    steps: there two trainings of the same function part, whoever runs them. The large shape of the
    default suite is trained here as well, by day on fewer examples.
    """
    suite = resources.files("rnnbench_tasks").joinpath("suites", "default.toml").read_text()
    assert suite.count("\nbatch = 64\n") == 1
    (tmp_path / "suite.toml").write_text(suite.replace("batch = 64\n", f"batch = {LARGE_BATCH}\n"))
    what = ["--suite", tmp_path / "suite.toml", "--backends", "all", "--cells", "lstm,gru"]
    short = ["--max-time", "0.1", "--steps", "100", "--threads", "1"]
    command = [sys.executable, "-m", "rnnbench", "run", *what, *short, *setting]
    ended = subprocess.run(
        [*command, "--out", tmp_path], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    records = reader.read(folders.find(None, tmp_path))
    trainings = [record for record in records if isinstance(record, Training)]
    assert len({training.key for training in trainings}) == 3 * 2 + 1
    for key in {training.key for training in trainings}:
        curves = [dict(t.curve) for t in trainings if t.key == key]
        assert len(curves) == 4
        for step in curves[0]:
            losses = [curve[step] for curve in curves]
            assert max(losses) - min(losses) <= 1e-3 * max(losses), (key, step, losses)
