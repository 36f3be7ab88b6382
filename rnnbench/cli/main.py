"""The command line: the commands, and how every one of them ends."""

from __future__ import annotations

import importlib
import inspect
import os
import sys
import traceback
from collections.abc import Iterable, Sequence
from typing import Annotated

import typer
from typer.exceptions import TyperException

from rnnbench.cli.help_page import PlainCommand
from rnnbench.errors import RnnbenchError
from rnnbench.system import streams
from rnnbench.text import plain, plain_lines

#: The commands in the order of the help page, and where the function of each is.
COMMANDS = {
    "run": "commands.run:run",
    "scale": "commands.scale:scale",
    "show": "commands.show:show",
    "compare": "commands.compare:compare",
    "export": "commands.export:export",
    "check-results": "commands.check_results:check_results",
    "list": "commands.list:list_",
    "doctor": "commands.doctor:doctor",
    "plugins": "plugins.show:plugins",
}
#: Arguments that ask for nothing but the page that lists the commands.
HELP = frozenset({"-h", "--help"})


def application(arguments: Sequence[str]) -> typer.Typer:
    """Return the application with the commands that these arguments need."""
    app = typer.Typer(
        name="rnnbench",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(root)
    for name in needed(arguments):
        module, _, function = COMMANDS[name].partition(":")
        command = getattr(importlib.import_module(f"rnnbench.cli.{module}"), function)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        elif HELP.issuperset(arguments):
            app.command(name, help=inspect.getdoc(command))(without_options)
        else:
            app.command(name, cls=PlainCommand)(command)
    return app


def without_options() -> None:
    """Stand for a command on the page that lists all: to make its options takes long."""


def needed(arguments: Sequence[str]) -> Iterable[str]:
    """Return the command that is called, or all of them where that is not sure."""
    first = next(iter(arguments), "")
    if first == "--version":
        return ()
    return (first,) if first in COMMANDS else COMMANDS


def print_version(asked: bool) -> None:
    """Print the version and exit, if that was asked for."""
    if asked:
        from importlib import metadata

        print(f"rnnbench {metadata.version('rnnbench')}")
        raise typer.Exit


def root(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=print_version,
            is_eager=True,  # before the options whose types take long to import
            help="Print the version and exit.",
        ),
    ] = False,
) -> None:
    """Benchmark recurrent networks across frameworks.

    [b]rnnbench run --backends all[/b] measures every installed framework and prints the table.
    """


def main() -> None:
    """Run the command line; an error of the user's is one line and exit code 2.

    What can't be printed ends it with exit code 1, unless there is nobody to read it.
    """
    streams.prepare()
    code = carried_out(sys.argv[1:])
    try:
        sys.stdout.flush()
    except OSError as error:
        code = code or unprintable(error)
        streams.silence(sys.stdout)
    sys.exit(code)


def carried_out(arguments: Sequence[str]) -> int:
    """Carry out a command line and return its exit code; its errors are told."""
    debug = "--debug" in arguments or "RNNBENCH_DEBUG" in os.environ
    try:
        return int(application(arguments)(standalone_mode=False) or 0)
    except (RnnbenchError, TyperException) as error:
        message = error.format_message() if isinstance(error, TyperException) else str(error)
        message = message.replace("Value error, ", "")  # which pydantic says, and typer passes on
        if debug:
            streams.say(plain_lines(traceback.format_exc()))
        elif message:  # no arguments at all: the help has been printed
            streams.say(f"rnnbench: {plain(' '.join(message.split()))}")
        return 2
    except OSError as error:
        if error.filename is not None:  # no stream's
            raise
        if debug:
            streams.say(plain_lines(traceback.format_exc()))
        streams.silence(sys.stdout)
        return unprintable(error)


def unprintable(error: OSError) -> int:
    """Tell why the output could not be written; return the exit code, 0 if its reader has gone."""
    if isinstance(error, BrokenPipeError):  # as in `rnnbench show | head`
        return 0
    streams.say(f"rnnbench: the output can't be written: {error.strerror or error}")
    return 1
