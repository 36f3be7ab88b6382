"""Whose fault an error is, told by the code that was running."""

import wrong_networks
from fake_plugin import Leaky

from rnnbench.worker.responsible_plugin import culprit, named

SUSPECTS = {"fake_plugin": "cell 'leaky'", "wrong_networks": "network 'odd'"}


def raised_by(call):
    try:
        call()
    except Exception as error:
        return error
    raise AssertionError


def test_the_innermost_suspect_is_named_with_its_method():
    error = raised_by(lambda: Leaky().step(None, {}, None, ()))
    assert culprit(error, SUSPECTS) == ("cell 'leaky'", "step()")


def test_what_a_suspect_has_called_is_its_fault():
    error = raised_by(lambda: wrong_networks.__dict__["np"].zeros("text"))
    assert culprit(error, SUSPECTS) is None
    error = raised_by(lambda: Leaky().step(None, {"w_x": None}, 1, (1,)))
    assert culprit(error, SUSPECTS)[0] == "cell 'leaky'"


def test_nobody_is_named_without_suspects():
    error = raised_by(lambda: Leaky().step(None, {}, None, ()))
    assert culprit(error, {}) is None


def test_a_plugin_is_known_by_the_module_of_its_hooks_as_well(registry):
    found = named(registry, "network", "means", "abc")
    assert found.keys() == {"abc", "fake_plugin"}
    assert found["abc"].startswith("network 'means' of fake_plugin")
