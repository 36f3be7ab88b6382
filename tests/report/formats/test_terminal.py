"""Blocks on a terminal."""

import dataclasses
import io

from msgspec.structs import replace
from rendering import render
from rich.console import Console
from specimens import (
    RUN,
    TIMING,
)

from rnnbench.analysis.table import frame
from rnnbench.report.formats import terminal
from rnnbench.report.run_tables import block, blocks
from rnnbench.report.tables import Column


def test_the_terminal_table_is_plain_and_not_cut_when_piped(table):
    text = render(table)
    assert max(map(len, render(blocks(frame([RUN, TIMING]))).splitlines())) <= 100
    assert "\x1b" not in text
    assert "…" not in text
    for expected in (table[0].title, "fake:good", "2.0 ±0.1", *table[0].notes):
        assert expected in text


def test_names_and_long_reasons_are_never_cut(table):
    reason = "RuntimeError: " + " ".join(f"word{k}" for k in range(60)) + " [b]end[/b]"
    rows = [*TIMING.rows[:2], replace(TIMING.rows[2], reason=reason)]
    text = render(blocks(frame([RUN, replace(TIMING, rows=rows)])))
    assert " ".join(text.split()).count(reason) == 1
    assert max(map(len, text.splitlines())) <= 100


def test_a_wide_table_is_not_cut():
    """Long names, four digits everywhere and intervals of the score."""
    row = {
        "backend": "tensorflow",
        "variant": "keras",
        "environment": None,
        "precision_asked": 0.02,
        "status": "ok",
        "reason": None,
        "task": "t",
        "cell": "c",
        "sizes": "s",
        "device": "cpu",
        "threads": 2,
        "dtype": "d",
        "score_name": "mean squared error",
        "score_higher_is_better": False,
        "naive_score": 1 / 6,
        "naive_loss": 0.1666,
        "precision": 0.012,
        "verdict": "undecided",
        "rounds": 300,
        "clean": 280,
        "processes": 5,
        "traces": 0,
        "threads_used": 2,
        "denormals_flushed": True,
        "gpu_strangers": None,
        "of_peak": 0.0123,
        "loss": 0.00123,
        "train_step_ms": 123.4,
        "train_step_ms_low": 122.9,
        "train_step_ms_high": 123.8,
        "ratio": 12.34,
        "ratio_low": 12.21,
        "ratio_high": 12.46,
        "forward_ms": 101.2,
        "compile_s": 12.3,
        "peak_memory_mib": 1234.5,
        "score": 0.0024,
        "score_low": -0.0001,
        "score_high": 0.0049,
        "complete": True,
        "reused": None,
    }
    text = render([block([row])])
    assert "…" not in text
    for cell in ("tensorflow:keras", "123.4 ±0.5", "12.3 ±0.1", "0.0024 [-0.00010, 0.0049]"):
        assert cell in text
    assert max(map(len, render([block([row | {"score": None}])]).splitlines())) <= 100


def test_an_empty_run_says_so():
    assert "no comparison was finished" in render([])


def test_what_strangers_name_is_plain_on_the_terminal(table):
    odd = "\x1b]0;pwned\x07\x1b[2J\u202e\nforged"
    (block,) = table
    block = dataclasses.replace(
        block,
        title=odd,
        setting=odd,
        header=[Column(odd, odd)] * len(block.header),
        rows=[[odd] * len(block.header)],
        notes=[odd],
    )
    out = Console(file=io.StringIO(), width=terminal.WIDTH)
    terminal.show(f"one line{odd[:-7]}\nanother", [block], out)
    text = out.file.getvalue()
    assert "\x1b" not in text
    assert "\nforged" not in text
    assert text.startswith("one line\\x1b]0;pwned\\x07\\x1b[2J\\u202e\nanother\n")
