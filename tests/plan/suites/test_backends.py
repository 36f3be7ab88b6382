"""The rows that a suite names."""

import pytest

from rnnbench.errors import UsageError
from rnnbench.plan.expand import expand
from rnnbench.plan.request import Request

SUITE = """\
backends = [
    "ghost",
    "fake:second",
]

[[block]]
tasks = ["echo"]
cells = ["elman"]
"""


@pytest.fixture
def plan(registry, tmp_path):
    """Expand a suite, the one above or another one, for a value of --backends."""

    def call(backends="all", text=SUITE):
        path = tmp_path / "suite.toml"
        path.write_text(text)
        return expand(Request(suite=str(path), backends=backends), registry)

    return call


@pytest.mark.parametrize(
    ("asked", "rows"),
    [("all", ["ghost:only", "fake:second"]), ("fake", ["fake:good"])],
)
def test_all_means_what_the_suite_names(plan, asked, rows):
    assert [str(row) for row in plan(asked).rows] == rows


@pytest.mark.parametrize("name", ["fake:sekond", "fike"])
def test_a_row_that_does_not_exist_is_told_with_its_line(plan, name):
    with pytest.raises(UsageError, match=r"suite\.toml, line 3: .*Did you mean"):
        plan(text=SUITE.replace("fake:second", name))


def test_what_is_not_installed_is_left_out(plan, registry, monkeypatch):
    monkeypatch.setitem(registry.__dict__, "_items", {})
    monkeypatch.setattr(
        "rnnbench.plugins.conflicts.is_installed", lambda module: module != "autograd"
    )
    made = plan()
    assert [str(row) for row in made.rows] == ["ghost:only"]
    assert [left.partition(":")[0] for left in made.missing] == ["fake"]
    with pytest.raises(UsageError, match="not installed"):
        plan(text=SUITE.replace('    "ghost",\n', ""))
