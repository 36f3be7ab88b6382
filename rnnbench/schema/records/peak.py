"""The rate of a backend's matrix product."""

from __future__ import annotations

import math
from typing import Annotated

import msgspec
from msgspec import Meta

from rnnbench.schema.records.record import Record
from rnnbench.schema.sample import Sample
from rnnbench.schema.step_product import ProductShape
from rnnbench.schema.types import Count


class Peak(Record, frozen=True, kw_only=True, tag="peak"):
    """The rate of a backend's matrix product at one moment of the run.

    See :mod:`rnnbench.measure.peak_rate`.

    Attributes:
        backend: the backend.
        device: the device; ``dtype`` is the type of the matrices.
        gflops: the best rate that was seen, in 10⁹ floating-point operations per second, None if
            it could not be measured. Whether anybody disturbed it, the samples tell.
        reason: why it could not, in one line.
        size: rows and columns of square matrices, 0 if not known.
        shape: of the product that a recurrent net takes step by step, None for square ones.
        samples: blocks of products, empty in files that hold the best rate alone.
    """

    backend: str
    device: str
    dtype: str
    gflops: Annotated[float, Meta(ge=1e-6, le=1e9)] | None
    reason: str | None = None
    size: Count = 0
    samples: list[Sample] = msgspec.field(default_factory=list)
    shape: ProductShape | None = None

    @property
    def operations(self) -> int:
        """Floating-point operations of one product."""
        return 2 * math.prod(self.shape or (self.size,) * 3)
