"""The command line: the commands, and how every one of them ends."""

from __future__ import annotations

import errno
import importlib
import inspect
import os
import resource
import signal
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Annotated, Any, NoReturn

import typer
from typer.exceptions import TyperException

from rnnbench.cli import hints
from rnnbench.cli.help_page import PlainCommand, PlainGroup
from rnnbench.errors import RnnbenchError, UsageError
from rnnbench.system.guarding import process_is_ours
from rnnbench.system.io import streams
from rnnbench.system.processes.signals import interrupt
from rnnbench.text import class_name, message_of, plain_lines, readable

#: The variable by which a shell says how it asks for what may come next.
COMPLETING = "_RNNBENCH_COMPLETE"
#: The commands in the groups and in the order of the help page, and where the function of each is.
GROUPS = {
    "Measure": {
        "run": "commands.measuring.run:run",
        "scale": "commands.measuring.scale:scale",
        "stream": "commands.inference.stream:stream",
        "profile": "commands.measuring.profile:profile",
        "doctor": "commands.measuring.doctor:doctor",
    },
    "On many machines": {
        "status": "commands.clusters.status:status",
        "gather": "commands.clusters.gather:gather",
    },
    "Look at what was measured": {
        "show": "commands.results.show:show",
        "compare": "commands.results.compare:compare",
        "plot": "commands.results.plot:plot",
        "publish": "commands.results.publish:publish",
        "export": "commands.results.export:export",
        "check-results": "commands.results.check_results:check_results",
        "baseline": "commands.results.baseline:baseline",
    },
    "Look into nets": {
        "explain": "commands.measuring.explain:explain",
        "gradient-flow": "commands.measuring.gradient_flow:gradient_flow",
        "generate": "commands.inference.generate:generate",
    },
    "What there is": {
        "list": "commands.list:list_",
        "plugins": "plugins.show:plugins",
    },
}
#: Where the function of each command is, and its group.
COMMANDS = {name: place for group in GROUPS.values() for name, place in group.items()}
GROUP = {name: title for title, group in GROUPS.items() for name in group}
#: Arguments that ask for nothing but the page that lists the commands.
HELP = frozenset({"-h", "--help"})
#: The fewest files that a command must be allowed to open, its workers aside.
FEWEST_FILES = 32
#: What an error of a stream is: it is closed, full, or has no reader.
UNPRINTABLE = frozenset({errno.EBADF, errno.EFBIG, errno.EIO, errno.ENOSPC, errno.EPIPE})


class Carried(BaseException):
    """Carries an error through Typer, which would make a silent exit of it."""

    def __init__(self, error: KeyboardInterrupt | BrokenPipeError) -> None:
        super().__init__()
        self.error = error


class Commands(PlainGroup):
    """The commands; Ctrl-C in one of them, or a reader that has gone, is ours to tell."""

    def make_context(self, *names: Any, **options: Any) -> Any:
        """Read the arguments."""
        with carrying():
            return super().make_context(*names, **options)

    def invoke(self, context: Any) -> Any:
        """Call a command."""
        with carrying():
            return super().invoke(context)


@contextmanager
def carrying() -> Iterator[None]:
    """Make a ``Carried`` of what Typer would make an exit of."""
    try:
        yield
    except (KeyboardInterrupt, BrokenPipeError) as error:
        raise Carried(error) from None


def application(arguments: Sequence[str]) -> typer.Typer:
    """Return the application with the commands that these arguments need."""
    app = typer.Typer(
        name="rnnbench",
        no_args_is_help=True,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(cls=Commands, invoke_without_command=True)(root)
    for name in needed(arguments):
        module, _, function = COMMANDS[name].partition(":")
        command = getattr(importlib.import_module(f"rnnbench.cli.{module}"), function)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name, rich_help_panel=GROUP[name])
        elif HELP.issuperset(arguments):
            page = inspect.getdoc(command)
            app.command(name, help=page, rich_help_panel=GROUP[name])(without_options)
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


def words_so_far() -> Sequence[str]:
    """Return what has been typed after ``rnnbench``, where a shell asks for what may come next."""
    if COMPLETING not in os.environ:
        return ()
    typed = os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS", "")
    words = typed.split()[1:]
    return words if words and words[0] in COMMANDS else ()


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


