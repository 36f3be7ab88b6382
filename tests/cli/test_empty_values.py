"""An empty text, as a variable of a shell that is not set makes one, is no value of anything."""

import pytest
import typer
from typer.core import TyperOption
from typer.main import get_command

from rnnbench.cli import application, hints

#: The arguments that commands can't do without, by their names.
NEEDED = {
    "explain": ["lstm"],
    "list": ["cells"],
    "baseline save": ["kept"],
    "plugins new": ["cell", "mine"],
    "plugins test": ["lstm"],
    "plugins doctor": ["lstm"],
}


def commands(group, *path):
    """Yield all commands with their names."""
    for name, one in group.commands.items():
        if hasattr(one, "commands"):
            yield from commands(one, *path, name)
        else:
            yield " ".join((*path, name)), one


def given(command, name, parameter, text):
    """Return a command line in which a parameter has a text."""
    arguments = list(NEEDED.get(name, []))
    if isinstance(parameter, TyperOption):
        return [max(parameter.opts, key=len), text, *arguments]
    places = [one for one in command.params if not isinstance(one, TyperOption)]
    place = places.index(parameter)
    arguments += ["x"] * (place - len(arguments))
    return ["--", *arguments[:place], text, *arguments[place + 1 :]]


@pytest.mark.parametrize("text", ["", " ", "\n"], ids=repr)
def test_an_empty_text_is_refused_and_says_where(text):
    tried = 0
    every = application.application(["a name that none of them has"])
    for name, command in commands(get_command(every)):
        context = typer.Context(command)
        for parameter in command.get_params(context):
            if getattr(parameter, "is_flag", False) or parameter.name == "prompt":
                continue
            with pytest.raises(typer.BadParameter) as refused:
                command.make_context(name, given(command, name, parameter, text))
            where = parameter.get_error_hint()
            assert hints.message(refused.value).startswith(f"Invalid value for {where}: "), name
            tried += 1
    assert tried > 200


@pytest.mark.parametrize("prompt", ["\n", " "], ids=repr)
def test_a_prompt_may_be_one_that_is_not_seen(prompt):
    command = get_command(application.application(["generate"])).commands["generate"]
    made = command.make_context("generate", ["--prompt", prompt])
    assert made.params["prompt"] == prompt
