"""What a program keeps between steps: no graph, no memory, and the settings of the process."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import psutil
import pytest
import torch

from rnnbench import LSTM, Batch, Model, Optimizer, Problem, Spec, Stack, States
from rnnbench_torch.backend import TorchBackend
from rnnbench_torch.program import TorchProgram


def prepare(
    variant: str, steps: int = 5, examples: int = 6, hidden: int = 4
) -> tuple[TorchProgram, States, Batch]:
    backend = TorchBackend()
    model = Model(Stack(), Spec(Problem(3, 2), LSTM(), hidden, layers=2))
    program = backend.program(model, model.initial(0), variant, Optimizer(clip=1.0))
    batch = backend.put(Batch(np.ones((steps, examples, 3)), np.ones((steps, examples, 2))))
    return program, backend.put(model.zero_state(examples)), batch


@pytest.mark.parametrize("variant", ["fused", "eager"])
def test_what_a_step_returns_is_detached(variant: str) -> None:
    program, state, batch = prepare(variant)
    loss, state = program.train_step(state, batch)
    outputs, forward_state = program.forward(state, batch)
    returned = [loss, outputs, *sum(state.values(), ()), *sum(forward_state.values(), ())]
    assert not any(tensor.requires_grad or tensor.grad_fn for tensor in returned)


@pytest.mark.parametrize("variant", ["fused", "eager"])
def test_a_state_from_forward_can_be_trained_on(variant: str) -> None:
    program, state, batch = prepare(variant)
    _, state = program.forward(state, batch)
    loss, _ = program.train_step(state, batch)
    assert torch.isfinite(loss)


@pytest.mark.parametrize("variant", ["fused", "eager"])
def test_it_can_be_trained_after_inference(variant: str) -> None:
    program, state, batch = prepare(variant)
    trained, _ = program.train_step(state, batch)
    program.reset(program.model.initial(0))
    with TorchBackend().inference():
        outputs, after = program.forward(state, batch)
    assert all(tensor.is_inference() for tensor in (outputs, *sum(after.values(), ())))
    again, _ = program.train_step(state, batch)
    assert again.item() == trained.item()


@pytest.mark.parametrize("variant", ["fused", "eager"])
def test_memory_does_not_grow_with_steps(variant: str) -> None:
    """Each step carries the state of the one before; its graph, over 2 MiB, must not follow."""
    program, state, batch = prepare(variant, steps=50, examples=64, hidden=32)
    process = psutil.Process()

    def train(steps: int) -> int:
        nonlocal state
        for _ in range(steps):
            _, state = program.train_step(state, batch)
            program.forward(state, batch)
        return process.memory_info().rss

    settled = train(5)
    assert train(15) - settled < 16 * 2**20


@pytest.mark.parametrize("variant", ["fused", "eager"])
def test_nothing_is_compiled(variant: str) -> None:
    program, state, batch = prepare(variant)
    program.train_step(state, batch)
    assert program.traces() == 0


def test_parameters_are_a_copy() -> None:
    program, state, batch = prepare("eager")
    before = program.params()
    kept = before["readout"]["w"].copy()
    program.train_step(state, batch)
    assert np.array_equal(before["readout"]["w"], kept)
    assert not np.array_equal(program.params()["readout"]["w"], kept)


def test_integers_become_int64() -> None:
    assert TorchBackend().put(np.zeros(2, np.int32)).dtype == torch.int64


def test_any_array_can_be_put() -> None:
    """Read-only ones and reversed ones too; what was put is a copy."""
    given = np.arange(3.0)
    own = TorchBackend().put((np.broadcast_to(1.0, 3), given[::-1], given))
    given[:] = 7
    assert [tensor.tolist() for tensor in own] == [[1, 1, 1], [2, 1, 0], [0, 1, 2]]


def test_the_cpu_has_no_allocator_to_ask() -> None:
    backend = TorchBackend()
    backend.reset_peak_memory()
    assert backend.peak_memory() is None


CONFIGURED = """
import torch
from rnnbench_torch.backend import TorchBackend

torch.backends.cudnn.allow_tf32 = True
assert TorchBackend.matmul_precision() == "tf32"
assert TorchBackend.configure(2) == 2
assert TorchBackend.configure(1) == 1  # a second time, after the inter-op threads are set
assert TorchBackend.configure(2) == 2
assert torch.get_num_interop_threads() == 1
assert TorchBackend.matmul_precision() == "highest"
assert not torch.backends.cudnn.allow_tf32
# Large enough to be shared among the threads: every one of them must flush.
tiny = torch.full((1 << 20,), 1e-38) * 0.1
assert torch.count_nonzero(tiny) == 0
wide = torch.full((600, 600), 1e-20)
assert torch.count_nonzero(wide @ wide) == 0
"""


def test_configure() -> None:
    """Threads are read back, precision is full, denormals are zero in every thread."""
    subprocess.run([sys.executable, "-W", "error", "-c", CONFIGURED], check=True)


def test_the_plugin_is_described_without_its_framework() -> None:
    look = "import sys, rnnbench_torch; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", look], check=True)
