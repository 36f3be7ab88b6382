"""The options of the commands that measure, and the request that is made of them."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer
from msgspec.inspect import FloatType, IntType, LiteralType, Metadata, type_info

from rnnbench.cli import values
from rnnbench.cli.options import Plugins
from rnnbench.schema.suite import Settings
from rnnbench.schema.types import MOST, MOST_REPEATS

if TYPE_CHECKING:
    from rnnbench.plan.request import Request

#: What both commands take, though on other places of their help pages.
Backends = Annotated[
    str,
    typer.Option(
        metavar="LIST",
        help="[b]all[/b] installed ones, or for example [b]torch,jax:scan,numpy:all[/b]; "
        "[b]all:all[/b] is every variant of each.",
        rich_help_panel="What",
    ),
]
Assignments = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME.OPTION=VALUE",
        help="An option of a task or a cell, such as [b]adding-problem.length=200[/b].",
        rich_help_panel="What",
    ),
]
Pythons = Annotated[
    list[str] | None,
    typer.Option(
        "--python",
        metavar="NAME=PATH",
        help="Run a backend under another interpreter, or name one for rows such as torch@NAME.",
        rich_help_panel="Where",
    ),
]

KEYWORD_ONLY = inspect.Parameter.KEYWORD_ONLY


@dataclasses.dataclass(frozen=True)
class Measurement:
    """Where and how a command measures, one field for each of its options.

    ``settings`` stands for several: all of :class:`rnnbench.schema.suite.Settings`.
    """

    pythons: Pythons = None
    device: Annotated[str, typer.Option(help="cpu, gpu or gpu:N.", rich_help_panel="Where")] = "cpu"
    settings: Settings = dataclasses.field(default_factory=Settings)
    threads: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MOST,
            metavar="N",
            help="CPU threads of each worker; as many as there are by default.",
            rich_help_panel="Where",
        ),
    ] = None
    precision: Annotated[
        float | None,
        typer.Option(
            parser=values.share,
            metavar="P",
            help="Stop timing when each ratio is known to ±P of itself; 2% by default.",
            rich_help_panel="Timing",
        ),
    ] = None
    processes: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MOST_REPEATS,
            metavar="N",
            help="Time each row in N fresh processes; from 3 on there are verdicts.",
            rich_help_panel="Timing",
        ),
    ] = None
    timeout: Annotated[
        float,
        typer.Option(
            callback=values.positive,
            metavar="S",
            help="End a worker that is silent for so long.",
            rich_help_panel="Timing",
        ),
    ] = 600.0
    memory_limit: Annotated[
        int | None,
        typer.Option(
            parser=values.size,
            metavar="SIZE",
            help="Memory of each worker, as [b]4GiB[/b] (Linux); a row that needs more ends as "
            "oom.",
            rich_help_panel="Where",
        ),
    ] = None

    def request(
        self, backends: str, assignments: Assignments, plugins: Plugins, **own: Any
    ) -> Request:
        """Return the request that these options make.

        Args:
            backends: the value of ``--backends``.
            assignments: the values of ``--set``.
            plugins: the values of ``-p``.
            own: further fields of the request, which only this command has options for.

        Raises:
            UsageError: for a value that is not of the form that its option takes.
        """
        from rnnbench.plan import environments
        from rnnbench.plan.request import Request

        return Request(
            backends=backends,
            device=values.device(self.device),
            threads=self.threads,
            processes=self.processes,
            precision=self.precision,
            settings=self.settings,
            options=values.assigned(assignments or []),
            pythons=environments.parse(self.pythons or []),
            plugins=tuple(plugins or []),
            timeout=self.timeout,
            memory_limit=self.memory_limit,
            **own,
        )


def measures(without: Collection[str] = ()) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator that gives a command the options of a measurement.

    They take the place of its parameter ``measurement``, in which the command finds their values.

    Args:
        without: settings that the command has no option for.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def call(**given: Any) -> None:
            measurement = taken_out(given)
            command(**given, measurement=measurement)

        own = inspect.signature(command, eval_str=True).parameters
        before, after = split(list(own.values()), "measurement")
        shared = [option for option in measurement_options() if option.name not in without]
        every = [one.replace(kind=KEYWORD_ONLY) for one in (*before, *shared, *after)]
        call.__signature__ = inspect.Signature(every)  # type: ignore[attr-defined]
        call.__annotations__ = {}  # they are in the signature
        return call

    return decorate


def split(
    parameters: list[inspect.Parameter], name: str
) -> tuple[list[inspect.Parameter], list[inspect.Parameter]]:
    """Return the parameters before and after one."""
    place = [parameter.name for parameter in parameters].index(name)
    return parameters[:place], parameters[place + 1 :]


def measurement_options() -> Iterator[inspect.Parameter]:
    """Yield the options of a measurement as parameters, those of its settings where these stand."""
    hints = get_type_hints(Measurement, include_extras=True)
    for field in dataclasses.fields(Measurement):
        if field.name == "settings":
            yield from setting_options()
        else:
            yield inspect.Parameter(
                field.name, KEYWORD_ONLY, default=field.default, annotation=hints[field.name]
            )


def setting_options() -> Iterator[inspect.Parameter]:
    """Yield an option for each setting."""
    hints = get_type_hints(Settings)
    for field in type_info(Settings).fields:  # type: ignore[attr-defined]
        option, hint = setting_option(field.type), hints[field.name]
        yield inspect.Parameter(field.name, KEYWORD_ONLY, default=option, annotation=hint)


def setting_option(type_: Any) -> Any:
    """Return the option of a setting, with the limits and the help that the schema states."""
    described = next(one for one in type_.types if isinstance(one, Metadata))
    limits = described.type
    about: dict[str, Any] = {}
    match limits:
        case IntType() | FloatType(gt=None):
            about = {"min": limits.ge, "max": limits.le}
        case FloatType():
            about = {"callback": values.positive}
    if not isinstance(limits, LiteralType):
        about["metavar"] = "N" if isinstance(limits, IntType) else "X"
    return typer.Option(None, **about | (described.extra or {}))


def taken_out(given: dict[str, Any]) -> Measurement:
    """Remove a measurement's options from the values of a command, and return what they make."""
    settings = {name: given.pop(name) for name in Settings.__struct_fields__ if name in given}
    own = {field.name for field in dataclasses.fields(Measurement)} - {"settings"}
    return Measurement(settings=Settings(**settings), **{name: given.pop(name) for name in own})
