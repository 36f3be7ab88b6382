"""The memory of a row: its peak, and what it adds to what was there before it was built."""

from __future__ import annotations

from rnnbench.contracts.backend import Backend
from rnnbench.contracts.values import count, optional, said
from rnnbench.system import memory


class RowMemory:
    """Follows the memory from now on: of the process on a CPU, of the allocator on a GPU.

    What earlier rows of the process have left is there before, and so is what the framework has set
    up in the proof of this row. An allocator that keeps freed memory for itself may serve the row
    from that, which then does not count: glibc's is made to give it back.
    """

    def __init__(self, backend: Backend, who: str) -> None:
        """Note what is held now, and start the peak afresh.

        Args:
            backend: of the row.
            who: the backend and its plugin, for errors.
        """
        self._backend, self._who = backend, who
        on_cpu = backend.device == "cpu"
        held = memory.settled_memory()
        self._peak_is_ours = memory.reset_peak_memory()
        backend.reset_peak_memory()
        self._before = held if on_cpu else self._allocated()

    def used(self) -> tuple[int | None, int | None]:
        """Return the peak bytes since then, and by how many they exceed those before."""
        peak = self._allocated()
        if self._backend.device == "cpu":
            peak = memory.peak_memory() if self._peak_is_ours else None
        if peak is None or self._before is None:
            return peak, None
        return peak, max(0, peak - self._before)

    def _allocated(self) -> int | None:
        """Return the peak of the allocator, which is what it holds just after a reset."""
        return said(self._who, "peak_memory()", self._backend.peak_memory(), optional(count))
