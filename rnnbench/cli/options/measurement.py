"""The options of the commands that measure, and the request that is made of them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from rnnbench.api.options.values import check_text
from rnnbench.cli.options import values
from rnnbench.cli.options.selection import Assignments
from rnnbench.cli.options.shared import Plugins
from rnnbench.schema.suite import Settings
from rnnbench.schema.types import Above0, Allocator, Repeats, Size

if TYPE_CHECKING:
    from rnnbench.plan.request import Request
    from rnnbench.plugins.registry import Registry

Pythons = Annotated[
    list[str] | None,
    typer.Option(
        "--python",
        metavar="NAME=PATH",
        help="Run a backend under another interpreter, or name one for rows such as torch@NAME.",
        rich_help_panel="Where",
    ),
]


@dataclasses.dataclass(frozen=True)
class Measurement:
    """Where and how a command measures: each field is an option, of that name unless it says so.

    Attributes:
        settings: many options, which are declared in :class:`rnnbench.schema.suite.Settings`.
    """

    pythons: Pythons = None
    device: Annotated[str, typer.Option(help="cpu, gpu or gpu:N.", rich_help_panel="Where")] = "cpu"
    devices: Annotated[
        str | None,
        typer.Option(
            metavar="N|LIST",
            help="Split each batch over so many devices, or over these: [b]gpu:0,gpu:1[/b].",
            rich_help_panel="Where",
        ),
    ] = None
    settings: Settings = dataclasses.field(default_factory=Settings)
    threads: Annotated[
        int | None,
        typer.Option(
            parser=values.number(Size),
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
            parser=values.number(Repeats),
            metavar="N",
            help="Time each row in N fresh processes; from 3 on there are verdicts.",
            rich_help_panel="Timing",
        ),
    ] = None
    timeout: Annotated[
        float,
        typer.Option(
            parser=values.number(Above0),
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
            help="Memory of each worker, as [b]4GiB[/b] (Linux); "
            "a row that needs more ends as oom.",
            rich_help_panel="Where",
        ),
    ] = None

    allocator: Annotated[
        Allocator,
        typer.Option(
            help="[b]kept[/b]: workers keep the memory that a step has freed (glibc), which "
            "saves page faults; [b]rnnbench doctor[/b] tells what that brings.",
            rich_help_panel="Where",
        ),
    ] = "default"

    def request(
        self, backends: str, assignments: Assignments, plugins: Plugins, **own: Any
    ) -> tuple[Request, Registry]:
        """Return the request that these options make, and the plugins that they name.

        Args:
            backends: the value of ``--backends``.
            assignments: the values of ``--set``.
            plugins: the values of ``-p``.
            own: further fields of the request, which only this command has options for.

        Raises:
            UsageError: for a value that is not of the form that its option takes.
        """
        from rnnbench.api.options.requests import request

        return request({**own, "backends": backends, **self.named(assignments, plugins)})

    def named(self, assignments: Assignments, plugins: Plugins) -> dict[str, Any]:
        """Return the options by name as :func:`rnnbench.api.options.requests.request` takes them.

        Args:
            assignments: the values of ``--set``.
            plugins: the values of ``-p``.

        Raises:
            UsageError: for an assignment of another form.
        """
        from rnnbench.plan import environments

        check_text("--set", assignments or [])
        own = {one.name: getattr(self, one.name) for one in dataclasses.fields(self)}
        found = msgspec.structs.asdict(own.pop("settings"))
        found["python"] = environments.parse(own.pop("pythons") or [])
        found["set"] = values.assigned(assignments or [])
        given = {name: one for name, one in (found | own).items() if one not in (None, {})}
        return given | ({"plugins": plugins} if plugins else {})
