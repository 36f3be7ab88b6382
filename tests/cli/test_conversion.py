import pytest
import typer
from typer.main import get_command

from rnnbench.cli import application
from rnnbench.cli.conversion import Conversion, word


@pytest.mark.parametrize("command", [name for name in application.COMMANDS if name != "baseline"])
def test_every_option_of_a_command_is_converted_without_pydantic(command):
    made = get_command(application.application([command])).commands[command]
    context = typer.Context(made)
    how = {one.name: type(one._runtime_param) for one in made.get_params(context)}
    assert set(how.values()) == {Conversion}, how


def test_a_word_is_one_of_those_known():
    assert word(("json", "csv"), "csv") == "csv"
    with pytest.raises(typer.BadParameter, match=r"'xml' is not one of 'json', 'csv'\."):
        word(("json", "csv"), "xml")
