import msgspec
import numpy as np
import pytest
from fake_plugin import Echo
from specimens import COMPARISON

from rnnbench.contracts.values import guarded
from rnnbench.errors import PluginError, UsageError
from rnnbench.models.cells.gated.lstm import LSTM
from rnnbench.models.model import Model
from rnnbench.models.network import Spec
from rnnbench.models.networks.stack import Stack
from rnnbench.models.problem import Problem
from rnnbench.plan.comparisons import sizes


def model(hidden, layers=1):
    return Model(Stack(), Spec(Echo.problem, LSTM(), hidden, layers))


@pytest.mark.parametrize(("hidden", "layers", "batch"), [(3, 1, 4), (5, 3, 2)])
def test_what_is_counted_is_what_is_made(hidden, layers, batch):
    made = model(hidden, layers)
    params = sum(a.size for group in made.initial(0).values() for a in group.values())
    states = sum(a.size for state in made.zero_state(batch).values() for a in state)
    assert (sizes.count_params(made), sizes.count_states(made, batch)) == (params, states)


def test_a_model_is_refused_where_there_is_less_memory_than_it_needs():
    made = model(COMPARISON.hidden, 2)
    needed = 8 * (sizes.count_params(made) + sizes.count_states(made, COMPARISON.batch))
    numbers = sizes.count_batch(Echo.problem, 7, COMPARISON.batch)
    needed += 2 * (numbers + 2 * 7 * COMPARISON.batch * COMPARISON.hidden)
    sizes.check_memory(COMPARISON, made, 7, "echo.length", needed)
    with pytest.raises(UsageError, match=rf"at least {needed:,} bytes.* this machine has 0\.0 GiB"):
        sizes.check_memory(COMPARISON, made, 7, "echo.length", needed - 1)


def test_a_batch_of_a_problem_is_counted():
    batch = next(iter(Echo(length=5).training(4, 0)))
    assert sizes.count_batch(Echo.problem, 5, 4) == batch.inputs.size + batch.targets.size
    words = Problem(99, 9, tokens=True, loss="cross-entropy", targets="one")
    assert sizes.count_batch(words, 5, 4) == 5 * 4 + 4
    picture = Problem(6, 9, loss="cross-entropy", targets="sequence", source="one", begin=1, end=2)
    assert sizes.count_batch(picture, 5, 4) == 6 * 4 + 5 * 4


def test_what_is_kept_is_that_of_a_window_and_nothing_on_a_gpu():
    made, change = model(3), msgspec.structs.replace
    whole = COMPARISON.batch * COMPARISON.hidden
    assert sizes.count_kept(COMPARISON, made, 7) == 7 * whole
    assert sizes.count_kept(change(COMPARISON, window=2), made, 7) == 2 * whole
    assert sizes.count_kept(change(COMPARISON, device="gpu:0"), made, 7) == 0


def test_where_nobody_knows_the_memory_the_impossible_is_refused_alone():
    sizes.check_memory(COMPARISON, model(3), 7, "echo.length", 0)
    with pytest.raises(UsageError, match="no machine has that: make hidden, layers or other"):
        sizes.check_memory(COMPARISON, model(1 << 31), 7, "echo.length", 0)
    with pytest.raises(UsageError, match=r"time steps; .* make echo\.length, other sizes or"):
        sizes.check_memory(COMPARISON, model(3), 1 << 55, "echo.length", 0)


def test_what_fits_into_no_memory_is_refused_in_planning(cli):
    length = f"echo.length={10**15}"
    ended = cli("run", "--suite", "tiny", "--backends", "fake", "--set", length)
    assert (ended.code, ended.out) == (2, "")
    assert "bytes" in ended.err
    assert "make echo.length, other sizes or the batch smaller" in ended.err


@pytest.mark.parametrize(
    ("count", "told"), [(1 << 57, "Unable to allocate 1.00 EiB"), (1 << 62, "array is too big")]
)
def test_memory_that_runs_out_while_a_task_is_asked_is_told(count, told):
    with (
        pytest.raises(UsageError, match=f"^echo does not fit into memory: {told}.*; smaller"),
        sizes.memory_told("echo"),
    ):
        guarded("task 'echo'", "problem", lambda: np.zeros(count))


def test_what_a_task_raises_otherwise_is_told_as_it_is():
    with pytest.raises(PluginError, match="ZeroDivisionError"), sizes.memory_told("echo"):
        guarded("task 'echo'", "problem", lambda: 1 / 0)


def test_the_number_of_layers_has_a_bound():
    sizes.check_layers(msgspec.structs.replace(COMPARISON, layers=sizes.MOST_LAYERS))
    with pytest.raises(UsageError, match="10001 layers"):
        sizes.check_layers(msgspec.structs.replace(COMPARISON, layers=sizes.MOST_LAYERS + 1))
