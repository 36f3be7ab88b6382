"""The options of a measurement, and the request that they make."""

import pytest

from rnnbench.errors import UsageError
from rnnbench.plan import expand, scale
from rnnbench.plan.request import Request
from rnnbench.schema.suite import Settings

SHARED = (
    "--backends fake --set echo.length=3 --set lstm.forget_bias=2.5 -p fake_plugin "
    "--python old=/bin/python --device gpu --dtype float64 --threads 2 --hidden 5 --layers 3 "
    "--batch 7 --max-time 0.5 --precision 4% --processes 6 --timeout 9 --memory-limit 1GiB "
    "--allocator kept"
)
OF_RUN = (
    "--suite tiny --tasks echo,other --cells lstm --seeds 8 --embedding 0 --steps 11 "
    "--optimizer sgd --lr 0.25 --clip 0 --target 0.75"
)
REQUEST = {
    "backends": "fake",
    "device": "gpu:0",
    "threads": 2,
    "processes": 6,
    "precision": 0.04,
    "options": {"echo": {"length": 3}, "lstm": {"forget_bias": 2.5}},
    "pythons": {"old": "/bin/python"},
    "plugins": ("fake_plugin",),
    "timeout": 9.0,
    "memory_limit": 1 << 30,
    "allocator": "kept",
}
SETTINGS = {"dtype": "float64", "hidden": 5, "layers": 3, "batch": 7, "max_time": 0.5}


@pytest.fixture
def request_of(cli, monkeypatch):
    """Return the request that a command line makes."""

    def call(module, line):
        made = []

        def stop(request, *_):
            made.append(request)
            raise UsageError("this is all that was to be seen")

        monkeypatch.setattr(module, "expand", stop)
        assert cli(*line.split()).err == "rnnbench: this is all that was to be seen\n"
        return made[0]

    return call


def test_run_makes_a_request_of_all_its_options(request_of):
    training = {"embedding": 0, "steps": 11, "optimizer": "sgd", "lr": 0.25, "clip": 0.0}
    training["target"] = 0.75
    assert request_of(expand, f"run {OF_RUN} {SHARED}") == Request(
        suite="tiny",
        tasks=("echo", "other"),
        cells=("lstm",),
        seeds=8,
        settings=Settings(**SETTINGS, **training),
        **REQUEST,
    )


def test_scale_makes_a_request_of_the_options_that_it_shares(request_of):
    made = request_of(scale, f"scale --over steps --from 2 --to 16 {SHARED}")
    assert made == Request(settings=Settings(**SETTINGS), **REQUEST)


def test_what_is_not_given_is_left_to_the_suite(request_of):
    assert request_of(expand, "run") == Request()
