"""What two ranks compute of a batch is what the oracle does of the whole; one pair is started."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch

from rnnbench import (
    GRU,
    LSTM,
    Backend,
    Batch,
    Elman,
    Model,
    NumpyBackend,
    Optimizer,
    Params,
    Program,
    RankEnded,
    States,
    Unsupported,
)
from rnnbench.conformance import named, parity, small_input, small_model
from rnnbench_torch.backend import TorchBackend
from rnnbench_torch.parallel import ranks
from rnnbench_torch.parallel.ranks import Ranks

PAIR = ("cpu:0", "cpu:1")
BACKEND, ORACLE = TorchBackend("cpu", "float64"), NumpyBackend("cpu", "float64")
LIMIT = 1e-9
RATES = (0.01, 0.005, 0.02)
RULES = [
    Optimizer("sgd", lr=0.1),
    Optimizer("sgd", lr=0.1, momentum=0.5, nesterov=True, clip_value=0.01),
    Optimizer("rmsprop", lr=0.01, clip=0.05, clip_value=0.02),
    Optimizer("adam", lr=0.01),
    Optimizer("adam", lr=0.01, clip=0.05),
    Optimizer("adamw", lr=0.01, weight_decay=0.1),
]


@pytest.fixture(scope="module", autouse=True)
def pair() -> Iterator[Ranks]:
    yield ranks.ranks_of(PAIR, 1)
    if ranks._current is not None:
        ranks._current.end()


def build(model: Model, variant: str = "eager", rule: Optimizer = RULES[3]) -> Program:
    return BACKEND.parallel_program(model, model.initial(3), variant, rule, PAIR)


def placed(model: Model) -> tuple[States, Batch]:
    own: tuple[States, Batch] = BACKEND.put(small_input(model, 3, len(PAIR)))
    return own


def traced(
    backend: Backend, program: Program, model: Model, rates: tuple[float, ...] = ()
) -> dict[str, np.ndarray]:
    """Return all that is computed of a whole batch; the state is carried from step to step."""
    state, batch = backend.put(small_input(model, 3, len(PAIR)))
    outputs, after = program.forward(state, batch._replace(noise=None))
    loss, gradients = program.gradient(state, batch)
    found = {"outputs": backend.numpy(outputs), "loss": np.asarray(loss)}
    for path, arrays in after.items():
        found |= {f"state {path}.{k}": backend.numpy(array) for k, array in enumerate(arrays)}
    for rate in rates or (None,) * 3:
        at = batch if rate is None else batch._replace(rate=backend.put(np.asarray(rate)))
        last, state = program.train_step(state, at)
    program.wait()
    found |= named("gradient of", gradients) | named("trained", program.params())
    return found | {"last loss": backend.numpy(last)}


def off(
    model: Model,
    variant: str = "eager",
    rule: Optimizer = RULES[3],
    rates: tuple[float, ...] = (),
) -> float:
    """Return how far two ranks are from the oracle of the whole batch."""
    truth = ORACLE.program(model, model.initial(3), "autograd", rule)
    expected = traced(ORACLE, truth, model, rates)
    found = parity.compare(traced(BACKEND, build(model, variant, rule), model, rates), expected)
    return found.error


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_optimizer(rule: Optimizer) -> None:
    """Clipping is by the norm of the whole gradient, in every rank."""
    assert off(small_model("last", Elman()), rule=rule) <= LIMIT


def test_rates_are_those_of_the_batch() -> None:
    assert off(small_model("one-hot", GRU()), rates=RATES) <= LIMIT


@pytest.mark.parametrize("kind", ["embedding", "lengths", "transformer", "encoder", "tcn"])
def test_every_network(kind: str) -> None:
    """Padding differs from share to share, values are left out, and sequences begin anew."""
    assert off(small_model(kind, LSTM())) <= LIMIT


@pytest.mark.parametrize("cell", [LSTM(), GRU()], ids=lambda cell: cell.name)
def test_layers_of_pytorch(cell: LSTM | GRU) -> None:
    """Masks of the second bias hold in every rank."""
    assert off(small_model("lengths", cell), "fused") <= LIMIT


def test_a_share_without_a_target_that_counts() -> None:
    model = small_model("one-hot", LSTM())
    state, batch = placed(model)
    counted = torch.arange(batch.inputs.shape[1]) < batch.inputs.shape[1] // 2
    batch = batch._replace(counted=counted.expand(batch.inputs.shape))
    one = BACKEND.program(model, model.initial(3), "eager", RULES[3])
    (loss, gradients), (alone, expected) = (
        program.gradient(state, batch) for program in (build(model), one)
    )
    assert abs(loss - alone) <= LIMIT
    assert parity.worst(named("", gradients), named("", expected)).error <= LIMIT


def test_a_program_that_is_reset_trains_like_a_new_one() -> None:
    model, rule = small_model("embedding", GRU()), Optimizer("adamw", lr=0.01, clip=0.1)
    state, batch = placed(model)
    program, trained = build(model, "fused", rule), list[Params]()
    for _ in range(2):
        for _ in range(3):
            _, state = program.train_step(state, batch)
        trained.append(program.params())
        state = placed(model)[0]
        program.reset(model.initial(3))
    program.gradient(state, batch)  # leaves nothing behind
    for _ in range(3):
        _, state = program.train_step(state, batch)
    trained.append(program.params())
    first, *others = (named("", params) for params in trained)
    for other in others:
        assert all(np.array_equal(first[name], other[name]) for name in first)


def test_what_a_step_returns_is_detached_and_stays() -> None:
    model = small_model("embedding", LSTM())
    program, (state, batch) = build(model), placed(model)
    loss, state = program.train_step(state, batch)
    before = loss.item()
    program.train_step(state, batch)
    assert loss.item() == before
    assert not any(tensor.requires_grad for tensor in [loss, *sum(state.values(), ())])


def test_what_cannot_be_split_evenly() -> None:
    """It is computed by the first rank, but not trained on."""
    model = small_model("one-hot", LSTM())
    program, (state, batch) = build(model), placed(model)
    odd = {path: tuple(part[:3] for part in parts) for path, parts in state.items()}
    some = Batch(batch.inputs[:, :3], batch.targets[:, :3])
    outputs, _ = program.forward(odd, some)
    whole, _ = program.forward(state, batch)
    assert torch.allclose(outputs, whole[:, :3], atol=LIMIT, rtol=0)
    with pytest.raises(Unsupported, match="3 examples can't be split evenly over 2 devices"):
        program.train_step(odd, some)


def test_the_threads_are_shared_and_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TorchBackend, "threads", 2)
    model = small_model("last", Elman())
    program = build(model)
    assert torch.get_num_threads() == 1
    BACKEND.program(model, model.initial(3), "eager", RULES[3])
    assert torch.get_num_threads() == 2
    assert program.kernel == "Python loop (eager) + DDP (gloo)"


def test_a_program_that_nobody_uses_is_let_go(pair: Ranks) -> None:
    program = build(small_model("last", Elman()))
    number = program.number  # type: ignore[attr-defined]
    del program
    assert number in pair.unused  # at once: no circle holds it
    build(small_model("last", Elman()))
    assert number not in pair.unused
    gc.collect()


def test_nothing_but_this_machine_can_be_reached(pair: Ranks) -> None:
    found = [psutil.Process(), *(psutil.Process(other.pid) for other in pair.others)]
    listening = [
        connection.laddr.ip
        for process in found
        for connection in process.net_connections()
        if connection.status == psutil.CONN_LISTEN
    ]
    assert listening
    assert set(listening) == {"127.0.0.1"}


def test_what_is_not_here_is_unsupported() -> None:
    model = small_model("last", Elman())
    with pytest.raises(Unsupported, match=r"nccl|no device 'gpu:63'"):
        BACKEND.parallel_program(model, model.initial(3), "eager", RULES[3], ("gpu:62", "gpu:63"))

    class Local(Elman):
        """Of a module that nobody can import."""

    with pytest.raises(Unsupported, match="can't be sent to other processes"):
        build(small_model("last", Local()))


def test_a_rank_that_is_killed_within_a_step(pair: Ranks) -> None:
    """It is named, all have ended, and the next program has new ones; the last of this module."""
    model = small_model("embedding", LSTM())
    program, (state, batch) = build(model), placed(model)
    before = ranks._current
    assert before is not None
    (pid,) = (other.pid for other in before.others)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(RankEnded, match=r"^rank 1 of 2 \(cpu:1\) ended by SIGKILL$"):
        program.train_step(state, batch)
    assert not Path(f"/proc/{pid}").exists()
    with pytest.raises(RankEnded, match=r"the ranks of cpu:0, cpu:1 have ended"):
        program.train_step(state, batch)
    assert off(model) <= LIMIT
