"""Installed, its variants are rows beside those of other backends."""

import json
import subprocess
import sys
from pathlib import Path


def test_a_run_has_its_rows(tmp_path: Path) -> None:
    what = ["--backends", "mlx:all,numpy", "--cells", "lstm,gru", "--tasks", "adding-problem"]
    small = ["--set", "adding-problem.length=6", "--hidden", "8", "--batch", "4"]
    how = ["--steps", "2", "--max-time", "0.1", "--out", str(tmp_path), "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "rnnbench", "run", *what, *small, *how],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = [(row["backend"], row["variant"], row["cell"]) for row in json.loads(done.stdout)]
    assert {row["status"] for row in json.loads(done.stdout)} == {"ok"}
    assert {row[:2] for row in rows} == {("mlx", "compile"), ("mlx", "eager"), ("numpy", "fused")}
    assert len(rows) == len(set(rows)) == 6
