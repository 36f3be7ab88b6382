"""All frameworks train alike: the losses of what the default suite trains agree."""

import os
import subprocess
import sys

from rnnbench.results import reader
from rnnbench.results.runs import folders
from rnnbench.schema.records.training import Training

SUITE = "max_time = 0.1\n"
BLOCK = """
[[block]]
tasks = ["copy-memory", "adding-problem", "language-modeling"]
cells = ["{}"]
steps = 100
{}
"""
NIGHTLY = "RNNBENCH_NIGHTLY" in os.environ
DOUBLE, SINGLE = 'dtype = "float64"', "lr = 0.001"
TRAINED = [
    ("lstm", DOUBLE),
    ("gru", SINGLE),
    *([("gru", DOUBLE), ("lstm", SINGLE)] if NIGHTLY else []),
]


def test_losses_agree_over_the_first_hundred_steps(tmp_path):
    """In float64 as the tasks are trained by default, and in float32 at a moderate learning rate.

    In float32 the defaults of the adding problem amplify a rounding a millionfold in a hundred
    steps: there two trainings of the same function part, whoever runs them. All in one run, as
    frameworks take long to start.
    """
    blocks = (BLOCK.format(*trained) for trained in TRAINED)
    (tmp_path / "suite.toml").write_text(SUITE + "".join(blocks))
    what = ["--suite", tmp_path / "suite.toml", "--backends", "all", "--threads", "1"]
    command = [sys.executable, "-m", "rnnbench", "run", *what, "--out", tmp_path]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    records = reader.read(folders.find(None, tmp_path))
    trainings = [record for record in records if isinstance(record, Training)]
    assert len({training.key for training in trainings}) == 3 * len(TRAINED)
    for key in {training.key for training in trainings}:
        curves = [dict(t.curve) for t in trainings if t.key == key]
        assert len(curves) == 4
        for step in curves[0]:
            losses = [curve[step] for curve in curves]
            assert max(losses) - min(losses) <= 1e-3 * max(losses), (key, step, losses)
