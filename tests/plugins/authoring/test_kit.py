import subprocess
import sys
import time

import pytest
import strangers

from rnnbench.errors import UsageError
from rnnbench.plugins.authoring import kit
from rnnbench.plugins.registry import Registry

CELL = '''
import warnings
from dataclasses import dataclass
from typing import ClassVar
from rnnbench import Cell, hookimpl

@dataclass(frozen=True)
class Odd(Cell):
    """h' = tanh(x W_x + h W_h + b)."""

    name: ClassVar[str] = "odd"
    gates: ClassVar[tuple[str, ...]] = ("h",)

    def step(self, xp, p, x, state):
        FAULT
        return (xp.tanh(x @ p["w_x"][0] + state[0] @ p["w_h"][0] + p["b"][0]),)

@hookimpl
def rnnbench_cells():
    return [Odd]
'''


@pytest.fixture
def tested(tmp_path, monkeypatch, capfd):
    """Test the cell ``odd``, whose step begins with a statement, in the folder of its module."""

    def call(fault="pass"):
        (tmp_path / "odd_module.py").write_text(CELL.replace("FAULT", fault))
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "path", [*sys.path])
        strangers.forget(monkeypatch, "odd_module")
        asked = ["odd_module"]
        return kit.run(Registry.of(asked), "odd", None, asked), capfd.readouterr().out

    return call


def test_all_promises_kept(tested):
    code, out = tested()
    assert code == 0
    assert "test_odd.py::TestOddCell::test_gradient PASSED" in out


@pytest.mark.parametrize(
    ("fault", "promise"),
    [("x = x.reshape(x.shape)", "namespace"), ("print(x)", "prints_nothing")],
)
def test_a_broken_promise(tested, fault, promise):
    code, out = tested(fault)
    assert code == 1
    assert f"FAILED test_odd.py::TestOddCell::test_{promise}" in out
    assert "test_gradient PASSED" in out


@pytest.mark.parametrize(
    ("fault", "how"),
    [
        ("__import__('os')._exit(0)", "with exit code 0"),
        ("__import__('ctypes').CDLL(None)._exit(0)", "with exit code 0"),
        ("__import__('ctypes').string_at(0)", "by SIGSEGV"),
    ],
)
def test_one_that_ends_its_tests_keeps_no_promise(tested, fault, how, capfd, monkeypatch):
    said = []
    monkeypatch.setattr(kit, "say", said.append)
    assert tested(fault)[0] == 1
    assert said == [f"rnnbench: 'odd' has ended the tests: {how}"]


def test_an_exit_code_of_its_own_is_not_believed(tested):
    at_exit = "import atexit, os; atexit.register(lambda: os._exit(0)); print(x)"
    assert tested(at_exit)[0] == 1


LEFT = """
import os, time
parent = os.getpid()
if not os.fork():
    while os.getppid() == parent:
        time.sleep(0.05)
    time.sleep(0.5)
    open(PLACE, "w").close()
    os._exit(0)
"""


def test_nobody_is_left_of_the_tests(tested, tmp_path):
    left = LEFT.replace("PLACE", repr(str(tmp_path / "left")))
    tested(f"exec({left!r})")
    time.sleep(1)
    assert not (tmp_path / "left").exists()


def test_a_warning_of_the_plugin_is_an_error(tested):
    assert tested("warnings.warn('odd')")[0] == 1


def test_a_warning_of_another_module_is_none(tested):
    fault = "warnings.warn_explicit('odd', UserWarning, 'f.py', 1, module='framework')"
    assert tested(fault)[0] == 0


@pytest.mark.parametrize(("name", "kind"), [("lstmm", None), ("lstmm", "cell")])
def test_an_unknown_name_gets_a_suggestion(registry, name, kind):
    with pytest.raises(UsageError, match="Did you mean 'lstm'"):
        kit.run(registry, name, kind, [])


def test_without_pytest_it_says_how_to_install_it(registry, monkeypatch):
    monkeypatch.setattr(kit.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'rnnbench\[test\]'"):
        kit.run(registry, "lstm", None, [])


def test_every_kind_with_the_name_is_tested(registry):
    assert kit.kinds(registry, "echo", None) == ["task"]
    assert kit.kinds(registry, "fake", "backend") == ["backend"]


def test_nothing_of_the_kit_is_imported_by_the_command():
    code = "import sys, rnnbench.plugins.authoring.kit; assert 'pytest' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
