from typer.main import get_command

from rnnbench.cli.application import application
from rnnbench.cli.commands.scale import WITHOUT
from rnnbench.schema.suite import Settings
from rnnbench.schema.types import LARGEST, MOST


def options(command):
    made = get_command(application([command])).commands[command]
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
