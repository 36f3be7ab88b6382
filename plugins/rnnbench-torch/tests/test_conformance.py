"""The core's promises, kept by PyTorch on the CPU and, where there is one, on a GPU."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rnnbench.conformance import BackendConformance

from rnnbench_torch import INFO

# Both come from inside the compiler: it imports a module that uses what PyTorch has deprecated, and
# it asks every tensor for its .grad (and hides the warning, which is of no use once it is an error).
pytestmark = [
    pytest.mark.filterwarnings("ignore:`torch.jit.script_method` is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf:UserWarning"),
]


@pytest.fixture(autouse=True)
def _forget_compiled_steps() -> Iterator[None]:
    """Programs end with their test; their compiled steps would count for the next one's limit."""
    yield
    import torch

    torch.compiler.reset()


class TestTorch(BackendConformance):
    info = INFO


class TestTorchGPU(BackendConformance):
    info = INFO
    device = "gpu:0"
