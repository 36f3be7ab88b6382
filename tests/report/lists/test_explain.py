"""Cells explained: equations in any width, and why rows have no figures."""

import pytest
from specimens import COMPARISON

from rnnbench.introspection.anatomy import anatomy
from rnnbench.introspection.explanation import Explained, Explanation, Measured
from rnnbench.models.cells.gated.lstm import LSTM
from rnnbench.models.cells.simple.elman import Elman
from rnnbench.report.lists.explain import equations, table


def measured(length, status="ok", reason=None, sizes="T 9, batch 4, 1 → 3 → 1"):
    return Measured(
        length=length,
        sizes=sizes,
        status=status,
        reason=reason,
        forward_ms=None,
        train_step_ms=None,
        score=None,
        seeds=1,
    )


def explained(*found, cell=LSTM):
    return Explained(anatomy=anatomy(cell(), 2, 4), measured=list(found))


def explanation(*cells):
    return Explanation(
        run="one",
        task="echo",
        row="fake:good",
        device="cpu",
        threads=1,
        dtype=COMPARISON.dtype,
        score_name="error",
        score_higher_is_better=False,
        naive_score=1.0,
        cells=list(cells),
    )


def narrow(cell, room):
    """Return the lines of the equations of a cell in a terminal of some columns."""
    (text,) = equations([cell], room)
    return text.split("\n")


def test_a_pipe_has_the_docstring_as_it_is():
    own = explained()
    assert list(equations([own])) == [f"lstm\n\n{own.anatomy.about}\n"]


@pytest.mark.parametrize("room", [20, 40, 60, 80, 100])
def test_no_line_of_equations_is_wider_than_the_terminal_and_no_word_is_lost(room):
    own = explained()
    lines = narrow(own, room)
    assert max(map(len, lines)) <= room
    assert sorted(" ".join(lines).split()) == sorted(["lstm", *own.anatomy.about.split()])


def test_equations_that_find_no_room_side_by_side_stand_below_each_other():
    lines = narrow(explained(), 40)
    first = lines.index("    i = σ(x W_xi + h W_hi + b_i)")
    assert lines[first + 1] == "    f = σ(x W_xf + h W_hf + b_f)"
    lines = narrow(explained(), 24)
    first = lines.index("    i = σ(x W_xi + h")
    assert lines[first + 1] == "        W_hi + b_i)"


def test_a_reason_that_is_the_same_at_each_length_is_told_once():
    found = explanation(
        explained(measured(3, "unsupported", "no"), measured(9, "unsupported", "no")),
        explained(measured(3), measured(9, "failed", "memory ran out"), cell=Elman),
    )
    assert table(found).notes[2:] == [
        "lstm: unsupported: no",
        "elman, 9 steps: failed: memory ran out",
    ]


def test_a_length_that_no_cell_was_given_is_in_the_words_of_the_task():
    found = explanation(
        explained(measured(3), measured(None, "failed", "no"), measured(None, "failed", "never"))
    )
    shown = table(found)
    assert [one.group for one in shown.columns if one.title == "train"] == [
        *("3 steps", "T 9", "T 9")
    ]
    assert len({one.key for one in shown.columns}) == len(shown.columns)
    assert shown.notes[2:] == ["lstm, T 9: failed: no", "lstm, T 9: failed: never"]
