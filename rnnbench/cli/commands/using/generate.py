"""``rnnbench generate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from msgspec import Meta

from rnnbench.cli.arguments.nets import Net, backend_of, net_of
from rnnbench.cli.options import values
from rnnbench.cli.options.shared import Debug, Json, Out, Plugins
from rnnbench.cli.options.values import number
from rnnbench.errors import UsageError
from rnnbench.schema.types import NotNegative, Size, SizeOrZero

#: Symbols of a text.
Length = Annotated[int, Meta(ge=1, le=1_000_000)]


def generate(
    net: Net = None,
    prompt: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            help="The text to go on with, or the source to translate.",
            show_default=False,
        ),
    ] = ...,  # type: ignore[assignment]  # it has no default
    length: Annotated[
        int,
        typer.Option(parser=number(Length), metavar="N", help="Symbols that are written at most."),
    ] = 200,
    temperature: Annotated[
        float | None,
        typer.Option(
            parser=number(NotNegative),
            metavar="T",
            help="Draw each symbol from softmax(y / T); at 0 or without it the likeliest is taken.",
        ),
    ] = None,
    top_k: Annotated[
        int | None,
        typer.Option(parser=number(Size), metavar="K", help="Draw from the K likeliest alone."),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(parser=number(SizeOrZero), metavar="N", help="Of the draws; 0 by default."),
    ] = None,
    backend: Annotated[
        str,
        typer.Option(metavar="ROW", help="What computes it, as [b]torch[/b] or [b]jax:scan[/b]."),
    ] = "",
    device: Annotated[str, typer.Option(help="cpu, gpu or gpu:N.")] = "cpu",
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

    [b]rnnbench generate NET.safetensors --prompt "3 may 1998" --backend jax[/b]
    """
    from rnnbench.cli.output.printing import print_json
    from rnnbench.plan.beginning import model_of
    from rnnbench.plugins.registry import Registry
    from rnnbench.report.progress.spinner import waiting
    from rnnbench.run.using import writing
    from rnnbench.schema.messages.message import Failed
    from rnnbench.schema.messages.using import Generate
    from rnnbench.system.io.streams import say
    from rnnbench.text import plain, plain_lines

    level = float(top_k is not None) if temperature is None else temperature
    drawn, place = level > 0, values.device(device)
    if top_k is not None and not drawn:
        raise UsageError("--top-k does nothing at a temperature of 0: nothing is drawn")
    if seed is not None and not drawn:
        raise UsageError("--seed does nothing without --temperature or --top-k: nothing is drawn")
    registry = Registry.of(plugins or [])
    weights = net_of(net, out)
    tokens = writing.check_text(weights.header, prompt)
    model_of(weights, registry)  # what is wrong with it is told before a worker is started
    row = backend_of(backend, registry)
    request = Generate(row.variant, tokens, length, level, top_k or 0, seed or 0, place)
    with waiting(f"{row} writes") as update:
        reply = writing.write(
            row, weights.path, request, plugins or [], say, lambda n: update(f"{row} writes: {n}")
        )
    if isinstance(reply, Failed):
        if reply.status == "unsupported":
            raise UsageError(f"{row}: {reply.reason}; --backend takes another one")
        say(plain(f"rnnbench: {row} {reply.status}: {reply.reason}"))
        raise typer.Exit(1)
    writes = weights.header.writes
    written = writes.text(reply.tokens) if writes else ""
    if as_json:
        print_json(
            {
                "prompt": prompt,
                "text": written,
                "tokens": reply.tokens,
                "row": str(row),
                "kernel": reply.kernel,
                "weights": str(weights.path),
                "net": weights.header.words,
            }
        )
        return
    say(plain(f"{weights.header.words}; written by {row}"))
    goes_on = weights.header.problem.targets != "sequence"
    between = " " if goes_on and writes and writes.words and written else ""
    print(plain_lines(f"{prompt}{between}{written}" if goes_on else written))
