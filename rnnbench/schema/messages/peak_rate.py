"""A framework's own matrix product measured."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from rnnbench.schema.messages.message import Message
from rnnbench.schema.sample import Sample
from rnnbench.schema.step_product import MatrixSize, ProductShape
from rnnbench.schema.types import Positive


class Gemm(Message, frozen=True):
    """Measure the framework's own matrix product, in so many blocks.

    Attributes:
        size: rows and columns of the matrices, None to look for those with the best rate.
        shape: of the product, None for square matrices.
    """

    device: str
    dtype: str
    blocks: Positive
    size: MatrixSize | None = None
    shape: ProductShape | None = None


class Gemmed(Message, frozen=True):
    """Samples of the fastest matrix product.

    Attributes:
        size: rows of the first matrix; of square ones, of both and their columns.
        samples: blocks of products.
    """

    size: MatrixSize
    samples: Annotated[list[Sample], Meta(min_length=1)]
