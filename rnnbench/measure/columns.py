"""The fields of many samples as arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnnbench.measure.groups import Groups, sizes
from rnnbench.schema.packed_samples import PackedSamples, Samples, packed


class SampleColumns:
    """The blocks of some processes, field by field.

    Attributes:
        sizes: how many each process has, shape (processes,).
    """

    def __init__(self, processes: Sequence[Samples]) -> None:
        """Find out where the blocks of each process are."""
        blocks = [one for one in processes if isinstance(one, PackedSamples)]
        if len(blocks) < len(processes):
            blocks = packed([list(one) for one in processes])  # type: ignore[arg-type]
        self.sizes = sizes(blocks)
        self._shared = list({id(one.columns): one.columns for one in blocks}.values())
        offsets, whole = {}, 0
        for columns in self._shared:
            offsets[id(columns)] = whole
            whole += len(columns["calls"])
        starts = np.array([offsets[id(one.columns)] + one.start for one in blocks], int)
        places = Groups(np.empty(self.sizes.sum()), self.sizes)
        self._places = starts[places.owners] + places.places

    def __getitem__(self, field: str) -> np.ndarray:
        """Return a field of all blocks, NaN where it is not known, shape (samples,)."""
        together = b"".join(columns[field] for columns in self._shared)
        return np.asarray(np.frombuffer(together)[self._places])
