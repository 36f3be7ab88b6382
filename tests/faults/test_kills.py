"""A run whose parent is killed at random times; see ``benchmarks/kills.py``."""

import json
import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "kills.py"
NIGHTLY = "RNNBENCH_NIGHTLY" in os.environ
KILLS = 100 if NIGHTLY else 8
#: Each run that is at work at the same time is first carried out undisturbed.
JOBS = [] if NIGHTLY else ["--jobs", "2"]


def test_nothing_is_lost_or_left_by_many_kills():
    command = [sys.executable, str(SCRIPT), "--kills", str(KILLS), "--json", *JOBS]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    stages = found.pop("killed while")
    assert (found["tried"], found["contained"]) == (KILLS, KILLS)
    faults = ("lost", "twice", "damaged", "left", "stuck", "traceback")
    assert {found[name] for name in faults} == {0}
    assert found["records"] == 11  # two timings, eight trainings, one matrix product
    assert sum(stages.values()) == KILLS
    assert len(stages) == 6  # one each by design, whatever the random ones fall into
