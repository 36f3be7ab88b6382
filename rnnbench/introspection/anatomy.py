"""What a cell is made of, read from its code: equations, gates, state, parameters, operations."""

from __future__ import annotations

import inspect
import math
from collections import Counter
from fractions import Fraction

import msgspec
import numpy as np

from rnnbench.models.arrays.shapes import NotPortable, Products, ShapeArray, ShapeNamespace
from rnnbench.models.cell import Cell, Shapes

#: Sizes by which the axes of a shape are told apart. H is even, for cells that halve it.
INPUTS, HIDDEN = 100_003, 2 * 100_019
#: What an axis of such a size is: a share of I or of H.
AXES = {
    INPUTS: ("I", Fraction(1)),
    HIDDEN: ("H", Fraction(1)),
    HIDDEN // 2: ("H", Fraction(1, 2)),
}
#: The terms of a sum: products of I and H. Sizes at which factors are found, and one to prove them.
TERMS = ("IH", "HH", "H", "I", "")
SIZES, PROOF = ((1, 2), (2, 2), (1, 4), (3, 6), (4, 8)), (11, 26)
#: Beyond this, an axis is made of sizes in a way that has no name here.
LARGEST_NUMBER = 10_000


class Anatomy(msgspec.Struct, frozen=True, kw_only=True):
    """A cell of a certain size.

    Attributes:
        cell: its name.
        about: its equations and their source, as its docstring has them.
        gates: their names.
        state: the names of the parts of its state.
        formula: its parameters, of I inputs and H units; None where no simple one is.
        inputs: I.
        hidden: H.
        parameters: their number for these.
        operations: of the matrix products of one step of one example, a multiply-add being two;
            None where the cell does what can't be counted.
        operations_formula: their number of I inputs and H units, None where no simple one is.
    """

    cell: str
    about: str
    gates: list[str]
    state: list[str]
    formula: str | None
    inputs: int
    hidden: int
    parameters: int
    operations: int | None
    operations_formula: str | None


def anatomy(cell: Cell, inputs: int, hidden: int) -> Anatomy:
    """Return what a cell is made of.

    Args:
        cell: with its options set.
        inputs: I.
        hidden: H.
    """
    return Anatomy(
        cell=cell.name,
        about=equations(cell),
        gates=list(cell.gates),
        state=list(cell.state),
        formula=formula(cell.shapes(INPUTS, HIDDEN)),
        inputs=inputs,
        hidden=hidden,
        parameters=sum(int(np.prod(shape)) for shape in cell.shapes(inputs, hidden).values()),
        operations=operations(cell, inputs, hidden),
        operations_formula=operations_formula(cell),
    )


def equations(cell: Cell) -> str:
    """Return the docstring of a cell up to where it tells of parameters and options."""
    told = inspect.cleandoc(type(cell).__doc__ or "")
    lines = told.splitlines()
    ends = (k for k, line in enumerate(lines) if line.startswith(("Parameters:", "Attributes:")))
    return "\n".join(lines[: next(ends, len(lines))]).strip()


def formula(shapes: Shapes) -> str | None:
    """Return how many parameters there are: ``4·I·H + 4·H² + 4·H``.

    Args:
        shapes: those of the sizes :data:`INPUTS` and :data:`HIDDEN`.
    """
    counts: dict[str, Fraction] = {}
    for shape in shapes.values():
        axes = [AXES.get(axis, ("", Fraction(axis))) for axis in shape]
        if any(not name and number > LARGEST_NUMBER for name, number in axes):
            return None
        names = "".join(sorted((name for name, _ in axes), reverse=True))  # IH, HH, H, nothing
        count = math.prod((number for _, number in axes), start=Fraction(1))
        counts[names] = counts.get(names, Fraction(0)) + count
    return total(counts)


def total(counts: dict[str, Fraction]) -> str:
    """Return a sum of terms, each a factor of a product of I and H."""
    order = sorted(counts, key=lambda names: (-len(names), "I" not in names))
    return " + ".join(term(counts[names], names) for names in order)


def term(count: Fraction, names: str) -> str:
    """Return one term of a sum: ``4·H²``."""
    letters = [f"{name}²" if k == 2 else name for name, k in Counter(names).items()]
    return "·".join([*([str(count)] if count != 1 or not names else []), *letters])


def operations(cell: Cell, inputs: int, hidden: int) -> int | None:
    """Count the operations of the matrix products of one step, on arrays without values."""
    products = Products()

    def array(*shape: int) -> ShapeArray:
        return ShapeArray(shape, np.dtype(np.float64), products)

    params = {name: array(*shape) for name, shape in cell.shapes(inputs, hidden).items()}
    state = tuple(array(1, *shape) for shape in cell.state_shapes(hidden))
    try:
        cell.step(ShapeNamespace(), params, array(1, inputs), state)
    except NotPortable:
        return None
    return products.forward


def operations_formula(cell: Cell) -> str | None:
    """Return how many operations there are of I inputs and H units: ``8·I·H + 8·H²``.

    The factors are those that give their number at some sizes, and are proved at another.
    """
    found = [operations(cell, *sizes) for sizes in (*SIZES, PROOF)]
    if None in found:
        return None
    *known, proof = np.array(found, float)
    solved = np.linalg.solve(np.array([products_of(*sizes) for sizes in SIZES], float), known)
    factors = [Fraction(round(2 * factor), 2) for factor in solved]  # halves, where H is halved
    if sum(k * size for k, size in zip(factors, products_of(*PROOF), strict=True)) != proof:
        return None
    return total({names: factor for names, factor in zip(TERMS, factors, strict=True) if factor})


def products_of(inputs: int, hidden: int) -> list[int]:
    """Return the products that :data:`TERMS` name."""
    sizes = {"I": inputs, "H": hidden}
    return [math.prod(sizes[name] for name in names) for names in TERMS]
