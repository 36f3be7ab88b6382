"""The program of several ranks, as the worker calls it: with whole batches."""

from __future__ import annotations

import pickle
import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from rnnbench import (
    Batch,
    Memory,
    Model,
    Optimizer,
    Params,
    Program,
    States,
    Unsupported,
    shares,
    tree_map,
)
from rnnbench_torch.parallel import meeting
from rnnbench_torch.parallel.messages import (
    Build,
    Forward,
    Gradient,
    Request,
    Reset,
    Step,
    Wait,
    to_host,
)
from rnnbench_torch.parallel.ranks import Ranks, ranks_of
from rnnbench_torch.parallel.share import Share

if TYPE_CHECKING:
    from rnnbench_torch.backend import TorchBackend


class ParallelProgram(Program):
    """Splits each batch over the ranks, of which the first is in this process."""

    def __init__(self, share: Share, ranks: Ranks, number: int, backend: TorchBackend) -> None:
        """Take over what the ranks have built.

        Args:
            share: of the first rank.
            ranks: all the others.
            number: by which they know their programs.
            backend: of the first rank.
        """
        self.share, self.ranks, self.number, self.backend = share, ranks, number, backend
        self.model = share.model
        self.kernel = f"{share.kernel} + DDP ({meeting.library(backend.device)})"
        weakref.finalize(self, ranks.unused.append, number)

    def forward(self, state: States, batch: Batch) -> tuple[Tensor, States]:
        """Compute the outputs and the new state of each share, and join them on the first device.

        A batch that can't be split evenly, as the last of held-out data, is left to the first rank.
        """
        if batch.inputs.shape[1] % len(self.ranks.devices):
            return self.share.forward(state, batch)
        (own, *others) = self._shares(state, batch)
        asked = [Forward(self.number, *to_host(other)) for other in others]
        found, replies = self.ranks.call(asked, lambda: self.share.forward(*own))
        outputs, states = zip(found, *map(self._placed, replies), strict=True)
        return torch.cat(outputs, self.model.spec.problem.examples_axis), joined(states)

    def gradient(self, state: States, batch: Batch) -> tuple[float, Params]:
        """Differentiate the loss of the whole batch."""
        found: tuple[float, Params]
        found, _ = self._differentiate(Gradient, self.share.gradient, state, batch)
        return found

    def train_step(self, state: States, batch: Batch) -> tuple[Tensor, States]:
        """Run the usual training step in each rank, in which they add up their gradients."""
        (loss, own), others = self._differentiate(Step, self.share.train_step, state, batch)
        return loss, joined([own, *map(self._placed, others)])

    def params(self) -> Params:
        """Copy the parameters of the first rank: those of the others are the same."""
        return self.share.params()

    def reset(self, params: Params) -> None:
        """Start afresh in every rank."""
        asked = [Reset(self.number, params)] * len(self.ranks.others)
        self.ranks.call(asked, lambda: self.share.reset(params))

    def wait(self) -> None:
        """Wait for the GPUs; on CPUs a rank answers when it has computed."""
        if self.backend.torch_device.type != "cpu":
            asked = [Wait(self.number)] * len(self.ranks.others)
            self.ranks.call(asked, self.share.wait)

    def begin(self, batch: Batch) -> tuple[Memory, States]:
        """Encode the batch in the first rank."""
        return self.share.begin(batch)

    def advance(self, memory: Memory, state: States, batch: Batch) -> tuple[Tensor, States]:
        """Decode the steps of the batch in the first rank."""
        return self.share.advance(memory, state, batch)

    def traces(self) -> int:
        """Return how often the first rank has compiled; the others compile what it does."""
        return self.share.traces()

    def _differentiate(
        self,
        kind: Callable[[int, States, Batch, float | None], Request],
        own: Callable[[States, Batch], Any],
        state: States,
        batch: Batch,
    ) -> tuple[Any, list[Any]]:
        """Have the ranks do something by which their gradients meet."""
        count = self._count(batch)
        (mine, *others) = self._shares(state, batch)
        asked = [kind(self.number, state, batch, count) for state, batch in map(to_host, others)]
        self.share.count = count
        return self.ranks.call(asked, lambda: own(*mine))

    def _count(self, batch: Batch) -> float | None:
        """Return how many targets a share would have by the mean of the whole batch.

        None where all count: shares are of one size then.
        """
        counted = self.model.counted(self.backend.xp, batch)
        return None if counted is None else counted.sum().item() / len(self.ranks.devices)

    def _shares(self, state: States, batch: Batch) -> list[tuple[States, Batch]]:
        world, examples = len(self.ranks.devices), batch.inputs.shape[1]
        if examples % world:
            raise Unsupported(f"{examples} examples can't be split evenly over {world} devices")
        return shares(state, batch, self.model.spec.problem.examples_axis, world)

    def _placed(self, tree: Any) -> Any:
        device = self.backend.torch_device
        return tree_map(lambda array: torch.from_numpy(array).to(device), tree)


def joined(states: Sequence[States]) -> States:
    """Return the states of all examples."""
    return {
        path: tuple(map(torch.cat, zip(*(each[path] for each in states), strict=True)))
        for path in states[0]
    }


def parallel_program(
    backend: TorchBackend,
    model: Model,
    params: Params,
    variant: str,
    rule: Optimizer,
    devices: tuple[str, ...],
) -> ParallelProgram:
    """Build a program in every rank; ranks are started where there are none on these devices.

    Raises:
        RankEnded: if a rank ends meanwhile.
        Unsupported: if there are no such devices, or a model can't be sent to other processes.
    """
    require(backend, devices)
    backend.ops(model, variant)  # what is wrong with them is told before a process is started
    try:
        pickle.dumps((model, params))
    except Exception as error:  # whatever a stranger's class raises
        raise Unsupported(f"its model can't be sent to other processes: {error}") from None
    ranks = ranks_of(devices, backend.threads)
    torch.set_num_threads(ranks.threads)
    number = ranks.next_number()
    unused, ranks.unused = tuple(ranks.unused), []
    what = (model, params, variant, rule)
    asked = Build(number, *what, backend.dtype, tuple(backend.added_kernels), unused)
    share, _ = ranks.call([asked] * len(ranks.others), lambda: backend.share(*what))
    return ParallelProgram(share, ranks, number, backend)


def require(backend: TorchBackend, devices: tuple[str, ...]) -> None:
    """Refuse devices that are not here, or that nothing joins.

    Raises:
        Unsupported: with the reason.
    """
    if not torch.distributed.is_available():
        raise Unsupported("this PyTorch was built without torch.distributed")
    library = meeting.library(devices[0])
    if not getattr(torch.distributed, f"is_{library}_available")():
        raise Unsupported(f"this PyTorch was built without {library}")
    here = backend.devices()
    if missing := [name for name in devices if not name.startswith("cpu:") and name not in here]:
        raise Unsupported(f"torch has no device {missing[0]!r} here; it has {', '.join(here)}")
