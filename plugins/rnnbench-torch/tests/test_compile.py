"""torch.compile: refused where it can't work, and it compiles no more often than it must."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from rnnbench import LSTM, Batch, Elman, Model, Optimizer, Problem, Spec, Stack, Unsupported
from rnnbench.conformance import small_model
from rnnbench_torch.backend import TorchBackend

NO_COMPILER = """
from rnnbench import LSTM, Model, Optimizer, Problem, Spec, Stack, Unsupported
from rnnbench_torch.backend import TorchBackend

model = Model(Stack(), Spec(Problem(3, 2), LSTM(), 4))
try:
    TorchBackend().program(model, model.initial(0), "compile", Optimizer())
except Unsupported as reason:
    print(reason)
"""


def test_without_a_compiler(tmp_path: Path) -> None:
    """In a process of its own, since PyTorch remembers the compiler it once found."""
    done = subprocess.run(
        [sys.executable, "-c", NO_COMPILER],
        env={"PATH": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "found no C++ compiler" in done.stdout


def test_on_a_python_that_it_does_not_support(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch._dynamo.eval_frame.is_dynamo_supported", lambda: False)
    model = Model(Stack(), Spec(Problem(3, 2), Elman(), 4))
    with pytest.raises(Unsupported, match="does not support Python 3"):
        TorchBackend().program(model, model.initial(0), "compile", Optimizer())


def test_before_it_can_keep_recompilations_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an older PyTorch ``torch:compile`` alone is unsupported."""

    def compile_as_in_2_12(model: object, *, fullgraph: bool = False, dynamic: bool = True) -> None:
        raise AssertionError("it is not called")

    monkeypatch.setattr(torch, "compile", compile_as_in_2_12)
    model = Model(Stack(), Spec(Problem(3, 2), Elman(), 4))
    with pytest.raises(Unsupported, match=r"no isolate_recompiles in PyTorch 2"):
        TorchBackend().program(model, model.initial(0), "compile", Optimizer())
    TorchBackend().program(model, model.initial(0), "eager", Optimizer())


@pytest.mark.parametrize("network", ["transformer", "tcn"])
def test_a_network_without_a_step_is_refused(network: str) -> None:
    """What is compiled is a step of a recurrence; the message names a variant that can."""
    model = small_model(network, LSTM())
    message = f"^torch:compile has no kernel for the network '{network}'; torch:fused can$"
    with pytest.raises(Unsupported, match=message):
        TorchBackend().program(model, model.initial(0), "compile", Optimizer())


def test_compilations() -> None:
    """One graph for forward, one for the first step and one for the rest; then none."""
    backend = TorchBackend("cpu", "float64")  # with the sizes of the conformance kit: cached
    model = Model(Stack(), Spec(Problem(2, 1), Elman(), 4))
    try:
        program = backend.program(model, model.initial(0), "compile", Optimizer())
    except Unsupported as reason:
        pytest.skip(str(reason))
    batch = backend.put(Batch(np.ones((4, 3, 2)), np.ones((4, 3, 1))))
    state = backend.put(model.zero_state(3))

    def run() -> None:
        program.forward(state, batch)
        _, carried = program.train_step(state, batch)
        program.forward(carried, batch)
        program.train_step(carried, batch)

    before = program.traces()
    run()
    compiled = program.traces()
    assert compiled - before == 3
    run()
    program.reset(model.initial(1))
    run()
    assert program.traces() == compiled


def test_what_cannot_be_compiled_whole_is_an_error() -> None:
    """A step that would break the graph must not run half uncompiled."""

    class Printing(Elman):
        def step(self, xp, p, x, state):  # type: ignore[no-untyped-def]
            torch._dynamo.graph_break()
            return super().step(xp, p, x, state)

    backend = TorchBackend()
    model = Model(Stack(), Spec(Problem(2, 1), Printing(), 4))
    try:
        program = backend.program(model, model.initial(0), "compile", Optimizer())
    except Unsupported as reason:
        pytest.skip(str(reason))
    batch = backend.put(Batch(np.ones((4, 3, 2)), None))
    with pytest.raises(torch._dynamo.exc.Unsupported):
        program.forward(backend.put(model.zero_state(3)), batch)
