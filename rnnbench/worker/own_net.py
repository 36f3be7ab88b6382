"""A user's own net in a worker: loaded from its file, put in place of a model, tried once."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from rnnbench.contracts.backend import Backend
from rnnbench.contracts.own_net import OwnNetwork
from rnnbench.contracts.program import Program
from rnnbench.contracts.values import raised
from rnnbench.errors import (
    OwnNetError,
    PluginError,
    RnnbenchError,
    Unsupported,
    UsageError,
    unknown,
)
from rnnbench.models.arrays.trees import Batch
from rnnbench.models.model import Model
from rnnbench.oracle.small_input import small_input
from rnnbench.plan.comparisons.build import Built
from rnnbench.plan.own_nets import source_of
from rnnbench.plugins.provenance import own_lines
from rnnbench.schema.row import OwnNet
from rnnbench.system import guarding
from rnnbench.text import class_name

#: How far outputs may move that must not: by rounding alone.
STILL = 1e-5


class LoadedNet:
    """The factory of a user's net.

    Attributes:
        net: what was asked for.
        file: its file, in full.
        factory: makes the net, given a problem.
    """

    def __init__(self, net: OwnNet) -> None:
        """Run the file.

        Raises:
            UsageError: if it is not the one that was planned with, or has no such name.
            PluginError: if it raises, naming the line.
        """
        self.net, self.file = net, Path(net.path).absolute()
        content = source_of(net.path)
        if hashlib.sha256(content).hexdigest() != net.source:
            raise UsageError(f"{net.path} has changed since the run began")
        module = ModuleType(f"own_net_{self.file.stem}")
        module.__file__ = str(self.file)
        sys.modules[module.__name__] = module
        root, module.__package__ = package_of(self.file)
        # What lies beside it, its package, and what the run was begun beside: after all installed.
        sys.path += map(str, (self.file.parent, root, Path.cwd()))
        try:
            with guarding.in_hand(self.who, "running its file"):
                exec(compile(content, self.file, "exec"), vars(module))
        except BaseException as error:  # SystemExit, too, of a file that is a program
            raise self.at_line(error) from error
        if net.name not in vars(module):
            names = [name for name, thing in vars(module).items() if callable(thing)]
            raise unknown(f"name in {net.path}", net.name, names)
        self.factory: Callable[..., Any] = vars(module)[net.name]
        if not callable(self.factory):
            made = class_name(self.factory)
            raise PluginError(f"{self.who}: a {made}, and not a class or a function")

    @property
    def who(self) -> str:
        """What it is called where something goes wrong."""
        return f"{self.net.path}:{self.net.name}"

    def blamed(self, error: BaseException) -> BaseException:
        """Return an error that names the net; the core's own stay as they are."""
        if isinstance(error, OwnNetError):
            return PluginError(f"{self.who}: {error}")
        return error if isinstance(error, RnnbenchError) else self.at_line(error)

    def at_line(self, error: BaseException) -> PluginError:
        """Return an error that names the line of the file where it was raised."""
        lines = [line.rpartition(":")[2] for line in own_lines(error, self.file)]
        if isinstance(error, SyntaxError) and error.filename == str(self.file):
            lines = [str(error.lineno)]
        # What a framework makes of the net, as of one that takes no problem, has no line of it.
        where = lines[-1] if lines else self.net.name
        return PluginError(f"{self.net.path}:{where}: {raised(error)}")

    def in_place(self, built: Built, backend: Backend) -> Built:
        """Return a comparison's objects with the net in place of their model.

        Raises:
            Unsupported: if the task is none for it.
        """
        spec = built.model.spec
        if spec.problem.targets == "sequence":
            raise Unsupported("a net of one's own is not asked for a target sequence of its own")
        network = OwnNetwork(backend.own_net(self.factory, spec.problem))
        return replace(built, model=Model(network, spec))


def package_of(file: Path) -> tuple[Path, str]:
    """Return the folder that the package of a file lies in, and its name, empty where it has none.

    By it a file of a package can import what is beside it as ``from .parts import Cell``.
    """
    folder, names = file.parent, list[str]()
    while (folder / "__init__.py").is_file():
        names.insert(0, folder.name)
        folder = folder.parent
    return folder, ".".join(names)


def check(backend: Backend, built: Built, variant: str, seed: int) -> None:
    """Run a net on a small input, and one training step: nothing proves what it computes.

    Raises:
        OwnNetError: if outputs, loss or parameters are not finite numbers of the dtype, or an
            output depends on later inputs that hold its target.
        Unsupported: if the backend can't train with the optimizer.
    """
    backend.check_training(built.optimizer)
    model = built.model
    _, batch = small_input(model, seed)
    program = backend.program(model, model.initial(seed), variant, built.optimizer)
    outputs = np.array(outputs_of(backend, program, batch))
    if outputs.dtype != backend.dtype:
        raise OwnNetError(f"it returns {outputs.dtype}, wanted {backend.dtype}")
    check_finite("outputs", outputs)
    check_stateless(outputs, outputs_of(backend, program, batch))
    if model.spec.problem.causal:
        check_causal(outputs, outputs_of(backend, program, later_changed(batch, model)))
    loss, _ = program.train_step({}, backend.put(batch))
    check_finite("loss", backend.numpy(loss))
    program.wait()
    for name, array in program.params().items():
        for own, values in array.items():
            check_finite(f"parameter {name}.{own} after one step", values)


def outputs_of(backend: Backend, program: Program, batch: Batch) -> np.ndarray:
    """Return the outputs of a batch in evaluation.

    Raises:
        OwnNetError: if the net changes its inputs, which are timed with again and again.
    """
    given = backend.put(batch._replace(noise=None))
    before = np.array(backend.numpy(given.inputs))
    outputs = backend.numpy(program.forward({}, given)[0])
    if not np.array_equal(before, backend.numpy(given.inputs)):
        raise OwnNetError("it changes its inputs in place: let it work on a copy")
    return outputs


def check_finite(what: str, values: np.ndarray) -> None:
    """Raise OwnNetError if not all values are finite numbers."""
    if not np.isfinite(values).all():
        raise OwnNetError(f"its {what} on a small input are no finite numbers")


def check_stateless(outputs: np.ndarray, again: np.ndarray) -> None:
    """Raise OwnNetError if the outputs of one batch are others when it comes again."""
    if moved(outputs, again):
        raise OwnNetError(
            "the same inputs have other outputs a second time: it keeps a state from batch to "
            "batch, or draws random numbers in evaluation"
        )


def moved(outputs: np.ndarray, others: np.ndarray, steps: slice = slice(None)) -> bool:
    """Return whether outputs are others by more than rounding, in some steps or in all."""
    far = np.abs(outputs[steps] - others[steps]).max(initial=0.0)
    return bool(far > STILL * max(1.0, np.abs(outputs).max()))


def later_changed(batch: Batch, model: Model) -> Batch:
    """Return a batch whose last step is another one."""
    inputs, problem = np.array(batch.inputs), model.spec.problem
    inputs[-1] = (inputs[-1] + 1) % problem.inputs if problem.tokens else 1 - inputs[-1]
    return batch._replace(inputs=inputs)


def check_causal(outputs: np.ndarray, later: np.ndarray) -> None:
    """Raise OwnNetError if outputs before the last step have changed with that."""
    if moved(outputs, later, slice(-1)):
        raise OwnNetError("it reads later inputs, which hold the targets of this task")
