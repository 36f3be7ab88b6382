"""The promises of what a task says of itself: words, defaults, options, data."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import re

import msgspec

from rnnbench.conformance.tasks.files import opened_files
from rnnbench.conformance.tasks.under_test import TaskUnderTest
from rnnbench.contracts.task import Defaults
from rnnbench.models.training.optimizer import Optimizer


class Declarations(TaskUnderTest):
    """What a task says of itself is plain, valid, and travels."""

    def test_words(self) -> None:
        """Name, score and sizes are words on one line; the docstring says what the task is."""
        assert re.fullmatch(r"[a-z][a-z0-9_-]*", self.task.name)
        for text in (self.task.score_name, self.task.sizes):
            assert text.strip()
            assert "\n" not in text
        assert inspect.getdoc(type(self.task))

    def test_defaults(self) -> None:
        """The task can be built without options; its default sizes and training are valid."""
        assert type(self.task)() == type(self.task)()
        found = self.task.defaults
        assert isinstance(found, Defaults)
        assert min(found.hidden, found.layers, found.batch, found.steps) >= 1
        assert found.embedding == 0 or (found.embedding > 0 and self.task.problem.tokens)
        options = {"name": found.optimizer, "lr": found.lr, "clip": found.clip}
        msgspec.convert(options, Optimizer)
        assert found.lr > 0
        assert found.clip is None or found.clip > 0

    def test_options_travel(self) -> None:
        """The task can be pickled, and its options written as JSON and read from text."""
        assert pickle.loads(pickle.dumps(self.task)) == copy.deepcopy(self.task)
        options = msgspec.json.decode(msgspec.json.encode(dataclasses.asdict(self.task)))
        assert msgspec.convert(options, type(self.task), strict=False) == self.task

    def test_data_hash(self) -> None:
        """The hash of the data is a SHA-256 in hexadecimal; None only where no file is read."""
        anew = dataclasses.replace(self.task)
        with opened_files() as files:
            self.draw(anew)
        assert not files if anew.data_hash is None else len(bytes.fromhex(anew.data_hash)) == 32

    def test_split(self) -> None:
        """Data that are read are split into what is trained on and what is scored, in one line."""
        split, remarks = self.task.split, self.task.remarks
        assert (split is None) == (self.task.data_hash is None)
        assert all(line.strip() and "\n" not in line for line in (split or "none", *remarks))
