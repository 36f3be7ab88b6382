"""The test kit for plugin authors: subclass, name the plugin, and see one test per promise.

    from rnnbench.conformance import BackendConformance
    from rnnbench_torch import INFO

    class TestTorch(BackendConformance):
        info = INFO

:class:`CellConformance` takes a ``cell``, :class:`NetworkConformance` a ``network``,
:class:`TaskConformance` a ``task``. ``rnnbench plugins
test NAME`` runs the kit on an installed plugin without a test file. It needs pytest, which ``pip
install rnnbench[test]`` brings.
"""

import pytest

# A failed promise then shows the values, as an assertion in an author's own tests does.
KITS = ("backend", "programs", "cell", "network", "networks", "tasks", "surroundings")
pytest.register_assert_rewrite(*(f"rnnbench.conformance.{kit}" for kit in KITS))

from rnnbench.conformance.backend_kit import BackendConformance  # noqa: E402
from rnnbench.conformance.calls import CALLS  # noqa: E402
from rnnbench.conformance.cell_kit import CellConformance  # noqa: E402
from rnnbench.conformance.network_kit import NetworkConformance  # noqa: E402
from rnnbench.conformance.specimens import (  # noqa: E402
    CELLS,
    MODELS,
    OPTIMIZERS,
    own_model,
    small_model,
)
from rnnbench.conformance.task_kit import TaskConformance  # noqa: E402
from rnnbench.oracle import parity  # noqa: E402
from rnnbench.oracle.small_input import small_input  # noqa: E402
from rnnbench.oracle.traces import named  # noqa: E402

__all__ = [
    "CALLS",
    "CELLS",
    "MODELS",
    "OPTIMIZERS",
    "BackendConformance",
    "CellConformance",
    "NetworkConformance",
    "TaskConformance",
    "named",
    "own_model",
    "parity",
    "small_input",
    "small_model",
]
