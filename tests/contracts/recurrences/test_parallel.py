"""Linear cells over all steps at once, by the oracle, held against the loop."""

import numpy as np
import pytest

from rnnbench.contracts.backend import Backend
from rnnbench.contracts.info import BackendInfo
from rnnbench.contracts.recurrences.loop import LoopRecurrence
from rnnbench.contracts.recurrences.parallel import ParallelRecurrence
from rnnbench.errors import Unsupported
from rnnbench.models.arrays.shapes import Products, ShapeArray, ShapeNamespace
from rnnbench.models.arrays.trees import tree_map
from rnnbench.models.cell import LinearCell
from rnnbench.models.cells.gated.lstm import LSTM
from rnnbench.models.cells.linear.lru import LRU
from rnnbench.models.cells.linear.mingru import MinGRU
from rnnbench.models.cells.linear.minlstm import MinLSTM
from rnnbench.models.layers.recurrent import Layer
from rnnbench.models.model import Model
from rnnbench.models.network import Spec
from rnnbench.models.networks.stack import Stack
from rnnbench.models.padding import mask_of
from rnnbench.models.problem import Problem
from rnnbench.oracle.backend import NumpyBackend
from rnnbench.oracle.parity import error

B, I, H = 3, 2, 4  # noqa: E741
CELLS = [MinGRU(), MinLSTM(), LRU()]
ORACLE = NumpyBackend("cpu", "float64")


@pytest.fixture(params=CELLS, ids=lambda cell: cell.name)
def cell(request):
    return request.param


def drawn(cell, steps):
    """Parameters, inputs and a state."""
    rng = np.random.default_rng(1)
    state = tuple(rng.standard_normal(part.shape) for part in cell.zero_state(B, H))
    return cell.initial(rng, I, H), rng.standard_normal((steps, B, I)), state


def applied(kind, cell, params, xs, state, mask=None):
    ys, final = kind(cell, ORACLE.xp, ORACLE.put).apply(params, xs, state, mask)
    return [ys, *final]


def differentiated(kind, cell, params, xs, state, mask=None):
    """The gradients by parameters, inputs and state."""
    weights = np.cos(np.arange(xs.shape[0] * B * H)).reshape(-1, B, H)

    def cost(*arrays):
        given = dict(zip(params, arrays, strict=False))
        ys, *final = applied(
            kind, cell, given, arrays[len(params)], arrays[len(params) + 1 :], mask
        )
        ends = sum(np.sin(k + 1) * part.sum() for k, part in enumerate(final))
        return (ys * weights).sum() + ends

    return ORACLE.value_and_grad(cost, [*params.values(), xs, *state])[1]


def differ(ours, theirs):
    return max(error(a, b) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 7, 1000])
def test_agrees_with_the_loop(cell, steps):
    given = drawn(cell, steps)
    for of in (applied, differentiated):
        ours, theirs = (of(kind, cell, *given) for kind in (ParallelRecurrence, LoopRecurrence))
        assert differ(ours, theirs) < 1e-11


@pytest.mark.parametrize("middle", [1, 333, 999])
def test_carries_the_state(cell, middle):
    params, xs, state = drawn(cell, 1000)
    whole, *final = applied(LoopRecurrence, cell, params, xs, state)
    early, *carried = applied(ParallelRecurrence, cell, params, xs[:middle], state)
    late, *end = applied(ParallelRecurrence, cell, params, xs[middle:], tuple(carried))
    assert differ([np.concatenate([early, late]), *end], [whole, *final]) < 1e-12


def test_holds_the_state_at_padding(cell):
    params, xs, state = drawn(cell, 6)
    given = (params, xs, state, mask_of(ORACLE.xp, 6, np.array([2, 6, 1])))
    ours, theirs = (applied(kind, cell, *given) for kind in (ParallelRecurrence, LoopRecurrence))
    assert not ours[0][2:, 0].any()
    assert differ(ours, theirs) < 1e-14
    ours, theirs = (
        differentiated(kind, cell, *given) for kind in (ParallelRecurrence, LoopRecurrence)
    )
    assert differ(ours, theirs) < 1e-14


def test_is_portable(cell):
    """It does with arrays what a namespace lists, and has one product for all steps."""
    products = Products()
    params, xs, state = tree_map(
        lambda array: ShapeArray(array.shape, array.dtype, products), drawn(cell, 6)
    )
    recurrence = ParallelRecurrence(cell, ShapeNamespace(), lambda tree: tree)
    ys, final = recurrence.apply(params, xs, state)
    assert ys.shape == (6, B, H)
    assert [part.shape for part in final] == [part.shape for part in state]
    assert products.forward == 2 * 6 * B * I * len(cell.gates) * params["w_x"].shape[-1]


class Both(NumpyBackend):
    """The reference with the variant ``parallel``."""

    info = BackendInfo(
        "both", "nowhere:Both", ("numpy",), {"loop": "any cell", "parallel": "linear ones"}, "loop"
    )
    FALLBACK = {"parallel": "loop"}  # noqa: RUF012

    def kernel(self, part, variant):
        if variant == "loop" or not isinstance(part, Layer):
            return super().kernel(part, variant)
        if isinstance(part.cell, LinearCell):
            return ParallelRecurrence(part.cell, self.xp, self.put)
        return None


def ops(cell, variant, backend: type[Backend] = Both):
    return backend().ops(Model(Stack(), Spec(Problem(I, 1), cell, H)), variant)


def test_is_a_variant_for_linear_cells(cell):
    assert ops(cell, "parallel").kernel == "prefix scan"


def test_other_cells_are_refused_and_told_who_takes_them():
    with pytest.raises(Unsupported) as refused:
        ops(LSTM(), "parallel")
    said = "both:parallel has no kernel for the cell 'lstm'; both:loop can"
    assert str(refused.value) == said
