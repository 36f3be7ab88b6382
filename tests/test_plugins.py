import importlib
import sys
from importlib import metadata

import pytest
from fake_plugin import FAKE, Leaky

from rnnbench import plugins
from rnnbench.errors import UsageError
from rnnbench.plugins import Registry

CELL = """
from dataclasses import dataclass
from typing import ClassVar
from rnnbench import Cell, hookimpl

@dataclass(frozen=True)
class Odd(Cell):
    name: ClassVar[str] = "odd"
    gates: ClassVar[tuple[str, ...]] = ("h",)

    def step(self, xp, p, x, state):
        return state

@hookimpl
def rnnbench_cells():
    return [Odd]
"""


@pytest.fixture(autouse=True)
def no_plugins_of_the_environment(monkeypatch):
    monkeypatch.delenv(plugins.VARIABLE, raising=False)


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a distribution with one module and one entry point, for this test."""
    monkeypatch.syspath_prepend(tmp_path)

    def call(module, source, group="cells", name=None):
        (tmp_path / f"{module}.py").write_text(source)
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        entry = f"[rnnbench.{group}]\n{name or module} = {module}\n"
        (info / "entry_points.txt").write_text(entry)
        importlib.invalidate_caches()
        monkeypatch.delitem(sys.modules, module, raising=False)

    return call


def test_a_stranger_is_found_by_its_entry_point(install):
    install("stranger", CELL)
    registry = Registry.of()
    assert {"elman", "gru", "lstm", "odd"} <= registry.cells.keys()
    assert registry.broken == []


@pytest.mark.parametrize(
    "source",
    [
        "raise RuntimeError('not today')",
        "import no_such_framework",
        "import sys; sys.exit(3)",
        "def (",
        CELL.replace("    return [Odd]", "    raise RuntimeError('not today')"),
        CELL.replace("def rnnbench_cells", "def rnnbench_sells"),
    ],
    ids=["raises", "imports", "exits", "syntax", "hook raises", "hook misspelt"],
)
def test_a_broken_stranger_breaks_nothing_but_itself(install, source):
    install("a_stranger", source)
    install("z_stranger", CELL)
    registry = Registry.of()
    assert {"elman", "gru", "lstm", "odd"} <= registry.cells.keys()
    assert [(b.name, b.distribution) for b in registry.broken] == [("a_stranger", "a_stranger")]


def test_a_broken_backend_says_why(install):
    install("stranger", "raise RuntimeError('not today')", group="backends", name="strange")
    registry = Registry.of()
    status = registry.status("strange")
    assert (status.status, status.detail) == ("broken", "RuntimeError: not today (stranger)")
    with pytest.raises(UsageError, match="'strange' is broken: RuntimeError: not today"):
        registry.backend("strange")


def test_only_the_group_that_is_asked_for_is_imported(install):
    install("stranger", "raise RuntimeError('imported')", group="backends")
    registry = Registry.of()
    assert registry.cells
    assert registry.broken == []


def test_a_module_is_loaded_by_its_name():
    registry = Registry.of(["fake_plugin"])
    assert registry.backends["fake"] is FAKE
    assert registry.cells["leaky"] is Leaky
    assert registry.tasks["echo"].name == "echo"
    assert registry.suites["tiny"].is_file()


@pytest.mark.parametrize("variable", ["fake_plugin", " fake_plugin ,", "fake_plugin,no:leaky"])
def test_the_environment_adds_modules(monkeypatch, variable):
    monkeypatch.setenv(plugins.VARIABLE, variable)
    registry = Registry.of()
    assert "fake" in registry.backends
    assert ("leaky" in registry.cells) == ("no:leaky" not in variable)


def test_naming_a_module_twice_does_no_harm(monkeypatch):
    monkeypatch.setenv(plugins.VARIABLE, "fake_plugin")
    assert "fake" in Registry.of(["fake_plugin", "fake_plugin"]).backends


def test_naming_an_installed_module_does_no_harm(install):
    install("stranger", CELL)
    assert "odd" in Registry.of(["stranger"]).cells


def test_one_can_be_kept_out(install):
    install("stranger", CELL)
    assert "odd" not in Registry.of(["no:stranger"]).cells
    assert "lstm" not in Registry.of(["no:lstm"]).cells
    assert "elman" in Registry.of(["no:lstm"]).cells


def test_a_module_that_is_not_there_is_an_error():
    with pytest.raises(UsageError, match=r"-p no_such_module: .*ModuleNotFoundError"):
        _ = Registry.of(["no_such_module"]).cells


def test_two_of_one_name_are_an_error(install):
    install("stranger", CELL.replace('"odd"', '"lstm"'))
    with pytest.raises(UsageError, match="two plugins provide cell 'lstm'"):
        _ = Registry.of().cells


def test_an_unknown_backend_gets_a_suggestion(registry):
    with pytest.raises(UsageError, match=r"unknown backend 'fakee'\. Did you mean 'fake'\?"):
        registry.backend("fakee")


def test_a_backend_without_its_framework_tells_how_to_install_it(install):
    source = """
from rnnbench import BackendInfo, hookimpl

@hookimpl
def rnnbench_backends():
    return [BackendInfo("lonely", "x:Y", ("no_such_framework",), {"v": ""}, "v")]
"""
    install("lonely_plugin", source, group="backends")
    registry = Registry.of()
    assert registry.status("lonely").status == "not installed"
    with pytest.raises(UsageError, match="pip install no_such_framework"):
        registry.backend("lonely")


def test_a_maintained_backend_that_is_missing_is_known(monkeypatch):
    monkeypatch.setattr(plugins.metadata, "entry_points", lambda group: ())
    statuses = {s.name: s for s in Registry.of(["no:jax"]).statuses()}
    assert statuses.keys() == {"numpy", "torch", "tensorflow"}
    assert statuses["torch"].status == "not installed"
    assert "pip install" in statuses["torch"].detail
    with pytest.raises(UsageError, match="'torch' is not installed: pip install"):
        Registry.of().backend("torch")


def test_versions_are_told_without_importing():
    status = plugins._status(FAKE)
    assert (status.status, status.version) == ("ok", metadata.version("numpy"))
    assert plugins._version("yaml_of_nobody") is None
