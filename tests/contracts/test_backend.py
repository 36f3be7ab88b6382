from typing import ClassVar

import pytest
from pieces import MODEL, Twice, Whole

from rnnbench import LSTM, BackendInfo, Elman, Layer, Model, Optimizer, Problem, Spec, Stack
from rnnbench.contracts.recurrences.packing import pack, unpack
from rnnbench.errors import Unsupported, UsageError
from rnnbench.models.networks.tcn import TCN
from rnnbench.oracle.backend import NumpyBackend
from rnnbench.oracle.parity import worst
from rnnbench.oracle.small_input import small_input
from rnnbench.oracle.traces import named, trace


class Partial(NumpyBackend):
    """``whole`` has a kernel for one part; ``lstm`` has a loop for one cell; ``none`` has none."""

    info = BackendInfo(
        "partial", "", (), dict.fromkeys(("loop", "whole", "lstm", "none"), ""), "loop"
    )
    FALLBACK: ClassVar[dict[str, str]] = {"whole": "loop"}

    def kernel(self, part, variant):
        if variant == "whole" and isinstance(part, Twice):
            return Whole(self.put)
        known = isinstance(part, Layer) and isinstance(part.cell, LSTM)
        if variant == "loop" or (variant == "lstm" and known):
            return super().kernel(part, variant)
        return None


BACKEND = Partial("cpu", "float64")


def program(variant):
    return BACKEND.program(MODEL, MODEL.initial(0), variant, Optimizer())


def test_kernels_are_known_by_the_path_of_their_part():
    assert list(BACKEND.ops(MODEL, "loop").kernels) == ["layer"]
    assert sorted(BACKEND.ops(MODEL, "whole").kernels) == ["layer", "twice.0", "twice.1"]


def test_the_kernel_column_names_what_differs():
    assert program("loop").kernel == "Python loop (autograd)"
    assert program("whole").kernel == "one product + Python loop (autograd)"


def test_a_part_taken_whole_is_computed_by_its_kernel():
    state, batch = small_input(MODEL, 0)
    ours, theirs = program("whole"), program("loop")
    found = worst(trace(BACKEND, ours, state, batch), trace(BACKEND, theirs, state, batch))
    assert found.error < 1e-12, found
    assert all(ours.ops.kernels[f"twice.{k}"].calls for k in (0, 1))


def test_a_kernel_packs_the_parameters_of_the_children_too():
    ops, params = BACKEND.ops(MODEL, "whole"), MODEL.initial(0)
    native = pack(ops, params, BACKEND.put)
    inside = ["gain", "before.w", "before.b", "after.all.w", "after.all.b"]
    assert list(ops.kernels["twice.0"].packed) == inside
    assert native.keys() == {"layer", "readout", "twice.0", "twice.1"}
    back = unpack(ops, native)
    assert back.keys() == params.keys()
    assert worst(named("", back), named("", params)).error == 0


def test_a_variant_that_takes_nothing_is_unsupported():
    with pytest.raises(Unsupported, match="partial:none has no kernel for the cell 'lstm'"):
        BACKEND.ops(MODEL, "none")


def test_what_is_unsupported_names_a_variant_that_can(monkeypatch):
    refused = "partial:none has no kernel for the cell 'lstm'"
    with pytest.raises(Unsupported) as error:
        BACKEND.ops(MODEL, "none")
    assert str(error.value) == f"{refused}; partial:loop can"
    broken = lambda self, part, variant: {"none": None}[variant]  # noqa: E731
    monkeypatch.setattr(Partial, "kernel", broken)
    with pytest.raises(Unsupported) as error:
        BACKEND.ops(MODEL, "none")
    assert str(error.value) == refused


def test_a_network_without_layers_is_computed_as_it_is_written_where_a_variant_says_so(monkeypatch):
    monkeypatch.setattr(Partial, "PORTABLE", {"loop": "line by line"})
    tcn = Model(TCN(), Spec(Problem(2, 2), None, 3))
    assert BACKEND.ops(tcn, "loop").kernel == "line by line"
    refused = "partial:none has no kernel for the network 'tcn'"
    with pytest.raises(Unsupported, match=f"{refused}; partial:loop can"):
        BACKEND.ops(tcn, "none")
    monkeypatch.setattr(Partial, "PORTABLE", {})
    with pytest.raises(Unsupported, match=f"{refused}$"):
        BACKEND.ops(tcn, "none")


def test_a_layer_that_nothing_runs_is_unsupported(monkeypatch):
    monkeypatch.setattr(Partial, "FALLBACK", {})
    with pytest.raises(Unsupported, match="partial:whole has no loop for 'layer'"):
        BACKEND.ops(MODEL, "whole")


def test_a_variant_that_does_not_exist_is_told():
    with pytest.raises(UsageError, match="unknown variant of partial 'lost'"):
        BACKEND.ops(MODEL, "lost")


def test_a_variant_may_know_some_cells_alone():
    known, unknown = (Model(Stack(), Spec(Problem(3, 2), cell, 4)) for cell in (LSTM(), Elman()))
    assert list(BACKEND.ops(known, "lstm").kernels) == ["layers.0"]
    with pytest.raises(Unsupported, match="partial:lstm has no kernel for the cell 'elman'"):
        BACKEND.ops(unknown, "lstm")
