"""What no plugin may do to the process that it runs in: print, or leave global state changed."""

from __future__ import annotations

import contextlib
import io
import locale
import os
import random
import signal
import warnings
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest


def surroundings(frameworks: Sequence[str] = ()) -> dict[str, Any]:
    """Return the global state of this process that a plugin could change, by name.

    Environment variables that are named after one of ``frameworks`` are left out: some keep their
    own settings there, as ``TORCHINDUCTOR_CACHE_DIR``.
    """
    theirs = tuple(name.upper() for name in frameworks)
    return {
        "working directory": Path.cwd(),
        "locale": locale.setlocale(locale.LC_ALL),
        "environment": {
            name: value
            for name, value in os.environ.items()
            if not name.lstrip("_").startswith(theirs)
        },
        "NumPy's error state": np.geterr(),
        "NumPy's print options": np.get_printoptions(),
        "NumPy's random state": np.random.get_state(legacy=True)[1].tolist(),  # type: ignore[index]
        "Python's random state": random.getstate(),
        "signal handlers": {number: signal.getsignal(number) for number in signal.valid_signals()},
        "warnings filters": list(warnings.filters),
    }


@contextlib.contextmanager
def restored() -> Iterator[None]:
    """Put back afterwards what :func:`surroundings` looks at."""
    folder, language = Path.cwd(), locale.setlocale(locale.LC_ALL)
    environment, ours, numpys = dict(os.environ), random.getstate(), np.random.get_state()
    handlers = {number: signal.getsignal(number) for number in signal.valid_signals()}
    try:
        with np.errstate(), np.printoptions(), warnings.catch_warnings():
            yield
    finally:
        os.chdir(folder)
        locale.setlocale(locale.LC_ALL, language)
        os.environ.clear()
        os.environ.update(environment)
        random.setstate(ours)
        np.random.set_state(numpys)
        for number, handler in handlers.items():
            if signal.getsignal(number) is not handler and handler is not None:
                signal.signal(number, handler)


#: The kits under test that have used their plugin: what a framework does once is done.
USED: set[type] = set()


class Conformance:
    """The promises of every plugin, whatever its kind; a kit says in :meth:`exercise` what runs."""

    def frameworks(self) -> Sequence[str]:
        """Return the modules that the plugin brings to run."""
        return ()

    @pytest.fixture(autouse=True)
    def _surroundings_are_restored(self) -> Iterator[None]:
        """Keep what one test's plugin code changes from the next test."""
        with restored():
            yield

    @abstractmethod
    def exercise(self) -> None:
        """Use the plugin once as a run does."""

    def test_prints_nothing(self, capfd: pytest.CaptureFixture[str]) -> None:
        """Nothing is printed; a framework's native log to stderr is its own affair."""
        with contextlib.redirect_stderr(io.StringIO()) as errors:
            self.exercise()
        USED.add(type(self))
        assert capfd.readouterr().out == ""
        assert errors.getvalue() == ""

    def test_global_state(self) -> None:
        """No global state is left changed, but for what a framework does once, at its first use."""
        if type(self) not in USED:
            with restored():
                self.exercise()
        before = surroundings(self.frameworks())
        self.exercise()
        after = surroundings(self.frameworks())
        assert [name for name in before if before[name] != after[name]] == []
