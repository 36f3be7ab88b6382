import gc

import pytest

from rnnbench.errors import PluginError
from rnnbench.worker.framework import imported


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Write what a module of a plugin says, and return its name."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(name, text):
        (tmp_path / f"{name}.py").write_text(text)
        return f"{name}:found"

    return write


def test_no_garbage_is_looked_for_while_a_framework_is_imported(module):
    target = module("imported_well", "import gc\nfound = gc.isenabled()")
    assert imported("backend 'x'", target) is False
    assert gc.isenabled()


def test_garbage_is_looked_for_after_an_import_that_fails(module):
    with pytest.raises(PluginError, match="ZeroDivisionError"):
        imported("backend 'x'", module("imported_badly", "1 / 0"))
    assert gc.isenabled()
