"""The suites that come along: each can be planned as it stands."""

import numpy as np
import pytest
import scipy.io

import rnnbench_tasks
from rnnbench.plan.expand import expand
from rnnbench.plan.request import Request
from rnnbench.plugins.registry import Registry

#: How many figures the suites of papers have.
PRINTED = {"bai2018": 8, "bai2018-data": 6, "braun2018": 10, "deepbench": 53}
SUITES = [path.stem for path in rnnbench_tasks.rnnbench_suites() if path.stem not in PRINTED]


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Stand in a folder with small files of the names that suites read."""
    rolls = np.empty((1, 200), object)
    for piece in range(200):
        rolls[0, piece] = np.eye(12, 88)
    parts = {f"{part}data": rolls for part in ("train", "valid", "test")}
    for name in ("JSB_Chorales", "Nottingham"):
        scipy.io.savemat(tmp_path / f"{name}.mat", parts)
    (tmp_path / "penn").mkdir()
    for part in ("train", "valid", "test"):
        (tmp_path / "penn" / f"{part}.txt").write_text(" to be or not to be \n" * 500)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("suite", SUITES)
def test_planned(suite):
    plan = expand(Request(suite=suite), Registry.of([]))
    assert plan.comparisons
    assert len(plan.comparisons) == len({one.comparison.key for one in plan.comparisons})


@pytest.mark.parametrize(("suite", "printed"), PRINTED.items())
def test_what_papers_have_printed_stands_beside_the_whole_protocol(suite, printed, data):
    """And scaled beside none of it: each comparison says in what it is another one."""
    whole, scaled = (
        expand(Request(suite=suite, scaled=scaled), Registry.of([])).comparisons
        for scaled in (False, True)
    )
    assert len(whole) == len({one.comparison.key for one in whole})
    assert sum(len(one.printed) for one in whole) == printed
    assert sum(len(one.printed) for one in scaled) == printed  # no two blocks become one
    assert not any(one.departs for one in whole)
    assert [one.departs for one in scaled if not one.departs] == [""] * (suite == "braun2018")
