from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from typing import Any

import pytest

import rnnbench_tasks


def test_registered() -> None:
    (point,) = entry_points(group="rnnbench.tasks", name="tasks")
    assert point.load() is rnnbench_tasks


def test_hooks() -> None:
    tasks = rnnbench_tasks.rnnbench_tasks()
    assert [task.name for task in tasks] == [
        "adding-problem",
        "associative-recall",
        "copy-memory",
        "forecasting",
        "formal-language",
        "frames",
        "image-caption",
        "language-modeling",
        "music",
        "selective-copy",
        "sentiment",
        "sequential-digits",
        "spoken-digits",
        "tagging",
        "temporal-order",
        "translation",
    ]
    suites = rnnbench_tasks.rnnbench_suites()
    assert suites == sorted(suites)
    assert all(path.suffix == ".toml" for path in suites)


def test_suites_are_named_without_numpy() -> None:
    code = "import sys, rnnbench_tasks as t; t.rnnbench_suites(); sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_tasks_need_no_download_library() -> None:
    code = "import sys, rnnbench_tasks as t; t.rnnbench_tasks(); sys.exit('pooch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("task", rnnbench_tasks.rnnbench_tasks(), ids=lambda task: task.name)
def test_the_length_option_sets_the_time_steps(task: Any) -> None:
    first, second = (task(**{task.length_option: length}) for length in (40, 41))
    drawn = [next(each.training(2, 0)) for each in (first, second)]
    written = first.problem.source == "one"
    steps = [len(batch.targets if written else batch.inputs) for batch in drawn]
    assert steps[1] == steps[0] + 1
