"""The same as ``tests/test_kills.py`` with real backends, once in each of six stages."""

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "kills.py"


def test_nothing_is_lost_or_left_by_kills_of_real_backends():
    options = ["--kills", "6", "--backends", "numpy:fused,torch", "--jobs", "1", "--json"]
    command = [sys.executable, str(SCRIPT), *options]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert (found["tried"], found["contained"], found["lost"], found["left"]) == (6, 6, 0, 0)
