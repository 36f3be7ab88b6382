"""A plugin whose hook returns what is no backend."""

from rnnbench import hookimpl


@hookimpl
def rnnbench_backends():
    return 5
