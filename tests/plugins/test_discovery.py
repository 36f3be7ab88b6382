import importlib
from importlib import metadata

import pytest
import strangers
from strangers import CELL

from rnnbench.contracts import hooks
from rnnbench.plugins.discovery import ALL_GROUPS, discover
from rnnbench.plugins.entry_points import read


@pytest.fixture
def found(tmp_path, monkeypatch):
    """Return what is found of a kind with one plugin beside the core, by name."""
    monkeypatch.syspath_prepend(tmp_path)

    def call(source, group="cells", kind="cell", module="stranger"):
        strangers.write(tmp_path, module, source, group)
        strangers.forget(monkeypatch, module)
        return {item.name: item for item in discover(kind, [], [], read(ALL_GROUPS))}

    return call


@pytest.mark.parametrize(
    ("source", "reason", "line"),
    [
        ("\nraise RuntimeError('not\\ntoday')", "RuntimeError: not", 2),
        ("import sys; sys.exit(3)", "SystemExit: 3", 1),
        ("import rnnbench.nothing", "No module named 'rnnbench.nothing'", 1),
        ("import stranger.inner", "No module named 'stranger.inner'", 1),
        ("class Odd(BaseException): pass\nraise Odd", "Odd: no message", 2),
        ("x = 1\ndef (", "SyntaxError: ", 2),
        ("x = 1", "stranger has no hook of rnnbench: is @hookimpl missing?", None),
        (CELL.replace("    return [Odd]", "    raise RuntimeError('no')"), "RuntimeError: no", 16),
        (CELL.replace("    return [Odd]", "    yield Odd; 1 / 0"), "ZeroDivisionError", 16),
        (CELL.replace("[Odd]", "None"), "rnnbench_cells returned None, not a list", 14),
        (CELL.replace("[Odd]", "Odd"), "rnnbench_cells returned class Odd, not a list", 14),
        (CELL.replace("[Odd]", "'odd'"), "rnnbench_cells returned 'odd', not a list", 14),
        (CELL.replace("rnnbench_cells", "rnnbench_sells"), "unknown hook 'rnnbench_sells'", None),
        (CELL.replace("_cells()", "_cells(x)"), "PluginValidationError", None),
        ("RNNBENCH_API = 'one'\n" + CELL, "RNNBENCH_API is 'one', not a whole number", None),
    ],
)
def test_a_broken_plugin_is_named_with_its_line(found, tmp_path, source, reason, line):
    items = found(source)
    assert {"elman", "gru", "lstm"} <= items.keys()
    item = items["stranger"]
    assert (item.status, item.origin.distribution) == ("broken", "stranger")
    assert reason in item.reason
    assert "\n" not in item.reason
    assert item.place == (f"{tmp_path / 'stranger.py'}:{line}" if line else None)
    assert "stranger 1.0" in item.detail
    assert item.error is not None


def test_what_a_plugin_needs_and_is_missing_is_told(found):
    item = found("import no_such_framework.layers")["stranger"]
    assert item.status == "not installed"
    assert item.detail == "no_such_framework missing: pip install no_such_framework"


@pytest.mark.parametrize("rest", [CELL, "from rnnbench import Attention", "import rnnbench.v2"])
def test_a_plugin_for_a_newer_api_is_incompatible_even_if_it_cannot_be_imported(found, rest):
    item = found(f"RNNBENCH_API = 2\n{rest}")["stranger"]
    assert item.status == "incompatible"
    assert item.detail == (
        "it is written for API 2 of rnnbench and this is API 1: "
        "pip install --upgrade rnnbench (stranger 1.0)"
    )


def test_a_plugin_for_this_api_is_fine(found):
    assert found(f"RNNBENCH_API = 1\n{CELL}")["odd"].status == "ok"


def test_one_wrong_thing_leaves_the_others(found, tmp_path):
    item = found(CELL.replace("[Odd]", "[Odd, 5]"))
    assert (item["odd"].status, item["stranger"].status) == ("ok", "broken")
    assert item["stranger"].place == f"{tmp_path / 'stranger.py'}:14"


