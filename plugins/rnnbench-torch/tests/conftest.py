"""What every test of this folder needs because some of them compile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

#: From inside the compiler: it imports a module that uses what PyTorch has deprecated, and it asks
#: every tensor for its .grad, hiding the warning, which is of no use once that is an error.
WARNINGS = (
    "ignore:`torch.jit.script_method` is deprecated:DeprecationWarning",
    "ignore:The .grad attribute of a Tensor that is not a leaf:UserWarning",
)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark the tests, since a mark outranks ``-W error`` and a setting does not."""
    for warning in WARNINGS:
        item.add_marker(pytest.mark.filterwarnings(warning))


@pytest.fixture(autouse=True, scope="session")
def _as_in_a_worker() -> None:
    """Full precision; and one thread, as threads that wait for each other crawl in small tests."""
    import torch

    from rnnbench_torch.backend import TorchBackend, full_precision

    full_precision()
    torch.set_num_threads(1)
    TorchBackend.threads = 1


@pytest.fixture(autouse=True)
def _forget_compiled_steps() -> Iterator[None]:
    """Programs end with their test; their compiled steps would count for the next one's limit."""
    yield
    import torch

    torch.compiler.reset()
