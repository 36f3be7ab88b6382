"""A backend whose step takes a known amount of work, for `honesty.py`."""

from rnnbench import hookimpl
from rnnbench.contracts.info import BackendInfo

BUSY = BackendInfo(
    name="busy",
    target="busy_backend:BusyBackend",
    requires=("numpy", "autograd"),
    variants={
        "plain": "so much work",
        "again": "the same",
        "slower": "5 % more",
        "little": "2 % more",
    },
    default="plain",
)


@hookimpl
def rnnbench_backends():
    return [BUSY]
