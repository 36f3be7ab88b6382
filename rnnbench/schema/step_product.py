"""The matrix products that a recurrent net can only compute one after the other."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from rnnbench.schema.types import Count

#: Rows or columns of a matrix that is multiplied.
MatrixSize = Annotated[int, Meta(ge=1, le=1 << 31)]
#: Of a product ``(rows, inner) @ (inner, columns)``: these three.
ProductShape = tuple[MatrixSize, MatrixSize, MatrixSize]


class StepProducts(msgspec.Struct, frozen=True):
    """The products of the state before a step with weights: each waits for the one before.

    Attributes:
        shape: of the largest: ``(batch, hidden, gates · hidden)`` for most cells.
        flops: floating-point operations of all of them in a training step, forward and back through
            time; the gradients of the weights, which wait for nothing, are not among them.
    """

    shape: ProductShape
    flops: Count
