"""The floating-point operations of a model, counted on arrays without values."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any, NamedTuple

import numpy as np

from rnnbench.models.arrays.array_functions import State
from rnnbench.models.arrays.shapes import NotPortable, Products, ShapeArray, ShapeNamespace
from rnnbench.models.arrays.trees import Batch, tree_map
from rnnbench.models.cell import Cell, advance
from rnnbench.models.kernel import Ops, Recurrence
from rnnbench.models.layers.recurrent import Layer
from rnnbench.models.model import Model
from rnnbench.schema.step_product import StepProducts


class Flops(NamedTuple):
    """Floating-point operations of matrix products, as is the custom.

    A multiply-add counts as two, elementwise work and biases as none. A gradient is counted of each
    factor that depends on a parameter or on the state: of the weights, and of the inputs but where
    those are real or one-hot. One-hot tokens are multiplied like real inputs; looking up an
    embedding costs nothing.

    Attributes:
        forward: those of one forward pass.
        train_step: those of one training step, without the optimizer's.
        steps: the products of states with weights, which wait for each other; None without such.
    """

    forward: int
    train_step: int
    steps: StepProducts | None = None


class CountedLoop(Recurrence):
    """A cell over a sequence: one step, counted as often as there are steps."""

    kernel = "none"
    takes_masks = True

    def __init__(
        self, cell: Cell, xp: ShapeNamespace, chained: Counter[tuple[int, int, int]]
    ) -> None:
        """Count nothing yet.

        Args:
            cell: the cell.
            xp: its functions.
            chained: takes the products of states with weights, by their shapes.
        """
        self.cell, self.xp, self.chained = cell, xp, chained

    def pack(self, params: dict[str, np.ndarray]) -> Any:
        """Leave the parameters as they are."""
        return params

    def apply(
        self,
        params: Any,
        xs: ShapeArray,
        state: State,
        mask: ShapeArray | None = None,
        context: tuple[ShapeArray, ...] = (),
    ) -> tuple[ShapeArray, State]:
        """Take one step, and count it for all."""
        products, steps = xs.products, xs.shape[0]
        forward, backward = products.forward, products.backward
        there = None if mask is None else mask[0]
        for shape, number in self.of_state(params, xs[0], state, context).items():
            self.chained[shape] += steps * number
        state, y = advance(self.cell, self.xp, params, xs[0], state, there, context)
        products.forward += (steps - 1) * (products.forward - forward)
        products.backward += (steps - 1) * (products.backward - backward)
        return y.made((steps, *y.shape)), state

    def of_state(
        self, params: Any, x: ShapeArray, state: State, context: tuple[ShapeArray, ...]
    ) -> Counter[tuple[int, int, int]]:
        """Return the products of one step whose first factor depends on the state before it."""
        products = Products()

        def given(array: ShapeArray) -> ShapeArray:
            return ShapeArray(array.shape, array.dtype, products)

        def followed(array: ShapeArray) -> ShapeArray:
            return ShapeArray(array.shape, array.dtype, products, trained=True)

        fixed: Any = tree_map(given, (params, x, context))
        weights, now, beside = fixed
        advance(self.cell, self.xp, weights, now, tree_map(followed, state), None, beside)
        return products.onto_fixed


def count_flops(model: Model, batch: Batch) -> Flops | None:
    """Return the operations for a batch, None where a part is not portable.

    Args:
        model: it runs on arrays without values, which count.
        batch: in NumPy, for its shapes.
    """
    try:
        return counted(model, batch)
    except NotPortable:
        return None


def counted(model: Model, batch: Batch) -> Flops:
    """Return the operations for a batch; NotPortable where a part does what some can't."""
    products, xp = Products(), ShapeNamespace()

    def trained(array: np.ndarray) -> ShapeArray:
        return ShapeArray(array.shape, array.dtype, products, trained=True)

    def given(array: np.ndarray) -> ShapeArray:
        return ShapeArray(np.shape(array), np.asarray(array).dtype, products)

    chained: Counter[tuple[int, int, int]] = Counter()
    layers = {path: part for path, part in model.parts.items() if isinstance(part, Layer)}
    loops = {path: CountedLoop(layer.cell, xp, chained) for path, layer in layers.items()}
    params = {
        path: {
            name: ShapeArray(shape, np.float64, products, trained=True)
            for name, shape in part.shapes.items()
        }
        for path, part in model.parts.items()
    }
    # Kernels compute the gradient of the first state, too.
    state = tree_map(trained, model.zero_state(np.shape(batch.inputs)[1]))
    model.apply(Ops(xp, loops), params, state, tree_map(given, batch))
    return Flops(products.forward, products.forward + products.backward, step_products(chained))


def step_products(chained: Counter[tuple[int, int, int]]) -> StepProducts | None:
    """Return the products that wait for each other: as many forward as back through time."""
    if not chained:
        return None
    flops = sum(2 * 2 * math.prod(shape) * number for shape, number in chained.items())
    return StepProducts(max(chained, key=math.prod), flops)
