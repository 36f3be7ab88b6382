"""Backends whose programs change something else in the process."""

import os
import random
import sys

import numpy as np
from wrong_backends import with_program

from rnnbench.oracle.backend import NumpyProgram


@with_program
class Prints(NumpyProgram):
    def train_step(self, state, batch):
        os.write(1, b"a step\n")
        return super().train_step(state, batch)


@with_program
class Complains(NumpyProgram):
    def train_step(self, state, batch):
        print("a step", file=sys.stderr)
        return super().train_step(state, batch)


@with_program
class ChangesFolder(NumpyProgram):
    def forward(self, state, batch):
        os.chdir("/")
        return super().forward(state, batch)


@with_program
class ChangesErrorState(NumpyProgram):
    def reset(self, params):
        super().reset(params)
        np.seterr(all="ignore")


@with_program
class ChangesEnvironment(NumpyProgram):
    def reset(self, params):
        super().reset(params)
        os.environ["OMP_NUM_THREADS"] = "3"


@with_program
class DrawsGlobally(NumpyProgram):
    def train_step(self, state, batch):
        random.random()
        return super().train_step(state, batch)