def test_a_class_that_is_wrong_is_named_with_its_own_line(found, tmp_path):
    item = found(CELL.replace('= ("h",)', "= 5"))["odd"]
    assert item.reason == "gates is 5, not a tuple of names"
    assert item.place == f"{tmp_path / 'stranger.py'}:6"


def test_a_class_that_raises_when_looked_at_is_broken(found):
    meta = "import abc\nclass Loud(abc.ABCMeta):\n    name = property(lambda self: 1 / 0)\n"
    loud = "\nclass Even(Odd, metaclass=Loud): pass\n"
    items = found(meta + CELL.replace("[Odd]", "[Odd, dataclass(frozen=True)(Even)]") + loud)
    assert items["odd"].status == "ok"
    assert items["stranger"].reason == "ZeroDivisionError: division by zero"


def test_suites_come_with_tasks_or_alone(found, tmp_path):
    (tmp_path / "mine.toml").write_text("")
    source = """
from pathlib import Path
from rnnbench import hookimpl

@hookimpl
def rnnbench_suites():
    return [Path(__file__).parent / "mine.toml", Path("/no/such.toml"), "mine.toml"]
"""
    items = found(source, group="suites", kind="suite")
    assert items["mine"].status == "ok"
    assert items["stranger"].reason == "'mine.toml' is no pathlib.Path"
    assert found(source, group="tasks", kind="suite", module="other")["mine"].status == "ok"


def test_an_attribute_can_be_the_plugin(found, tmp_path):
    text = CELL.replace("@hookimpl\ndef", "class Plugin:\n    @hookimpl\n    def")
    text = text.replace("rnnbench_cells()", "rnnbench_cells(self)").replace(
        "    return [", "\t\treturn ["
    )
    file = strangers.write(
        tmp_path, "classy", f"{text}\nplugin = Plugin()\n".replace("\t\t", " " * 8)
    )
    (file.parent / "classy-1.0.dist-info/entry_points.txt").write_text(
        "[rnnbench.cells]\nclassy = classy:plugin\n"
    )
    importlib.invalidate_caches()
    assert "odd" in {
        item.name for item in discover("cell", [], [], read(ALL_GROUPS)) if item.status == "ok"
    }


@pytest.mark.parametrize("entry", ["[rnnbench.cells]\nbare\n", "[rnnbench.cells]\nodd = \n"])
def test_damaged_metadata_disturbs_nobody_else(found, tmp_path, entry):
    found(CELL, module="sound")
    strangers.write(tmp_path, "damaged", CELL)
    (tmp_path / "damaged-1.0.dist-info/entry_points.txt").write_text(entry)
    importlib.invalidate_caches()
    items = {item.origin.distribution: item for item in discover("cell", [], [], read(ALL_GROUPS))}
    assert items["sound"].status == items["rnnbench"].status == "ok"
    assert items["damaged"].status == "broken"


def test_damaged_metadata_of_other_kinds_is_nothing_to_us(found, tmp_path):
    strangers.write(tmp_path, "damaged", CELL, group="cells")
    (tmp_path / "damaged-1.0.dist-info/entry_points.txt").write_text("[console_scripts]\nbare\n")
    items = found(CELL)
    assert "damaged" not in {item.origin.distribution for item in items.values()}


def test_every_hook_is_documented():
    found = {name: getattr(hooks, name) for name in vars(hooks) if name[:9] == "rnnbench_"}
    assert len(found) == 6
    for name, hook in found.items():
        text = " ".join((hook.__doc__ or "").split())
        assert text, name
        assert all(part in text for part in ("Called for entry points", "Returns:", "Wrong are: "))


@pytest.mark.parametrize("kind", ["cells", "networks"])
def test_the_core_announces_its_own(kind):
    points = metadata.entry_points(group=f"rnnbench.{kind}")
    assert "builtin" in {point.name for point in points}
