"""PyTorch's own recurrent layers: ``nn.RNN``, ``nn.LSTM`` and ``nn.GRU``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from rnnbench import GRU, LSTM, Cell, Elman, Layer, Recurrence, State


class Kind(NamedTuple):
    """A layer class of PyTorch and its gates in the order in which it stacks them."""

    module: type[nn.RNN | nn.LSTM | nn.GRU]
    gates: tuple[str, ...]


#: By cell; a subclass of one may compute something else.
KINDS: dict[type[Cell], Kind] = {
    Elman: Kind(nn.RNN, ("h",)),
    LSTM: Kind(nn.LSTM, ("i", "f", "g", "o")),
    GRU: Kind(nn.GRU, ("r", "z", "n")),
}
#: One step: by the name of the cell, or of the activation of an Elman cell.
STEPS: dict[str, Callable[..., Any]] = {
    "tanh": torch.rnn_tanh_cell,
    "relu": torch.rnn_relu_cell,
    "lstm": torch.lstm_cell,
    "gru": torch.gru_cell,
}


class FusedRecurrence(Recurrence):
    """One layer as PyTorch's module for a whole sequence; the module is the native form.

    PyTorch's layers hold two biases per gate, of which the second, ``bias_hh``, is redundant but
    for the GRU's ``b_hn``. Were both trained, their sum would move twice as far as the one bias of
    the cell. So the redundant part stays zero, gets no gradient and counts in no norm.
    """

    def __init__(self, layer: Layer, device: torch.device, dtype: torch.dtype) -> None:
        """Prepare for one layer, of a cell among :data:`KINDS`."""
        self.layer, self.device, self.dtype = layer, device, dtype
        self.kind = KINDS[type(layer.cell)]
        self.order = [layer.cell.gates.index(gate) for gate in self.kind.gates]
        self.back = [self.kind.gates.index(gate) for gate in layer.cell.gates]
        name = layer.cell.activation if isinstance(layer.cell, Elman) else layer.cell.name
        self.step = STEPS[name]
        self.kernel = f"nn.{self.kind.module.__name__} ({library(self._module())})"

    def pack(self, params: dict[str, np.ndarray]) -> nn.RNNBase:
        """Return the module: gates in PyTorch's order, matrices ``(G·H, I)`` and ``(G·H, H)``."""
        module = self._module()
        hidden = self.layer.hidden
        second = np.zeros((len(self.order), hidden))
        if "b_hn" in params:
            second[self.kind.gates.index("n")] = params["b_hn"]
        arrays = {
            "weight_ih_l0": params["w_x"][self.order].swapaxes(1, 2).reshape(-1, self.layer.inputs),
            "weight_hh_l0": params["w_h"][self.order].swapaxes(1, 2).reshape(-1, hidden),
            "bias_ih_l0": params["b"][self.order].reshape(-1),
            "bias_hh_l0": second.reshape(-1),
        }
        module.load_state_dict({name: torch.tensor(a) for name, a in arrays.items()})
        self._freeze(module.get_parameter("bias_hh_l0"), trained="b_hn" in params)
        return module

    def unpack(self, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return the canonical arrays, the redundant bias left out."""
        gates, hidden = len(self.back), self.layer.hidden

        def matrix(name: str) -> np.ndarray:
            return arrays[name].reshape(gates, hidden, -1)[self.back].swapaxes(1, 2)

        canonical = {
            "w_x": matrix("weight_ih_l0"),
            "w_h": matrix("weight_hh_l0"),
            "b": arrays["bias_ih_l0"].reshape(gates, hidden)[self.back],
        }
        if "b_hn" in self.layer.shapes:
            second = arrays["bias_hh_l0"].reshape(gates, hidden)
            canonical["b_hn"] = second[self.kind.gates.index("n")]
        return canonical

    def apply(
        self,
        params: Any,
        xs: Tensor,
        state: State,
        mask: Tensor | None = None,
        context: tuple[Tensor, ...] = (),
    ) -> tuple[Tensor, State]:
        """Call the module; it wants an axis of layers first, and a lone state not in a tuple.

        One step alone, without a gradient, is the function of ``nn.LSTMCell`` and its like: oneDNN
        would lay the weights out anew for it.
        """
        if xs.shape[0] == 1 and not torch.is_grad_enabled():
            return self._step(params, xs[0], state)
        initial = tuple(part.unsqueeze(0) for part in state)
        if len(initial) == 1:
            ys, final = params(xs, initial[0])
            return ys, (final.squeeze(0),)
        ys, final = params(xs, initial)
        return ys, tuple(part.squeeze(0) for part in final)

    def _step(self, params: Any, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take one step with the module's weights."""
        weights = (params.weight_ih_l0, params.weight_hh_l0, params.bias_ih_l0, params.bias_hh_l0)
        final = self.step(x, state if len(state) > 1 else state[0], *weights)
        final = final if isinstance(final, tuple) else (final,)
        return final[0].unsqueeze(0), final

    def _module(self) -> nn.RNNBase:
        cell = self.layer.cell
        options: dict[str, Any] = (
            {"nonlinearity": cell.activation} if isinstance(cell, Elman) else {}
        )
        return self.kind.module(
            self.layer.inputs, self.layer.hidden, device=self.device, dtype=self.dtype, **options
        )

    def _freeze(self, bias: Tensor, trained: bool) -> None:
        """Keep gradients from the redundant part of the second bias: all but the GRU's b_hn."""
        if not trained:
            bias.requires_grad_(False)
            return
        mask = torch.zeros(len(self.order), self.layer.hidden, device=bias.device, dtype=bias.dtype)
        mask[self.kind.gates.index("n")] = 1
        flat = mask.reshape(-1)
        bias.register_hook(lambda gradient: gradient * flat)


class _Operations(TorchDispatchMode):
    """Notes the names of the operations that reach a kernel."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.names: set[str] = set()

    def __torch_dispatch__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        self.names.add(func.overloadpacket.__name__)
        return func(*args, **(kwargs or {}))


def library(module: nn.RNNBase) -> str:
    """Return whose kernel ``module`` runs on, found by running it once on one zero.

    Returns:
        ``oneDNN``, ``cuDNN`` with its version, or ``native`` for PyTorch's own loop over time.
    """
    weight = module.get_parameter("weight_ih_l0")
    with _Operations() as seen:
        module(weight.new_zeros(1, 1, module.input_size))
    if "mkldnn_rnn_layer" in seen.names:
        return "oneDNN"
    if "_cudnn_rnn" in seen.names:
        return f"cuDNN {cudnn_version()}"
    return "native"


def cudnn_version() -> str | None:
    """Return cuDNN's version, ``9.1.0``, or None where this PyTorch has no cuDNN."""
    number = torch.backends.cudnn.version()
    if number is None:
        return None
    # 9 and later count 10000 to the major version, earlier ones 1000.
    major, rest = divmod(number, 10000) if number >= 90000 else divmod(number, 1000)
    return f"{major}.{rest // 100}.{rest % 100}"
