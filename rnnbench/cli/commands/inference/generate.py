"""``rnnbench generate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import Meta

from rnnbench.api.options import values
from rnnbench.cli.arguments.nets import Net, backend_of, net_of
from rnnbench.cli.options import completion
from rnnbench.cli.options.shared import Debug, Json, Out, Plugins
from rnnbench.cli.options.values import number
from rnnbench.errors import UsageError
from rnnbench.schema.types import NotNegative, Size, SizeOrZero

if TYPE_CHECKING:
    from rnnbench.schema.messages.inference import Generate, Generated
    from rnnbench.schema.row import Row
    from rnnbench.weights.file import Weights

#: Symbols of a text.
Length = Annotated[int, Meta(ge=1, le=1_000_000)]

#: Beginnings of a text.
Width = Annotated[int, Meta(ge=1, le=100)]

Prompt = Annotated[
    str,
    typer.Option(
        parser=str,  # a new line alone is a text, too
        metavar="TEXT",
        help="The text to go on with, or the source to translate.",
        show_default=False,
    ),
]
Symbols = Annotated[
    int,
    typer.Option(parser=number(Length), metavar="N", help="Symbols that are written at most."),
]
Temperature = Annotated[
    float | None,
    typer.Option(
        parser=number(NotNegative),
        metavar="T",
        help="Draw each symbol from softmax(y / T); at 0 or without it the likeliest is taken.",
    ),
]
TopK = Annotated[
    int | None,
    typer.Option(parser=number(Size), metavar="K", help="Draw from the K likeliest alone."),
]
Seed = Annotated[
    int | None,
    typer.Option(parser=number(SizeOrZero), metavar="N", help="Of the draws; 0 by default."),
]
Beam = Annotated[
    int | None,
    typer.Option(
        parser=number(Width),
        metavar="K",
        help="Keep the K likeliest beginnings of a translation, and take the likeliest whole one.",
    ),
]
Backend = Annotated[
    str,
    typer.Option(
        metavar="ROW",
        help="What computes it, as [b]torch[/b] or [b]jax:scan[/b].",
        autocompletion=completion.name("backends"),
    ),
]
Device = Annotated[str, typer.Option(help="cpu, gpu or gpu:N.")]


def generate(
    net: Net = None,
    prompt: Prompt = ...,  # type: ignore[assignment]  # it has no default
    length: Symbols = 200,
    temperature: Temperature = None,
    top_k: TopK = None,
    seed: Seed = None,
    beam: Beam = None,
    backend: Backend = "",
    device: Device = "cpu",
    plugins: Plugins = None,
    out: Out = Path("results"),
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Have a trained net write text.

    It is computed in float64, and symbols are chosen alike for all backends: the likeliest, or for
    the same seed the same draws. So the text is that of the net, whatever computes it.

    [b]rnnbench generate --prompt "The "[/b]

    [b]rnnbench generate first --prompt "The " --temperature 0.8 --top-k 20 --seed 7[/b]

    [b]rnnbench generate NET.safetensors --prompt "3 may 1998" --beam 5 --backend jax[/b]
    """
    from rnnbench.cli.output.printing import print_json
    from rnnbench.plan.beginning import model_of
    from rnnbench.plugins.registry import Registry
    from rnnbench.running.inference.text_generation import check_beam, check_text
    from rnnbench.schema.messages.inference import Generate
    from rnnbench.system.io.streams import say
    from rnnbench.text import plain, plain_lines

    level = float(top_k is not None) if temperature is None else temperature
    drawn, place = level > 0, values.device(device)
    if top_k is not None and not drawn:
        raise UsageError("--top-k does nothing at a temperature of 0: nothing is drawn")
    if seed is not None and not drawn:
        raise UsageError("--seed does nothing without --temperature or --top-k: nothing is drawn")
    if beam is not None and drawn:
        raise UsageError("--beam takes the likeliest text: it can't be drawn as well")
    registry = Registry.of(plugins or [])
    weights = net_of(net, out)
    tokens = check_text(weights.header, prompt)
    if beam is not None:
        check_beam(weights.header)
    model_of(weights, registry)  # what is wrong with it is told before a worker is started
    row = backend_of(backend, registry)
    chosen = (level, top_k or 0, seed or 0)
    request = Generate(row.variant, tokens, length, *chosen, place, beam or 1)
    reply = answered(row, weights, request, plugins or [])
    text = weights.header.text(reply.tokens)
    if as_json:
        found = {"prompt": prompt, "text": text, "tokens": reply.tokens, "row": str(row)}
        net_told = {"weights": str(weights.path), "net": weights.header.words}
        print_json(found | {"kernel": reply.kernel} | net_told)
    else:
        say(plain(f"{weights.header.words}; written by {row}"))
        print(plain_lines(weights.header.after(prompt, text)))


def answered(row: Row, weights: Weights, request: Generate, plugins: list[str]) -> Generated:
    """Have a worker write; end with exit code 1 if it fails.

    Raises:
        UsageError: if the backend can't run the net.
    """
    from rnnbench.report.progress.spinner import waiting
    from rnnbench.running.inference.text_generation import write
    from rnnbench.schema.messages.message import Failed
    from rnnbench.system.io.streams import say
    from rnnbench.text import plain

    with waiting(f"{row} writes") as update:
        reply = write(
            row, weights.path, request, plugins, say, lambda n: update(f"{row} writes: {n}")
        )
    if not isinstance(reply, Failed):
        return reply
    if reply.status == "unsupported":
        raise UsageError(f"{row}: {reply.reason}; --backend takes another one")
    say(plain(f"rnnbench: {row} {reply.status}: {reply.reason}"))
    raise typer.Exit(1)
