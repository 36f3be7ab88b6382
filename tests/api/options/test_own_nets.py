"""Nets as a notebook or a script gives them."""

import sys
from functools import partial
from types import ModuleType

import pytest

import rnnbench as rb
from rnnbench.api.options.own_nets import named


class Inner:
    class Net:
        pass


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Return a module of the user's, imported from a file."""
    (tmp_path / "mynet.py").write_text("def make(problem): ...\n\nclass Net: ...\n")
    monkeypatch.syspath_prepend(tmp_path)
    import mynet

    yield mynet
    del sys.modules["mynet"]


def test_what_is_imported_from_a_file_is_named_by_it(module):
    assert named("a.py:A, b.py:B") == ["a.py:A", "b.py:B"]
    assert named(module.Net) == [f"{module.__file__}:Net"]
    assert named([module.make, "a.py:A"]) == [f"{module.__file__}:make", "a.py:A"]
    assert named(()) == named(None) == []


def made_in(module):
    """Return a class that says to be of a module."""
    return type("Net", (), {"__module__": module, "__qualname__": "Net"})


@pytest.mark.parametrize(
    ("net", "said"),
    [
        (made_in("nowhere"), r"Net is in no file .* %%writefile mynet\.py .*\['mynet\.py:Net'\]"),
        (Inner.Net, r"Inner\.Net is made within another: write it with def or class at the top"),
        (lambda problem: problem, "a lambda has no name: write it with def"),
        (partial(print), "is no net: give a class"),
        (3, "3 is no net: give a class"),
    ],
)
def test_what_no_file_has_is_refused_in_a_line(net, said):
    with pytest.raises(rb.UsageError, match=said) as found:
        rb.run(models=[net])
    assert "\n" not in str(found.value)


def test_a_script_is_a_file_and_what_a_notebook_holds_is_in_none(monkeypatch):
    main = ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", main)
    with pytest.raises(rb.UsageError, match="in no file"):
        named(made_in("__main__"))
    main.__file__ = "<stdin>"
    with pytest.raises(rb.UsageError, match="in no file"):
        named(made_in("__main__"))
    main.__file__ = "script.py"
    assert named(made_in("__main__")) == ["script.py:Net"]
