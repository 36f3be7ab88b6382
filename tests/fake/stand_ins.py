"""The reference under the names that the documents use, so that their commands can be run."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar

import msgspec
from fake_plugin import Echo
from wrong_tasks import Written

from rnnbench import BackendInfo, Defaults, hookimpl

#: Those that the documents name, and of each framework another one.
VARIANTS = {
    "numpy": ("fused", "autograd"),
    "torch": ("fused", "eager"),
    "tensorflow": ("fused", "graph", "keras"),
    "jax": ("fused", "scan"),
}
BACKENDS = [
    BackendInfo(
        name=name,
        target=f"stand_in_backends:{name.title()}",
        requires=("numpy",),
        variants=dict.fromkeys(variants, "a stand-in"),
        default=variants[0],
        nets=(name,),
    )
    for name, variants in VARIANTS.items()
]
TINY = Defaults(hidden=3, batch=4, steps=2)


@dataclass(frozen=True)
class CopyMemory(Echo):
    """Stands in for the task of that name."""

    name: ClassVar[str] = "copy-memory"
    defaults: ClassVar[Defaults] = TINY
    delay: Annotated[int, msgspec.Meta(ge=1)] = 3


@dataclass(frozen=True)
class AddingProblem(Echo):
    """Likewise."""

    name: ClassVar[str] = "adding-problem"
    defaults: ClassVar[Defaults] = TINY


@dataclass(frozen=True)
class LanguageModeling(Echo):
    """Likewise."""

    name: ClassVar[str] = "language-modeling"
    defaults: ClassVar[Defaults] = TINY
    text: str = ""


@dataclass(frozen=True)
class Sentiment(LanguageModeling):
    """Likewise."""

    name: ClassVar[str] = "sentiment"


@dataclass(frozen=True)
class Translation(Written):
    """Likewise."""

    name: ClassVar[str] = "translation"
    defaults: ClassVar[Defaults] = TINY
    path: str = ""
    target_path: str = ""
    unit: str = ""
    metric: str = ""
    beam: int = 1


@dataclass(frozen=True)
class Tagging(Echo):
    """Likewise."""

    name: ClassVar[str] = "tagging"
    defaults: ClassVar[Defaults] = TINY
    path: str = ""
    metric: str = ""


@dataclass(frozen=True)
class Forecasting(Echo):
    """Likewise."""

    name: ClassVar[str] = "forecasting"
    defaults: ClassVar[Defaults] = TINY
    path: str = ""
    time: str = ""
    columns: str = ""


@dataclass(frozen=True)
class SpokenDigits(Echo):
    """Likewise."""

    name: ClassVar[str] = "spoken-digits"
    defaults: ClassVar[Defaults] = TINY
    path: str = ""


@dataclass(frozen=True)
class Music(Echo):
    """Likewise."""

    name: ClassVar[str] = "music"
    defaults: ClassVar[Defaults] = TINY
    path: str = ""
    part: str = ""


TASKS = [
    AddingProblem,
    CopyMemory,
    Forecasting,
    LanguageModeling,
    Music,
    Sentiment,
    SpokenDigits,
    Tagging,
    Translation,
]


@hookimpl
def rnnbench_backends():
    return BACKENDS


@hookimpl
def rnnbench_tasks():
    return TASKS


@hookimpl
def rnnbench_suites():
    return [Path(__file__).parent / "documented" / "default.toml"]
