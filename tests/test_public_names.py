"""What scripts and plugins may use: a name more or less is a decision, and so is a changed list."""

import re
import tomllib
from pathlib import Path

import pytest

import rnnbench
from rnnbench import conformance
from rnnbench.plugins.authoring.scaffold import SUFFIX, TEMPLATES

ROOT = Path(__file__).parent.parent
PACKAGE = Path(rnnbench.__file__).parent

NAMES = """
__version__ API Array BPTTRecurrence Backend BackendInfo Batch Cell Companion Convolution Defaults
Dense
Derived DotProductAttention Elman Embedding Flops GRU Group Interrupted Kernel KernelInfo LSTM Layer
LinearCell LoopRecurrence Memory Model Namespace Native Network NotText NumpyBackend NumpyNamespace
NumpyProgram Ops Optimizer OwnKernel OwnNetError ParallelRecurrence Params Part Pointwise Problem
Profile Program RankEnded Recurrence ReferenceOptimizer ResetBeforeGRU ResultsError RnnbenchError
Run Shapes Spec Stack State States Task Unsupported UsageError Vocabulary advance check_anew copied
decays hookimpl
limit_threads load net_kind pack pointwise read_file read_text run runs scale shares tree_map
unfit_net compare example_inputs publish unpack worker_timeout
"""
KIT = """
BackendConformance CALLS CELLS CellConformance MODELS NetworkConformance OPTIMIZERS TaskConformance
named own_model parity small_input small_model
"""


def test_rnnbench_exports_these_names():
    assert sorted(rnnbench.__all__) == sorted(NAMES.split())
    assert all(hasattr(rnnbench, name) for name in rnnbench.__all__)


def test_the_test_kit_exports_these_names():
    assert sorted(conformance.__all__) == sorted(KIT.split())
    assert all(hasattr(conformance, name) for name in conformance.__all__)


def modules(folder):
    """Return the names of the modules and packages directly in a folder."""
    paths = (path for path in folder.iterdir() if (path / "__init__.py").exists() or path.is_file())
    return {path.stem for path in paths if path.suffix in ("", ".py")} - {"__init__", "__main__"}


def test_ruff_bans_every_module_below_the_two():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    below = modules(PACKAGE) - {"conformance"}
    below |= {f"conformance.{name}" for name in modules(PACKAGE / "conformance")}
    banned = settings["flake8-tidy-imports"]["banned-api"]
    assert banned.keys() == {f"rnnbench.{name}" for name in below}
    exempt = [files for files, rules in settings["per-file-ignores"].items() if "TID251" in rules]
    assert exempt == ["tests/**", "{rnnbench,docs}/**"]


@pytest.mark.parametrize(
    "template",
    sorted(TEMPLATES.rglob(f"*.py{SUFFIX}")),
    ids=lambda path: path.relative_to(TEMPLATES).as_posix(),
)
def test_a_template_imports_nothing_deeper(template):
    text = template.read_text(encoding="utf-8")
    imported = re.findall(r"^\s*(?:from|import)\s+(rnnbench[\w.]*)", text, re.MULTILINE)
    assert set(imported) <= {"rnnbench", "rnnbench.conformance"}
    lists = re.findall(r"^from rnnbench import (\([^)]*\)|.*)$", text, re.MULTILINE)
    assert set(re.findall(r"\w+", " ".join(lists))) <= set(rnnbench.__all__)
