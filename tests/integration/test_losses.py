"""All frameworks train alike: the losses of what the default suite trains agree."""

import subprocess
import sys

import pytest

from rnnbench.results import reader
from rnnbench.results.runs import folders
from rnnbench.schema.records import Training

SUITE = """\
max_time = 0.1

[[block]]
tasks = ["copy-memory", "adding-problem", "language-modeling"]
cells = ["lstm", "gru"]
steps = 100
"""


@pytest.mark.parametrize("setting", [["--dtype", "float64"], ["--lr", "0.001"]], ids="".join)
def test_losses_agree_over_the_first_hundred_steps(tmp_path, setting):
    """In float64 as the tasks are trained by default, and in float32 at a moderate learning rate.

    In float32 the defaults of the adding problem amplify a rounding a millionfold in a hundred
    steps: there two trainings of the same function part, whoever runs them.
    """
    (tmp_path / "suite.toml").write_text(SUITE)
    what = ["--suite", tmp_path / "suite.toml", "--backends", "all", "--threads", "1", *setting]
    command = [sys.executable, "-m", "rnnbench", "run", *what, "--out", tmp_path]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    records = reader.read(folders.find(None, tmp_path))
    trainings = [record for record in records if isinstance(record, Training)]
    assert len({training.key for training in trainings}) == 3 * 2
    for key in {training.key for training in trainings}:
        curves = [dict(t.curve) for t in trainings if t.key == key]
        assert len(curves) == 4
        for step in curves[0]:
            losses = [curve[step] for curve in curves]
            assert max(losses) - min(losses) <= 1e-3 * max(losses), (key, step, losses)