def run(arguments: Sequence[str]) -> NoReturn:
    """Run a command and exit; an error of the user's is one line and exit code 2.

    What can't be printed ends it with exit code 1, unless there is nobody to read it.
    """
    streams.prepare()
    # Where it is ignored, as whoever started us may have it, no child's end would be told.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    code = offered(arguments) if COMPLETING in os.environ else carried_out(arguments)
    try:
        sys.stdout.flush()
    except OSError as error:
        code = code or unprintable(error)
        streams.silence(sys.stdout)
    sys.exit(code)


def offered(arguments: Sequence[str]) -> int:
    """Tell a shell what may come next; where that can't be told, nothing is said at all."""
    with suppress(OSError, ValueError):  # there is none, or none that works
        streams.silence(sys.stderr)
    carried_out(arguments)
    return 0


def carried_out(arguments: Sequence[str]) -> int:
    """Carry out a command line and return its exit code; its errors are told."""
    debug = "--debug" in arguments or "RNNBENCH_DEBUG" in os.environ
    plugins: list[str] = []
    try:
        check_surroundings()
        with process_is_ours(debug) as plugins:
            app = application(arguments or words_so_far())
            code = int(app(standalone_mode=False) or 0)
        interrupt.again()
        return code
    except (RnnbenchError, TyperException) as error:
        message = hints.message(error) if isinstance(error, TyperException) else str(error)
        tell(message, debug)
        return 2
    except Carried as carried:
        if isinstance(carried.error, KeyboardInterrupt):
            raise carried.error from None
        streams.silence(sys.stdout)
        return unprintable(carried.error)
    except MemoryError:
        raise
    except (ImportError, OSError) as error:  # no room for a library, no more descriptors
        if isinstance(error, OSError) and error.filename is None and error.errno in UNPRINTABLE:
            streams.silence(sys.stdout)
            return unprintable(error)
        tell(in_words(first_cause(error)), debug)
        tell_plugins(plugins)
        return 1
    except Exception:  # a fault of ours, or of a plugin's class that raises when it is looked at
        tell("", debug=True)
        tell_plugins(plugins)
        return 1


def check_surroundings() -> None:
    """Refuse to begin where what is missing would show as a fault of something else.

    Raises:
        UsageError: if hardly any file may be opened, or the current folder is gone.
    """
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= most < FEWEST_FILES:
        raise UsageError(f"ulimit -n {most}: {FEWEST_FILES} open files are needed at least")
    try:
        os.getcwd()  # noqa: PTH109 - pathlib takes some milliseconds
    except OSError as error:
        reason = "it has been removed" if isinstance(error, FileNotFoundError) else error.strerror
        raise UsageError(f"the current folder: {reason}; go to another one") from None


def in_words(error: BaseException) -> str:
    """Return what the system, or a library that does not fit in, has refused."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return f"{class_name(error)}: {message_of(error)}"


def unprintable(error: OSError) -> int:
    """Tell why the output could not be written; return the exit code, 0 if its reader has gone."""
    if isinstance(error, BrokenPipeError):  # as in `rnnbench show | head`
        return 0
    streams.say(f"rnnbench: the output can't be written: {error.strerror or error}")
    return 1


def tell(message: str, debug: bool) -> None:
    """Print the error in hand: its message in one line, or with ``debug`` its traceback.

    Raises:
        KeyboardInterrupt: if the user has asked to end; a library may have made this error of it.
    """
    interrupt.again()
    if debug:
        streams.say(plain_lines(whole_traceback()))
    elif message:  # no arguments at all: the help has been printed
        streams.say(f"rnnbench: {readable(message)}")


def whole_traceback() -> str:
    """Return the traceback of the error in hand, alone where one before it can't be looked at."""
    try:
        return traceback.format_exc()
    except Exception:  # a stranger's class among them raises
        return traceback.format_exc(chain=False)


def tell_plugins(who: Iterable[str]) -> None:
    """Name the plugins of others that were loaded before an error that nobody has foreseen."""
    own = ("plugin rnnbench.", "plugin rnnbench-", "plugin rnnbench ")
    of_others = [one for one in who if one.startswith("plugin ") and not one.startswith(own)]
    if of_others:
        named = ", ".join(dict.fromkeys(of_others))
        streams.say(readable(f"rnnbench: loaded were {named}; -p no:NAME keeps one out"))


def first_cause(error: BaseException) -> BaseException:
    """Return the error that an error was raised from in the first place."""
    return first_cause(error.__cause__) if error.__cause__ else error
