"""How far the laws of the kits are from holding exactly, for every network and cell of the core.

    python tests/benchmarks/laws.py --output results/published/systems/laws.json

Runs the tests of networks and cells, and notes the largest deviation that each law has compared
with its tolerance; a law that is broken ends it.
"""

from __future__ import annotations

import argparse
import dataclasses
import inspect
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rnnbench.conformance.finite_differences import GRADIENT_TOLERANCE
from rnnbench.models.problem import Problem
from rnnbench.oracle import parity
from rnnbench.system.io.files import write_file

MODELS = Path(__file__).parents[1] / "models"
KINDS = {"networks": "network", "cells": "cell"}


class Noting:
    """Notes what ``parity.error`` returns while a law is tested.

    Attributes:
        laws: the first line of each law's docstring, by its name.
        found: the largest deviation, by subject and law.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.laws: dict[str, str] = {}
        self.found: dict[str, dict[str, float]] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: Any) -> Iterator[None]:
        """Watch one test; above every tolerance are only differences that a law asks for."""
        subject = getattr(item.cls, KINDS[self.kind], None)
        if subject is None:
            return (yield)
        seen: list[float] = []
        honest = parity.error

        def error(ours: Any, theirs: Any) -> float:
            seen.append(honest(ours, theirs))
            return seen[-1]

        parity.error = error
        try:
            yield
        finally:
            parity.error = honest
        if kept := [value for value in seen if value < GRADIENT_TOLERANCE]:
            self._note(in_words(subject, getattr(item.cls, "problem", None)), item, max(kept))

    def _note(self, subject: str, item: Any, deviation: float) -> None:
        law = item.originalname.removeprefix("test_")
        self.laws[law] = (inspect.getdoc(item.function) or "").partition("\n")[0]
        own = self.found.setdefault(subject, {})
        own[law] = max(own.get(law, 0.0), float(f"{deviation:.1e}"))


def in_words(subject: Any, problem: Problem | None) -> str:
    """Return a network or a cell with the options that are not its defaults, and its targets."""
    given = [
        f"{field.name} {getattr(subject, field.name)}"
        for field in dataclasses.fields(subject)
        if getattr(subject, field.name) != field.default
    ]
    targets = [f"targets {problem.targets}"] if problem else []
    return ", ".join([subject.name, *given, *targets])


def noted(kind: str) -> Noting:
    """Run the tests of all networks, or of all cells.

    Raises:
        SystemExit: if a law is broken.
    """
    noting, file = Noting(kind), MODELS / kind / "test_conformance.py"
    code = pytest.main(["-q", "-p", "no:cacheprovider", str(file)], plugins=[noting])
    if code != pytest.ExitCode.OK:
        sys.exit(int(code))
    return noting


def main() -> None:
    """Write all of it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, required=True)
    output = parser.parse_args().output
    found = {kind: noted(kind) for kind in KINDS}
    told = {kind: {"laws": one.laws, "deviations": one.found} for kind, one in found.items()}
    write_file(output, (json.dumps(told, indent=1) + "\n").encode())


if __name__ == "__main__":
    main()
