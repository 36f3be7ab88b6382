"""What importing the plugin costs a command that does not run it, and what comes along with it."""

import importlib
import subprocess
import sys

import keras
import pytest

from rnnbench_tensorflow.start import without


def test_announcing_imports_no_framework():
    code = "import sys, rnnbench_tensorflow; print({'tensorflow', 'keras'} & sys.modules.keys())"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"


def test_keras_runs_on_tensorflow_whatever_the_environment_says():
    """It said NumPy when the plugin was imported: see conftest.py."""
    assert keras.backend.backend() == "tensorflow"


def test_what_nothing_asks_for_is_not_imported():
    assert {"jax", "sklearn"} & sys.modules.keys() == set()


def test_what_is_missing_for_an_import_can_be_imported_afterwards(monkeypatch):
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with without("colorsys", "subprocess"):
        assert importlib.import_module("subprocess") is subprocess  # which was there before
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module("colorsys")
    assert importlib.import_module("colorsys").rgb_to_hsv
