"""A framework's own matrix product measured."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from rnnbench.schema.messages.message import Message
from rnnbench.schema.sample import Sample
from rnnbench.schema.types import Positive

#: Rows and columns of a square matrix.
MatrixSize = Annotated[int, Meta(ge=1, le=1 << 16)]


class Gemm(Message, frozen=True):
    """Measure the framework's own matrix product, in so many blocks.

    Attributes:
        size: rows and columns of the matrices, None to look for those with the best rate.
    """

    device: str
    dtype: str
    blocks: Positive
    size: MatrixSize | None = None


class Gemmed(Message, frozen=True):
    """Samples of the fastest matrix product.

    Attributes:
        size: rows and columns of the matrices.
        samples: blocks of products.
    """

    size: MatrixSize
    samples: Annotated[list[Sample], Meta(min_length=1)]
