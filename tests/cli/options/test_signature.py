import pytest
from typer.main import get_command

from rnnbench.cli.application import application
from rnnbench.cli.commands.measuring.scale import WITHOUT
from rnnbench.schema.suite import Settings


def options(command):
    made = get_command(application([command])).commands[command]
    return {option.name: option for option in made.params}


def test_every_setting_is_an_option_of_run_and_scale_leaves_out_those_that_it_names():
    settings = set(Settings.__struct_fields__)
    assert settings <= options("run").keys()
    assert options("scale").keys() & settings == settings - WITHOUT


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--hidden", "0", "0 is not a whole number from 1 to 2147483648."),
        ("--steps", "-1", "-1 is not a whole number from 0 to 2147483648."),
        ("--clip", "1e10", "1e10 is not a number from 0 to 1000000000."),
        ("--lr", "0", "0 is not a number above 0 and at most 1000000000."),
        ("--dtype", "f", "'f' is not one of 'float32', 'float64'."),
        (
            "--optimizer",
            "adm",
            "'adm' is not one of 'sgd', 'rmsprop', 'adam', 'adamw'. Did you mean 'adam'?",
        ),
        (
            "--dtype",
            "Float32",
            "'Float32' is not one of 'float32', 'float64'. Did you mean 'float32'?",
        ),
        ("--max-time", "long", "long is not a number above 0 and at most 1000000000."),
        ("--seeds", "1001", "1001 is not a whole number from 1 to 1000."),
        ("--threads", "0.5", "0.5 is not a whole number from 1 to 2147483648."),
    ],
)
def test_an_option_has_the_limits_of_its_setting_and_says_them_in_words(cli, option, value, words):
    ended = cli("run", option, value)
    assert (ended.code, ended.err) == (2, f"rnnbench: Invalid value for '{option}': {words}\n")
