"""Has a portable model more operations than it had, and what do lengths add to it?

    python tests/benchmarks/operations.py [REVISION]

Counts what a training step of an LSTM consists of in each framework, for what stands here and for
REVISION (by default the commit before the last one): calls within autograd for NumPy, what reaches
the dispatcher of PyTorch, operations of TensorFlow's graph and equations of JAX's program, those of
loops' bodies once. Counts don't depend on what else the machine does. Exit code 1 if one has
grown.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: A look at a shape here or there is no operation.
LIMIT = 1.002
PLUGINS = ("numpy", "torch", "tensorflow", "jax")

#: What builds a program; what is counted stands beneath, for each framework.
SETUP = """
import json, sys
import numpy as np
import rnnbench
from rnnbench import LSTM, Batch, Model, Optimizer, Problem, Spec, Stack
assert rnnbench.__file__.startswith(sys.argv[1]), rnnbench.__file__

def built(backend, variant, lengths=False):
    model = Model(Stack(), Spec(Problem(inputs=16, outputs=4, lengths=lengths), LSTM(), 8))
    rng = np.random.default_rng(0)
    batch = Batch(rng.standard_normal((6, 3, 16)), rng.standard_normal((6, 3, 4)))
    if lengths:
        batch = batch._replace(lengths=np.array([6, 2, 4]))
    program = backend.program(model, model.initial(0), variant, Optimizer("sgd"))
    return program, backend.put(model.zero_state(3)), backend.put(batch)
"""
COUNTS = {
    "numpy": """
from rnnbench import NumpyBackend

def count(lengths):
    program, state, batch = built(NumpyBackend("cpu", "float32"), "autograd", lengths)
    program.train_step(state, batch)
    places = []
    sys.setprofile(lambda frame, event, _: places.append((event, frame.f_code.co_filename)))
    program.train_step(state, batch)
    sys.setprofile(None)
    return sum(event == "call" and "autograd" in place for event, place in places)
""",
    "torch": """
from torch.utils._python_dispatch import TorchDispatchMode
from rnnbench_torch.backend import TorchBackend

class Counting(TorchDispatchMode):
    seen = 0
    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.seen += 1
        return function(*args, **(kwargs or {}))

def count(lengths):
    program, state, batch = built(TorchBackend(), "eager", lengths)
    program.train_step(state, batch)
    with Counting() as counting:
        program.train_step(state, batch)
    return counting.seen
""",
    "tensorflow": """
from rnnbench_tensorflow.backend import TensorFlowBackend

def count(lengths):
    program, state, batch = built(TensorFlowBackend(), "graph", lengths)
    graph = program._train_step.get_concrete_function(state, batch).graph.as_graph_def()
    return len(graph.node) + sum(len(f.node_def) for f in graph.library.function)
""",
    "jax": """
import jax
from jax.extend.core import jaxprs_in_params
from rnnbench_jax.backend import JaxBackend

def equations(jaxpr):
    return sum(1 + sum(map(equations, jaxprs_in_params(e.params))) for e in jaxpr.eqns)

def count(lengths):
    program, state, batch = built(JaxBackend(), "scan", lengths)
    return equations(program._train.trace(program.trained, state, batch).jaxpr.jaxpr)
""",
}
REPORT = "print(json.dumps([count(False), count(True)]))"


def main() -> int:
    """Print all counts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("revision", nargs="?", default="HEAD~1")
    revision, grown = parser.parse_args().revision, False
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(
            ["git", "archive", revision, "rnnbench", "plugins"],
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        subprocess.run(["tar", "-x", "-C", folder], input=packed.stdout, check=True)
        print(f"{'':10} {revision:>10} {'here':>8} {'with lengths':>14}")
        for framework in COUNTS:
            before, here = (counted(framework, Path(place)) for place in (folder, ROOT))
            print(f"{framework:10} {before[0]:10} {here[0]:8} {here[1]:14}", flush=True)
            grown |= here[0] > LIMIT * before[0]
    return int(grown)


def counted(framework: str, folder: Path) -> tuple[int, int]:
    """Return the operations of a training step without lengths and with them.

    Args:
        framework: one of :data:`COUNTS`.
        folder: where the core and the plugins lie.
    """
    places = [folder, *(folder / "plugins" / f"rnnbench-{name}" for name in PLUGINS)]
    done = subprocess.run(
        [sys.executable, "-P", "-c", SETUP + COUNTS[framework] + REPORT, str(folder)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, places))},
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    )
    without, with_lengths = json.loads(done.stdout.splitlines()[-1])
    return without, with_lengths


if __name__ == "__main__":
    sys.exit(main())
