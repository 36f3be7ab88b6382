"""The command line: the commands, and how every one of them ends."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Annotated

import typer
from typer.exceptions import TyperException

from rnnbench.cli.commands.check_results import check_results
from rnnbench.cli.commands.compare import compare
from rnnbench.cli.commands.doctor import doctor
from rnnbench.cli.commands.export import export
from rnnbench.cli.commands.list import list_
from rnnbench.cli.commands.run import run
from rnnbench.cli.commands.scale import scale
from rnnbench.cli.commands.show import show
from rnnbench.cli.plugins.show import plugins
from rnnbench.errors import RnnbenchError
from rnnbench.system.streams import silence
from rnnbench.text import plain, plain_lines

app = typer.Typer(
    name="rnnbench",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


app.command()(run)
app.command()(scale)
app.command()(show)
app.command()(compare)
app.command()(export)
app.command("check-results")(check_results)
app.command("list")(list_)
app.command()(doctor)
app.add_typer(plugins, name="plugins")


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Benchmark recurrent networks across frameworks.

    [b]rnnbench run --backends all[/b] measures every installed framework and prints the table.
    """
    if version:
        from importlib import metadata

        typer.echo(f"rnnbench {metadata.version('rnnbench')}")
        raise typer.Exit


def main() -> None:
    """Run the command line; an error of the user's is one line and exit code 2."""
    debug = "--debug" in sys.argv[1:] or "RNNBENCH_DEBUG" in os.environ
    try:
        code = app(standalone_mode=False)
    except (RnnbenchError, TyperException) as error:
        message = error.format_message() if isinstance(error, TyperException) else str(error)
        if debug:
            typer.echo(plain_lines(traceback.format_exc()), err=True)
        elif message:  # no arguments at all: the help has been printed
            typer.echo(f"rnnbench: {plain(' '.join(message.split()))}", err=True)
        sys.exit(2)
    except BrokenPipeError:  # the reader of our output has gone, as in `rnnbench show | head`
        silence(sys.stdout)
        sys.exit(0)
    sys.exit(code)
