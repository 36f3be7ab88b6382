"""The reference with matrix products added to each step: real work, not a clock that is watched.

Small products in one thread take the same time in every process to within a per cent; loops of
Python and passes over memory, tried in their place, took up to four per cent more or less.
"""

import numpy as np
from busy_plugin import BUSY

from rnnbench.oracle.backend import NumpyBackend, NumpyProgram

#: Rows of the square matrices: 36 KiB each, which any cache holds.
SIZE = 96
#: Products per step, about 22 µs each. The tiny model's own step takes as long as 45 of them, so
#: that 5 % of the whole are 22 more, and 2 % are 9.
PRODUCTS = {"plain": 400, "again": 400, "slower": 422, "little": 409}


class BusyProgram(NumpyProgram):
    """Trains a model, and multiplies matrices."""

    def work(self, products):
        self.products = products
        self.matrix = np.full((SIZE, SIZE), 1 / SIZE, np.float32)
        self.result = np.empty_like(self.matrix)
        return self

    def train_step(self, state, batch):
        for _ in range(self.products):
            np.matmul(self.matrix, self.matrix, out=self.result)
        return super().train_step(state, batch)


class BusyBackend(NumpyBackend):
    info = BUSY

    def program(self, model, params, variant, optimizer):
        made = BusyProgram(model, self.ops(model, variant), params, optimizer, self.put)
        return made.work(PRODUCTS[variant])
