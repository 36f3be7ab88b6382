"""The options of a measurement, and the request that they make."""

import pytest
from typer.main import get_command

from rnnbench.cli import main
from rnnbench.cli.commands.scale import WITHOUT
from rnnbench.errors import UsageError
from rnnbench.plan import expand, scale
from rnnbench.plan.request import Request
from rnnbench.schema.suite import Settings
from rnnbench.schema.types import LARGEST, MOST

SHARED = (
    "--backends fake --set echo.length=3 --set lstm.forget_bias=2.5 -p fake_plugin "
    "--python old=/bin/python --device gpu --dtype float64 --threads 2 --hidden 5 --layers 3 "
    "--batch 7 --max-time 0.5 --precision 4% --processes 6 --timeout 9 --memory-limit 1KiB"
)
OF_RUN = (
    "--suite tiny --tasks echo,other --cells lstm --seeds 8 --embedding 0 --steps 11 "
    "--optimizer sgd --lr 0.25 --clip 0"
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
    "memory_limit": 1024,
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


def options(command):
    made = get_command(main.application([command])).commands[command]
    return {option.name: option for option in made.params}


def test_every_setting_is_an_option_of_run_and_scale_leaves_out_those_that_it_names():
    settings = set(Settings.__struct_fields__)
    assert settings <= options("run").keys()
    assert options("scale").keys() & settings == settings - WITHOUT


def test_an_option_has_the_limits_of_its_setting(cli):
    found = options("run")
    assert (found["hidden"].min, found["hidden"].max) == (1, MOST)
    assert (found["steps"].min, found["clip"].min, found["clip"].max) == (0, 0, LARGEST)
    assert found["dtype"].type_descriptor.choices == ("float32", "float64")
    ended = cli("run", "--lr", "0")
    assert ended.code == 2
    assert "0 is not above 0 and at most 1e9." in ended.err
