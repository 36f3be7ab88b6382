"""The rates of matrix products, measured at several moments of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from rnnbench.running import recording
from rnnbench.running.session import Session
from rnnbench.running.workers.pool import Slot
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.peak_rate import Gemm, Gemmed
from rnnbench.schema.records.peak import Peak
from rnnbench.schema.step_product import ProductShape

#: Blocks of a product, so many that an interval needs but few moments.
BLOCKS = 6
#: Blocks of products of one shape, on the backend that was the fastest in one.
STEP_BLOCKS = 10
#: A backend, a device and a dtype.
Product = tuple[str, str, str]


class PeakRates:
    """Measures the matrix products of all backends: before, between and after comparisons.

    The moments are those of :attr:`rnnbench.results.work_left.Remaining.moments`. Which product is
    the best of a backend is found at the first of them. On a GPU it is
    only after them, since there are allocators whose peak can't be set back: the matrices would
    count as the memory of the rows.
    """

    def __init__(
        self,
        products: Sequence[Product],
        slots: Mapping[str, Slot],
        session: Session,
        write: Callable[[Peak], None],
        blocks: int = BLOCKS,
    ) -> None:
        """Measure nothing yet.

        Args:
            products: what to measure.
            slots: by backend, the process that does.
            session: asks it.
            write: takes the records.
            blocks: of each product at a moment.
        """
        self._products = list(products)
        self._sizes: dict[Product, int] = {}
        self._shapes: set[tuple[str, str, ProductShape]] = set()
        self._later: list[tuple[str, str, ProductShape]] = []
        self._slots = slots
        self._session = session
        self._write = write
        self._blocks = blocks

    def measure(self, last: bool = False) -> None:
        """Measure all products now; one that has failed is not tried again."""
        for product in list(self._products):
            _, device, dtype = product
            if device != "cpu" and not last:
                continue
            request = Gemm(device, dtype, self._blocks, self._sizes.get(product))
            reply = self._ask(product, request)
            if isinstance(reply, Failed):
                self._products.remove(product)
            else:
                self._sizes[product] = reply.size
        if last:
            self._measure_steps(self._later)

    def measure_steps(self, device: str, dtype: str, shape: ProductShape) -> None:
        """Measure the products of a shape, each of which a recurrent net takes at every step.

        They are measured once in a run, beside the first comparison that has them; on a GPU at the
        end, as the others are.
        """
        wanted = (device, dtype, shape)
        if wanted not in self._shapes:
            self._shapes.add(wanted)
            if device == "cpu":
                self._measure_steps([wanted])
            else:
                self._later.append(wanted)

    def _measure_steps(self, wanted: Iterable[tuple[str, str, ProductShape]]) -> None:
        """Try products of each shape on every backend, and sample that of the fastest."""
        for device, dtype, shape in wanted:
            seconds = {}
            for product in self._products:
                if product[1:] == (device, dtype):
                    reply = self._ask(product, Gemm(device, dtype, 1, shape=shape))
                    if not isinstance(reply, Failed):
                        seconds[product] = reply.samples[0].seconds
            if seconds:
                fastest = min(seconds, key=seconds.__getitem__)
                self._ask(fastest, Gemm(device, dtype, STEP_BLOCKS, shape=shape))

    def _ask(self, product: Product, request: Gemm) -> Gemmed | Failed:
        """Ask for samples and write them down."""
        reply = self._session.matrix_product(self._slots[product[0]], request)
        self._write(recording.peak(*product, reply, request.shape))
        return reply
