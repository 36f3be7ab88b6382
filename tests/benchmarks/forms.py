"""Are two directions, two layers and lengths of a kernel as fast as their parts?

    python tests/benchmarks/forms.py [ROW …] [--shape 50-32-128-128] [--rounds 10] [--cell lstm]

For each row, in a process of its own, training steps take turns in random order: of one layer, of
two directions, of two layers, and of one layer that is told lengths, all of which are the whole
sequence. Printed are the median ratios of the seconds of CPU, and of wall time, with the lowest
and the highest: two directions over twice one; two layers over twice one (their inputs are as many
as their units; the second also has a gradient of its inputs, a tenth of a step); lengths over
none.
"""

from __future__ import annotations

import kernel  # first: it sets the process up  # isort: skip

import argparse
import subprocess
import sys
import time

import numpy as np

from rnnbench.errors import Unsupported
from rnnbench.models.networks.stack import Stack
from rnnbench.plugins.registry import Registry
from rnnbench.system import threads

ROWS = [
    f"{backend}:{variant}"
    for backend in ("numpy", "torch", "jax", "tensorflow")
    for variant in ("fused", "native")
]
#: What differs from one layer in one direction, and the layers that it is compared with.
FORMS = {
    "two directions": ({"network": Stack(bidirectional="concat")}, 2),
    "two layers": ({"layers": 2}, 2),
    "lengths": ({"lengths": True}, 1),
}


def main():
    """Measure one row here, several each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("rows", nargs="*", default=ROWS)
    parser.add_argument("--shape", default="50-32-128-128", help="T-B-I-H")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--cell", default="lstm")
    options = parser.parse_args()
    if len(options.rows) == 1:
        return show(options.rows[0], options)
    print("| row | form | of CPU | of wall time |\n|---|---|--:|--:|", flush=True)
    same = ["--shape", options.shape, "--rounds", str(options.rounds), "--cell", options.cell]
    each_alone(options.rows, same)
    return None


def each_alone(rows, words):
    """Have this script measure rows one after the other, each in a process of its own."""
    for row in rows:
        subprocess.run([sys.executable, sys.argv[0], row, *words], check=False)


def show(row, options):
    """Print a line for each form."""
    made = {"one layer": prepared(row, options)}
    for name, (more, _) in FORMS.items():
        try:
            made[name] = prepared(row, options, **more)
        except Unsupported as error:
            print(f"| `{row}` | {name} | unsupported: {error} | |")
    found = {name: [] for name in made}
    rng = np.random.default_rng(0)
    for _ in range(options.rounds):
        for name in rng.permutation(list(made)):
            found[name].append(seconds(made[name]))
    for name in filter(made.get, FORMS):
        ratios = np.array(found[name]) / np.array(found["one layer"]) / FORMS[name][1]
        cpu, wall = (f"{np.median(r):.2f} ({r.min():.2f} to {r.max():.2f})" for r in ratios.T)
        print(f"| `{row}` | {name} | {cpu} | {wall} |", flush=True)


def prepared(row, options, **more):
    """Return the warm kernel of a row in one form."""
    backend, variant = made_backend(row)
    sizes = tuple(map(int, options.shape.split("-")))
    cell = Registry.of().cells[options.cell]()
    made = kernel.setting(backend, sizes, variant, cell, **more)
    for _ in range(kernel.WARM_UP):
        made.step()
    return made


def made_backend(row):
    """Return the backend of a row with the kernels of all plugins, and the name of the variant."""
    name, _, variant = row.partition(":")
    threads.pin(kernel.COUNT)
    registry = Registry.of()
    info = registry.backend(name)
    found = kernel.load(info.target)
    found.configure(kernel.COUNT)
    backend = found()
    backend.added_kernels = registry.kernels_of(name)
    return backend, variant or info.default


def seconds(made, least=0.1):
    """Return the seconds of CPU and of wall time of a step, of as many as take some time."""
    cpu, begun, steps = time.process_time(), time.perf_counter(), 0
    while steps == 0 or time.perf_counter() - begun < least:
        made.step()
        steps += 1
    return (time.process_time() - cpu) / steps, (time.perf_counter() - begun) / steps


if __name__ == "__main__":
    main()
