"""Installed, the cell is a row of every backend that is here."""

import json
import subprocess
import sys
from pathlib import Path

FUSED = {"fused", "keras", "cudnn", "parallel"}
#: The default of each, or what stands in for it; and all of one, which has the kernel for it.
BACKENDS = "all,jax:all"


def test_every_backend_runs_it_or_says_that_it_cannot(tmp_path: Path) -> None:
    what = ["--backends", BACKENDS, "--cells", "qrnn", "--tasks", "adding-problem"]
    small = ["--set", "adding-problem.length=6", "--hidden", "8", "--batch", "4"]
    how = ["--steps", "2", "--max-time", "0.1", "--out", str(tmp_path), "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "rnnbench", "run", *what, *small, *how],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert {"numpy", "torch", "tensorflow", "jax"} <= {row["backend"] for row in rows}
    assert ("jax", "pooling") in {(row["backend"], row["variant"]) for row in rows}
    for row in rows:
        expected = "unsupported" if row["variant"] in FUSED else "ok"
        assert row["status"] == expected, row["reason"]
