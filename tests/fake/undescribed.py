"""A plugin of which one task can be described, and nothing else."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from fake_plugin import Echo

from rnnbench import Defaults, hookimpl


@dataclass(frozen=True)
class Fine(Echo):
    """As good as any."""

    name: ClassVar[str] = "fine"


@dataclass(frozen=True)
class Unreadable(Echo):
    name: ClassVar[str] = "unreadable"

    path: "Nowhere" = ""  # noqa: F821


class Odd(Defaults):
    def __getattribute__(self, name):
        if name == "hidden":
            raise ValueError("\x1b[2Jno")
        return super().__getattribute__(name)


@dataclass(frozen=True)
class Raising(Echo):
    name: ClassVar[str] = "raising"
    defaults: ClassVar[Defaults] = Odd()


@hookimpl
def rnnbench_tasks():
    return [Fine, Unreadable, Raising]


@hookimpl
def rnnbench_suites():
    return [Path(__file__).parent / "odd_suites" / "broken.toml"]
