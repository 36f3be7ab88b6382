"""``rnnbench gradient-flow``."""

import json

import pytest

from rnnbench.cli.commands.measuring.gradient_flow import radii
from rnnbench.introspection import flow

SMALL = ("--length", "4", "--hidden", "4", "--batch", "1", "--seeds", "3")


def test_each_cell_has_a_table_with_a_line_per_radius(cli, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    ended = cli("gradient-flow", "--cells", "elman,gru", "--radius", "0.5:1", *SMALL)
    assert ended.code == 0
    lines = [line.split() for line in ended.out.splitlines()]
    assert ["elman"] in lines
    assert ["gru"] in lines
    radii = [line[0] for line in lines if line and line[0] in ("0.500", "0.750", "1.00")]
    assert radii == ["0.500", "0.750", "1.00"] * 2
    assert "vanishes: halves every" in ended.out
    assert ended.out.count("clipping multiplies") == 1


def test_its_data_are_the_same_on_paper_and_in_a_file(cli, tmp_path):
    path = tmp_path / "flow.json"
    asked = ("--cells", "elman", "--radius", "1", "--json", "--output", path, *SMALL)
    ended = cli("gradient-flow", *asked)
    assert json.loads(ended.out) == json.loads(path.read_text())
    (found,) = flow.read(path).flows
    assert (found.cell, found.radius, len(found.norm)) == ("elman", 1.0, 5)
    assert cli("gradient-flow", *asked).code == 0  # an earlier one is written over
    path.write_text("mine")
    assert "something else than an earlier gradient flow" in cli("gradient-flow", *asked).err
    assert path.read_text() == "mine"


def test_options_of_a_cell_are_told(cli):
    asked = ("--cells", "lstm", "--set", "lstm.forget_bias=5", "--radius", "1", *SMALL)
    assert "lstm (forget_bias 5" in cli("gradient-flow", *asked).out


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (("--cells", "lstn"), "unknown cell 'lstn'. Did you mean 'lstm'?"),
        (("--cells", ","), "--cells: it is empty; name a cell, as elman"),
        (("--set", "lru.radius_min=0"), "--set lru: 'lru' is none of the cells elman, lstm, gru"),
        (
            ("--set", "lstm.forgetbias=1"),
            "option of lstm 'forgetbias'. Did you mean 'forget_bias'?",
        ),
        (("--radius", "1:x"), "--radius 1:x: it is FIRST:LAST, FIRST:LAST:STEP or a list"),
        (("--radius", "0:1"), "--radius 0:1: radii are above 0, 100 at most"),
        (("--radius", "1:2:1e-9"), "1000 of them at most"),
        (("--radius", "2:1"), "--radius 2:1: it is FIRST:LAST"),
        (("--radius", "nan"), "--radius nan: radii are above 0"),
        (("--output", "-"), "--output -: gradient flow is written to a file; name one"),
        (("--seeds", "1"), "1 is not a whole number from 3 to 1000"),
        (("--cells", "lru", "--hidden", "3"), "hidden is even, not 3"),
    ],
)
def test_what_cannot_be_measured_is_said_in_one_line(cli, options, error):
    ended = cli("gradient-flow", *options)
    assert (ended.code, ended.out) == (2, "")
    assert error in ended.err
    assert len(ended.err.splitlines()) == 1


def test_radii_are_a_range_or_a_list():
    assert radii("0.5:1") == [0.5, 0.75, 1.0]
    assert radii("0.9:1.1:0.1") == [0.9, 1.0, 1.1]
    assert radii("1, 0.5,1") == [1.0, 0.5]
