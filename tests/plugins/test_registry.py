import os
import sys
from importlib import metadata

import pytest
import strangers
from fake_plugin import FAKE, Leaky
from strangers import CELL

from rnnbench.errors import UsageError
from rnnbench.plan.rows import select_rows
from rnnbench.plugins import registry as registration
from rnnbench.plugins.registry import Registry, framework_version
from rnnbench.system import guarding

BACKEND = """
from rnnbench import BackendInfo, hookimpl

@hookimpl
def rnnbench_backends():
    return [BackendInfo("lonely", "x:Y", ("numpy",), {"v": ""}, "v")]
"""
KERNEL = """
from rnnbench import KernelInfo, hookimpl

@hookimpl
def rnnbench_kernels():
    return [KernelInfo("fake", "quick", ("leaky",), "x:y", "quick")]
"""


@pytest.fixture(autouse=True)
def no_plugins_of_the_environment(monkeypatch):
    monkeypatch.delenv(registration.VARIABLE, raising=False)


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a distribution with one module and one entry point, for this test."""
    monkeypatch.syspath_prepend(tmp_path)

    def call(module, source, group="cells", name=None):
        strangers.write(tmp_path, module, source, group, name)
        strangers.forget(monkeypatch, module)

    return call


def statuses(kind, registry):
    return {item.name: item.status for item in registry.items(kind)}


def test_a_stranger_is_found_by_its_entry_point(install):
    install("stranger", CELL)
    registry = Registry.of()
    assert {"elman", "gru", "lstm", "odd"} <= registry.cells.keys()
    assert registry.faults(["cell"]) == []
    assert str(registry.items("cell")[-1].origin) == "stranger 1.0"


def test_several_kinds_are_rehearsed_in_one_process(install, monkeypatch):
    install("stranger", CELL)
    forks, fork = [], os.fork
    monkeypatch.setattr(os, "fork", lambda: forks.append(1) or fork())
    with guarding.process_is_ours():
        items = Registry(("fake_plugin",)).everything()
    assert len(forks) == 1
    assert {"odd", "leaky", "fake"} <= {item.name for item in items if item.status == "ok"}


def test_who_would_end_the_program_is_known_of_every_kind(install, monkeypatch):
    crash = "import os\nos.kill(os.getpid(), 9)"
    install("stranger", CELL)
    install("cells_crash", crash)
    install("kernels_crash", crash, "kernels")
    monkeypatch.setenv(registration.VARIABLE, "")  # what would end the program is noted here
    with guarding.process_is_ours():
        items = {item.name: item for item in Registry(("fake_plugin",)).everything()}
    for name in ("cells_crash", "kernels_crash"):
        assert items[name].reason == "it ends the program when it is loaded: by SIGKILL"
    assert items["odd"].status == items["leaky"].status == items["echo"].status == "ok"


def test_only_the_kind_that_is_asked_for_is_imported(install):
    install("stranger", "raise RuntimeError('imported')", group="backends")
    registry = Registry.of()
    assert registry.cells
    assert "stranger" not in sys.modules
    assert registry.faults(["cell", "task"]) == []


def test_a_module_is_loaded_by_its_name():
    registry = Registry.of(["fake_plugin"])
    assert registry.backends["fake"] == FAKE
    assert registry.find("cell", "leaky") is registry.cells["leaky"] is Leaky
    assert registry.tasks["echo"].name == "echo"
    assert registry.suites["tiny"].is_file()


@pytest.mark.parametrize(
    "variable", ["fake_plugin", " fake_plugin ,", "\ufefffake_plugin\r", "fake_plugin,no:leaky"]
)
def test_the_environment_adds_modules(monkeypatch, variable):
    monkeypatch.setenv(registration.VARIABLE, variable)
    registry = Registry.of()
    assert "fake" in registry.backends
    assert ("leaky" in registry.cells) == ("no:leaky" not in variable)


def test_naming_a_module_twice_does_no_harm(monkeypatch):
    monkeypatch.setenv(registration.VARIABLE, "fake_plugin")
    assert "fake" in Registry.of(["fake_plugin", "fake_plugin"]).backends


def test_naming_an_installed_module_does_no_harm(install):
    install("stranger", CELL)
    assert "odd" in Registry.of(["stranger"]).cells


@pytest.mark.parametrize(
    "name",
    ["odd", "point", "stranger_module", "stranger-module", "stranger_module/odd", "point/odd"],
)
def test_one_can_be_kept_out(install, name):
    install("stranger_module", CELL, name="point")
    registry = Registry.of([f"no:{name}"])
    assert "odd" not in registry.cells
    assert "lstm" in registry.cells
    assert "disabled" in statuses("cell", registry).values()


def test_a_plugin_that_is_kept_out_is_not_imported(install):
    install("stranger", "raise RuntimeError('imported')")
    assert statuses("cell", Registry.of(["no:stranger"]))["stranger"] == "disabled"
    assert "stranger" not in sys.modules


def test_what_is_kept_out_says_so(install):
    with pytest.raises(UsageError, match="cell 'lstm' is disabled: kept out by -p"):
        Registry.of(["no:lstm"]).find("cell", "lstm")


def test_a_module_that_is_not_there_is_an_error():
    with pytest.raises(UsageError, match=r"-p no_such_module: .*ModuleNotFoundError"):
        _ = Registry.of(["no_such_module"]).cells


def test_a_module_without_hooks_is_an_error():
    with pytest.raises(UsageError, match=r"-p json: .*json has no hook of rnnbench"):
        _ = Registry.of(["json"]).cells


def test_two_of_one_name_disturb_no_other(install):
    install("stranger", CELL.replace('"odd"', '"lstm"'))
    registry = Registry.of()
    assert "lstm" not in registry.cells
    assert {"elman", "gru"} <= registry.cells.keys()
    clashing = [item for item in registry.items("cell") if item.status == "clash"]
    assert {str(item.origin) for item in clashing} == {"rnnbench 0.1.0", "stranger 1.0"}
    with pytest.raises(UsageError, match=r"cell 'lstm' is clash: also provided by stranger 1\.0: "):
        registry.find("cell", "lstm")


@pytest.mark.parametrize(("kept_out", "chosen"), [("rnnbench", "stranger"), ("stranger", "rnnb")])
def test_the_way_out_of_a_clash_works(install, kept_out, chosen):
    install("stranger", CELL.replace('"odd"', '"lstm"'))
    (_, *ways) = Registry.of().items("cell")[-1].reason.split("-p no:")
    way = next(way.split()[0] for way in ways if way.startswith(kept_out))
    found = Registry.of([f"no:{way}"])
    assert found.cells["lstm"].__module__.startswith(chosen)
    assert "gru" in found.cells


def test_a_plugin_that_provides_a_name_twice_is_told(install):
    install("stranger", CELL.replace("[Odd]", "[Odd, Odd]"))
    with pytest.raises(UsageError, match=r"stranger 1\.0 provides it twice"):
        Registry.of().find("cell", "odd")


def test_three_of_one_name_are_all_named(install):
    for module in ("first", "second", "third"):
        install(module, CELL)
    with pytest.raises(UsageError) as raised:
        Registry.of().find("cell", "odd")
    ways = [f"-p no:{module}/odd" for module in ("first", "second", "third")]
    assert all(way in str(raised.value) for way in ways)
    registry = Registry.of(["no:first/odd", "no:third"])
    assert registry.cells["odd"].__module__ == "second"


def test_backends_of_one_name_leave_all_the_others(install):
    install("stranger", BACKEND.replace('"lonely"', '"fake"'), group="backends")
    registry = Registry.of(["fake_plugin"])
    rows, missing = select_rows("all", registry, {})
    assert "fake" not in {row.backend for row in rows}
    assert sum("fake (clash: " in text for text in missing) == 2
    with pytest.raises(UsageError, match="backend 'fake' is clash: also provided by"):
        select_rows("fake", registry, {})


def test_an_unknown_backend_gets_a_suggestion(registry):
    with pytest.raises(UsageError, match=r"unknown backend 'fakee'\. Did you mean 'fake'\?"):
        Registry.of(["fake_plugin"]).backend("fakee")


def test_an_unknown_name_may_be_that_of_a_broken_plugin(install):
    install("stranger", "raise RuntimeError('not today')")
    with pytest.raises(UsageError, match="Could not be used: stranger; see rnnbench plugins doc"):
        Registry.of().find("cell", "odd")


def test_a_broken_backend_says_why(install):
    install("stranger", "raise RuntimeError('not today')", group="backends", name="strange")
    with pytest.raises(UsageError, match="'strange' is broken: RuntimeError: not today") as raised:
        Registry.of().backend("strange")
    assert isinstance(raised.value.__cause__, RuntimeError)  # whose traceback --debug shows


def test_a_backend_without_its_framework_tells_how_to_install_it(install):
    install("stranger", BACKEND.replace('"numpy"', '"no_such_framework"'), group="backends")
    registry = Registry.of()
    assert statuses("backend", registry)["lonely"] == "not installed"
    assert registry.backends["lonely"].default == "v"
    with pytest.raises(UsageError, match="pip install no_such_framework"):
        registry.backend("lonely")


def test_a_maintained_backend_that_is_missing_is_known(monkeypatch):
    monkeypatch.setattr(registration.entry_points, "read", lambda groups: [])
    missing = Registry.of(["no:jax"]).items("backend")
    assert {item.name for item in missing} == {"numpy", "torch", "tensorflow"}
    assert {item.status for item in missing} == {"not installed"}
    with pytest.raises(UsageError, match="'torch' is not installed: pip install"):
        Registry.of().backend("torch")


def test_versions_are_told_without_importing():
    assert framework_version(FAKE) == metadata.version("numpy")


def test_the_provenance_of_a_name_has_distribution_version_and_hash(install):
    install("stranger", CELL)
    assert Registry.of().provenance("cell", "odd").startswith("stranger 1.0 (")
    first, second = (Registry.of().provenance("cell", name) for name in ("lstm", "gru"))
    assert first == second
    assert first.startswith(f"rnnbench {metadata.version('rnnbench')} (")


def test_kernels_are_variants_of_their_backend():
    registry = Registry.of(["fake_plugin", "fake_kernels"])
    assert [kernel.variant for kernel in registry.kernels_of("fake")] == ["quick", "odd", "timid"]
    assert registry.kernels_of("ghost") == ()
    variants = registry.variants("fake")
    assert list(variants)[: len(FAKE.variants)] == list(FAKE.variants)
    assert variants["quick"] == "the loop again (leaky, gru alone)"
    assert [str(row) for row in select_rows("fake:quick", registry, {})[0]] == ["fake:quick"]
    assert "fake:timid" in {str(row) for row in select_rows("fake:all", registry, {})[0]}
    assert [str(row) for row in select_rows("fake", registry, {})[0]] == ["fake:good"]


def test_a_kernel_without_its_backend_is_not_installed(install):
    install("stranger", KERNEL, group="kernels")
    item = next(i for i in Registry.of().items("kernel") if i.name == "fake:quick")
    assert (item.status, item.reason) == ("not installed", "its backend 'fake' is not installed")


def test_a_kernel_cannot_take_a_variant_of_the_backend(install):
    install("stranger", KERNEL.replace('"quick", (', '"good", ('), group="kernels")
    registry = Registry.of(["fake_plugin"])
    assert statuses("kernel", registry)["fake:good"] == "clash"
    assert registry.kernels_of("fake") == ()
    for text in ("fake", "fake:good", "fake:all"):
        rows, missing = select_rows(text, registry, {})
        assert "fake:good" in {str(row) for row in rows}
        assert "kernel fake:good (clash: fake has a variant 'good' of its own" in missing[0]
    assert select_rows("fake:second", registry, {})[1] == []


def test_two_kernels_for_one_cell_clash(install):
    install("stranger", KERNEL, group="kernels")
    registry = Registry.of(["fake_plugin", "fake_kernels"])
    assert statuses("kernel", registry)["fake:quick"] == "clash"
    assert "quick" not in registry.variants("fake")
    with pytest.raises(UsageError, match=r"kernel 'fake:quick' is clash: .*no:stranger/fake:quick"):
        select_rows("fake:quick", registry, {})
    chosen = Registry.of(["fake_plugin", "fake_kernels", "no:fake_kernels/fake:quick"])
    assert next(kernel.target for kernel in chosen.kernels_of("fake")) == "x:y"


def test_kernels_for_different_cells_share_a_variant(install):
    install("stranger", KERNEL.replace('"leaky"', '"lstm"'), group="kernels")
    registry = Registry.of(["fake_plugin", "fake_kernels"])
    assert statuses("kernel", registry)["fake:quick"] == "ok"
    about = registry.variants("fake")["quick"]
    assert about == "quick (lstm alone); the loop again (leaky, gru alone)"
