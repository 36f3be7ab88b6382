import inspect
import re
from importlib import invalidate_caches

import pytest

from rnnbench.plugins import provenance
from rnnbench.plugins.provenance import Origin, declared, module_file, source_hash


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """A package and a single module, which nobody has imported."""
    monkeypatch.syspath_prepend(tmp_path)
    inner = tmp_path / "pack" / "inner"
    inner.mkdir(parents=True)
    for file in (inner.parent / "__init__.py", inner / "__init__.py", inner / "leaf.py"):
        file.write_text("raise RuntimeError('imported')\nLEVEL = 3\n")
    (tmp_path / "single.py").write_text("LEVEL: int = 2\nLEVEL = 'x'\nLEVEL = 4\n")
    invalidate_caches()
    return tmp_path


def test_the_hash_is_of_the_python_files_alone(packages):
    before = source_hash("pack.inner.leaf")
    assert re.fullmatch("[0-9a-f]{12}", before)
    (packages / "pack" / "notes.txt").write_text("x")
    (packages / "pack" / "__pycache__").mkdir()
    assert source_hash("pack") == before
    (packages / "pack" / "inner" / "leaf.py").write_text("other")
    assert source_hash("pack") != before


def test_the_hash_knows_names_from_contents(packages):
    before = source_hash("pack")
    leaf = packages / "pack" / "inner" / "leaf.py"
    leaf.rename(leaf.with_name("leaves.py"))
    assert source_hash("pack") != before


def test_the_hash_is_of_several_packages_in_any_order(packages):
    assert source_hash("pack", "single") == source_hash("single", "pack.inner", "pack")
    assert source_hash("single") != source_hash("pack", "single")


def test_what_has_no_source_has_no_hash():
    assert source_hash("no_such_module") is None
    assert source_hash("_struct") is None


def test_a_module_is_found_without_being_imported(packages):
    assert module_file("pack.inner.leaf") == packages / "pack" / "inner" / "leaf.py"
    assert module_file("pack.inner") == packages / "pack" / "inner" / "__init__.py"
    assert module_file("pack.none") is None
    assert module_file("single") == packages / "single.py"
    assert module_file("no_such_module") is None


def test_what_a_module_declares_is_read(packages):
    assert declared("pack.inner.leaf", "LEVEL") == 3
    assert declared("single", "LEVEL") == 4
    assert declared("single", "OTHER") is None
    (packages / "single.py").write_text("def (")
    assert declared("single", "LEVEL") is None


def test_a_line_is_told_where_there_is_one():
    file, _, number = provenance.line_of(Origin).rpartition(":")
    assert file == inspect.getsourcefile(Origin)
    assert int(number) > 1
    assert provenance.line_of(print) is provenance.line_of(5) is None


def test_a_plugin_can_be_called_by_several_names():
    origin = Origin("some.module", "point", "Some_Plugin", "1.0")
    assert origin.names == {"some.module", "point", "Some_Plugin", "some-plugin"}
    assert (str(origin), str(Origin("loose"))) == ("Some_Plugin 1.0", "loose")
