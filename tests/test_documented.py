"""What plugin authors use has docstrings, and stands in the reference that is made from them."""

import inspect
import re
from pathlib import Path

import pytest

import rnnbench
from rnnbench import errors
from rnnbench.conformance import BackendConformance, CellConformance, TaskConformance
from rnnbench.contracts import hooks

HOOKS = {name: hook for name, hook in vars(hooks).items() if name.startswith("rnnbench_")}
REFERENCE = (Path(__file__).parents[1] / "docs" / "reference.md").read_text()
#: The array API standard documents the functions of a namespace.
STANDARD = {"Namespace", "NumpyNamespace"}
CONTRACTS = [
    getattr(rnnbench, name)
    for name in rnnbench.__all__
    if name[0].isupper() and name not in STANDARD
]
KITS = [BackendConformance, CellConformance, TaskConformance]
ERRORS = [
    error
    for error in vars(errors).values()
    if isinstance(error, type) and issubclass(error, errors.RnnbenchError)
]


def public(cls):
    """Return the methods and properties that a class of ours defines, by name."""
    return {
        f"{base.__name__}.{name}": member
        for base in cls.__mro__
        if base.__module__.startswith("rnnbench")
        for name, member in vars(base).items()
        if not name.startswith("_")
        and isinstance(member, property | classmethod | staticmethod | type(public))
    }


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_says_when_it_is_called_and_what_it_returns(name):
    text = inspect.getdoc(HOOKS[name])
    assert "Called for entry points in" in text
    assert "Returns:" in text


@pytest.mark.parametrize(
    "cls",
    [c for c in (*CONTRACTS, *KITS, *ERRORS) if isinstance(c, type)],
    ids=lambda c: c.__name__,
)
def test_a_class_and_its_public_methods_say_what_they_do(cls):
    members = {cls.__name__: cls} | public(cls)
    assert [name for name, member in members.items() if not (member.__doc__ or "").strip()] == []


def test_a_method_without_a_docstring_is_found():
    class Silent(rnnbench.Cell):
        def step(self, xp, p, x, state):
            return state

    Silent.__module__ = "rnnbench.silent"
    assert public(Silent)["Silent.step"].__doc__ is None


def test_every_public_name_stands_in_the_reference_once():
    told = re.findall(r"^::: rnnbench[.](\S+)$", REFERENCE, re.MULTILINE)
    assert len(told) == len(set(told))
    hooks_page = {"API"}  # a line of the module of hooks, which is there as a whole
    assert set(rnnbench.__all__) - {"__version__"} - hooks_page <= set(told)
    assert "contracts.hooks" in told
