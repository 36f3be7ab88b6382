import enum
import itertools
from abc import abstractmethod
from dataclasses import dataclass, field, make_dataclass, replace
from pathlib import Path

import pytest
from fake_kernels import QUICK
from fake_plugin import FAKE, Echo, Leaky
from hypothesis import given
from hypothesis import strategies as st
from wrong_networks import Right

from rnnbench.contracts.backend import Backend
from rnnbench.models.cell import Cell
from rnnbench.plugins.builtin import CELLS
from rnnbench.plugins.validation import NAME, Wrong, check, listed, name_of, shown


def made(base, **attributes):
    """Return a cell or a task like ``base`` with other attributes."""
    return dataclass(frozen=True)(type("Made", (base,), attributes))


class Halfway(Leaky):
    @abstractmethod
    def more(self):
        pass


class Other(str):
    """A text that shows itself as another one."""

    def __str__(self):
        return "../elsewhere"


@pytest.mark.parametrize("cell", [*CELLS, Leaky])
def test_cells_are_accepted(cell):
    assert check("cell", cell) == cell.name


def test_everything_of_the_fake_plugin_is_accepted():
    suite = Path(__file__).parents[1] / "fake" / "suites" / "tiny.toml"
    assert check("task", Echo) == "echo"
    assert check("backend", FAKE) == "fake"
    assert check("kernel", QUICK) == "fake:quick"
    assert check("suite", suite) == "tiny"


@pytest.mark.parametrize(
    ("kind", "thing", "message"),
    [
        ("cell", 5, "5 is no subclass of rnnbench.Cell"),
        ("cell", Echo, "class Echo is no subclass of rnnbench.Cell"),
        ("cell", Leaky(), r"Leaky\(...\) is an instance: return the class itself"),
        ("cell", Cell, "class Cell lacks step"),
        ("cell", Halfway, "class Halfway lacks more"),
        ("cell", type("Bare", (Leaky,), {}), "class Bare is not decorated with @dataclass"),
        ("cell", made(Leaky, name=None), "class Made has no name"),
        ("cell", made(Leaky, name="a b"), "its name is 'a b': it must begin with a small letter"),
        (
            "cell",
            made(Leaky, name=Other("leaky")),
            "its name is 'leaky', a Other: it must",
        ),
        ("cell", made(Leaky, name="a" * 65), "digits, - and _, 64 in all at most"),
        ("cell", made(Leaky, name="all"), "its name is 'all', which means every one"),
        ("cell", made(Leaky, gates=()), r"gates is \(\), not a tuple of names"),
        ("cell", made(Leaky, gates="ifgo"), "gates is 'ifgo', not a tuple of names"),
        ("cell", made(Leaky, gates=None), "gates is None, not a tuple of names"),
        ("cell", made(Leaky, gates=("a", "a")), "a name stands there twice"),
        ("cell", made(Leaky, state=["h"]), r"state is \['h'\], not a tuple of names"),
        ("task", Leaky, "class Leaky is no subclass of rnnbench.Task"),
        ("task", Echo(), r"Echo\(...\) is an instance"),
        ("task", made(Echo, name=3), "its name is 3"),
        ("task", made(Echo, defaults={}), r"its defaults are {}, not rnnbench.Defaults"),
        ("task", made(Echo, version="1"), "its version is '1', not a whole number"),
        ("backend", Backend, r"class Backend is no rnnbench.BackendInfo\(...\)"),
        ("backend", replace(FAKE, name="Fake"), "its name is 'Fake'"),
        ("backend", replace(FAKE, target="fake_backend"), "target is 'fake_backend', not 'module:"),
        ("backend", replace(FAKE, requires="numpy"), "requires is 'numpy', not a tuple of modules"),
        ("backend", replace(FAKE, requires=("a-b",)), "not a tuple of modules"),
        ("backend", replace(FAKE, variants=[]), r"variants is \[\], not a dict"),
        ("backend", replace(FAKE, variants={"a:b": ""}), "a variant's name is 'a:b'"),
        ("backend", replace(FAKE, variants={"a": None}), "variant 'a' is None, not one line"),
        ("backend", replace(FAKE, default="best"), "default 'best' is none of its variants: good,"),
        (
            "backend",
            replace(FAKE, portable="slow"),
            "portable 'slow' is none of its variants: good",
        ),
        ("backend", replace(FAKE, default_for="gru"), "default_for is 'gru', not a tuple of names"),
        ("kernel", FAKE, r"is no rnnbench.KernelInfo\(...\)"),
        ("kernel", replace(QUICK, backend="Jax"), "the backend's name is 'Jax'"),
        ("kernel", replace(QUICK, variant="all"), "the variant's name is 'all'"),
        ("kernel", replace(QUICK, cells="gru"), "cells is 'gru', not a tuple of names"),
        ("kernel", replace(QUICK, cells=("G",)), "a name in cells is 'G'"),
        ("kernel", replace(QUICK, target=print), "target is <built-in function print>"),
        ("kernel", replace(QUICK, about="two\nlines"), r"about is 'two\\nlines', not one line"),
        ("suite", "tiny.toml", "'tiny.toml' is no pathlib.Path"),
        ("suite", Path(__file__), r"test_validation.py does not end in .toml"),
        ("suite", Path("/no/such.toml"), "there is no file /no/such.toml"),
    ],
)
def test_what_is_wrong_is_said(kind, thing, message):
    with pytest.raises(Wrong, match=message):
        check(kind, thing)


@pytest.mark.parametrize(
    "option", [("size", int), ("size", list, field(default_factory=list))], ids=["none", "factory"]
)
def test_an_option_needs_a_plain_default(option):
    made = make_dataclass("Made", [option], bases=(Leaky,), frozen=True, kw_only=True)
    with pytest.raises(Wrong, match="option 'size' has no plain default"):
        check("cell", made)


def test_a_suite_has_a_name_for_the_command_line(tmp_path):
    file = tmp_path / "My Suite.toml"
    file.write_text("")
    with pytest.raises(Wrong, match="its name is 'My Suite'"):
        check("suite", file)


@given(st.text())
def test_a_name_is_what_the_command_line_can_take(name):
    cell = made(Leaky, name=name)
    if NAME.fullmatch(name) and name != "all":
        assert check("cell", cell) == name_of(cell) == name
    else:
        with pytest.raises(Wrong):
            check("cell", cell)


@given(st.lists(st.integers()))
def test_a_hook_may_return_any_iterable_but_a_text_or_a_dict(things):
    assert listed("hook", things) == listed("hook", tuple(things)) == listed("hook", iter(things))
    for wrong in (str(things), dict.fromkeys(things), None, 5):
        with pytest.raises(Wrong, match="hook returned"):
            listed("hook", wrong)


def test_an_iterator_without_end_is_no_list():
    with pytest.raises(Wrong, match="hook returned more than 1000 things, perhaps without end"):
        listed("hook", itertools.count())


@given(st.text() | st.binary() | st.just(enum.Enum))
def test_values_are_shown_in_one_short_line(value):
    assert len(shown(value)) <= 60
    assert len(shown(value).splitlines()) <= 1


@pytest.mark.parametrize("wrong", [None, 1, [True, False]])
def test_whether_a_network_has_cells_is_yes_or_no(wrong):
    assert check("network", Right) == "right"
    with pytest.raises(Wrong, match=r"uses_cell is .*, not True or False"):
        check("network", dataclass(frozen=True)(type("Odd", (Right,), {"uses_cell": wrong})))
