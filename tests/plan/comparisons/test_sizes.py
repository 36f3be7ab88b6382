import msgspec
import pytest
from fake_plugin import Echo
from specimens import COMPARISON

from rnnbench.errors import UsageError
from rnnbench.models.cells.lstm import LSTM
from rnnbench.models.model import Model
from rnnbench.models.network import Spec
from rnnbench.models.networks.stack import Stack
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
    made = model(3)
    needed = 8 * (sizes.count_params(made) + sizes.count_states(made, COMPARISON.batch))
    sizes.check_memory(COMPARISON, made, needed)
    with pytest.raises(UsageError, match=r"this machine has 0\.0 GiB"):
        sizes.check_memory(COMPARISON, made, needed - 1)


def test_where_nobody_knows_the_memory_the_impossible_is_refused_alone():
    sizes.check_memory(COMPARISON, model(3), 0)
    with pytest.raises(UsageError, match="no machine has that"):
        sizes.check_memory(COMPARISON, model(1 << 31), 0)


def test_the_number_of_layers_has_a_bound():
    sizes.check_layers(msgspec.structs.replace(COMPARISON, layers=sizes.MOST_LAYERS))
    with pytest.raises(UsageError, match="10001 layers"):
        sizes.check_layers(msgspec.structs.replace(COMPARISON, layers=sizes.MOST_LAYERS + 1))
