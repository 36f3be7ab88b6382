"""A plugin whose backends do everything wrong that a process can do; see ``zoo_backend``."""

import time
from dataclasses import dataclass
from typing import ClassVar

from fake_plugin import Echo

from rnnbench import hookimpl
from rnnbench.contracts.info import BackendInfo

VARIANTS = {
    "build": "raises while it is built",
    "abstract": "its program lacks a method",
    "nan": "its loss is NaN",
    "nan-training": "its loss becomes NaN in training",
    "gradients": "its gradients are wrong",
    "segfault": "reads from address zero",
    "quits": "calls os._exit",
    "exits": "calls sys.exit",
    "exits-training": "calls sys.exit in training",
    "orphans": "leaves a child and crashes, in the check",
    "hog": "wants all memory",
    "gigabyte": "prints a gigabyte",
    "garbage": "writes garbage into every descriptor",
    "half": "writes half a message and ends",
    "forks": "forks children, some into sessions of their own",
    "daemon": "leaves a daemon behind",
    "escapes": "leaves descendants that do all to get away",
    "mute": "closes stdout and stderr",
    "moves": "changes the working directory and the locale",
    "nice": "makes itself nice and deaf to signals",
    "unsynchronised": "waits for nothing",
    "loop": "never comes back",
    "deaf": "never comes back and ignores SIGTERM, in the check",
    "stops": "stops itself, in the check",
    "half-message": "writes half a message and sleeps, in the check",
    "flood": "tells of progress for ever, in training",
    "loop-building": "never comes back from building",
}


def backend(name, target, variants):
    return BackendInfo(name, target, ("numpy",), variants, next(iter(variants)))


@dataclass(frozen=True)
class Endless(Echo):
    """Say the last number again, and be examined for ever."""

    name: ClassVar[str] = "endless"

    def testing(self, batch):
        (only,) = super().testing(batch)
        while True:
            time.sleep(0.01)  # a CPU is nothing that it needs
            yield only


@hookimpl
def rnnbench_tasks():
    return [Endless]


@hookimpl
def rnnbench_backends():
    return [
        backend("zoo", "zoo_backend:Zoo", VARIANTS),
        backend("zoo-import", "zoo_import:Zoo", {"only": "its module raises"}),
        backend("zoo-exit", "zoo_exit:Zoo", {"only": "its module calls sys.exit"}),
        backend("zoo-segfault", "zoo_segfault:Zoo", {"only": "its module crashes"}),
        backend("zoo-partial", "zoo_backend:Partial", {"only": "it lacks methods"}),
    ]
