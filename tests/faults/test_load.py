"""A small version of the benchmark of long runs: everything is there, and nothing piles up."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

from load import afterwards, load, suite, whole

from rnnbench.plan.expand import expand
from rnnbench.plan.request import Request
from rnnbench.plugins import registry as registries

#: MiB by which a process may grow; a comparison that were kept would take some hundred KiB.
GROWTH = 8
#: Files that are open for a moment; one that a comparison left open would be forty.
FILES = 8
SHAPES = {
    "long": {"comparisons": 50},
    "wide": {"comparisons": 2, "processes": 8, "seeds": 20},
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """What the runs have used, by name; they go on side by side."""
    folders = {name: tmp_path_factory.mktemp(name) for name in SHAPES}
    with ThreadPoolExecutor() as pool:
        found = pool.map(lambda name: load(folders[name], **SHAPES[name]), SHAPES)
        return dict(zip(SHAPES, found, strict=True))


@pytest.mark.parametrize("name", SHAPES)
def test_everything_is_there_and_read(runs, name):
    shape = {"processes": 1, "seeds": 1} | SHAPES[name]
    assert runs[name].code == 0
    assert whole(runs[name], rows=1, **shape)
    assert runs[name].workers == shape["processes"]
    assert [code for _, code, _ in afterwards(runs[name].file)] == [0, 0, 0]


def test_no_process_grows_with_the_comparisons(runs):
    for early, late in zip(runs["long"].early, runs["long"].late, strict=True):
        assert late.memory - early.memory < GROWTH
        assert late.files - early.files < FILES


def test_a_plan_hashes_the_sources_of_a_plugin_once(fake, monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(registries, "source_hash", lambda *modules: asked.append(modules))
    path = tmp_path / "many.toml"
    path.write_text(suite(30))
    plan = expand(Request(suite=str(path), backends="fake"), registries.Registry.of())
    assert len(plan.comparisons) == 30
    assert len(asked) == 2  # the packages of the task, and of cells and network
