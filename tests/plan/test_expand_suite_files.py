"""The file of a suite: what is refused of it is told with its line, and what is not used is not."""

import pytest

from rnnbench.errors import UsageError
from rnnbench.plan.expand import expand
from rnnbench.plan.request import Request
from rnnbench.schema.suite import Settings

NAMES = """\
seeds = 1

[[block]]
tasks = ["echo"]
cells = ["elman"]

[[block]]
tasks = [
    "echo",
]
cells = ["gru", "lstm"]
[block.options.lstm]
forget_bias = 0.5
[block.options."echo"]
length = 4
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ('"elman"', '"elmen"', 5, "unknown cell 'elmen'. Did you mean 'elman'?"),
        ('    "echo"', '    "ecco"', 9, "unknown task 'ecco'. Did you mean 'echo'?"),
        ('"lstm"', '"LSTM"', 11, "unknown cell 'LSTM'. Did you mean 'lstm'?"),
        ("options.lstm", "options.lstn", 12, "unknown task, network or cell 'lstn'."),
        ("forget_bias", "forget", 13, "unknown option of lstm 'forget'"),
        ("bias = 0.5", "bias = 'x'", 13, "lstm.forget_bias is 'x'; it is a number"),
        ("length = 4", "length = 0", 15, "echo.length is 0; it is a whole number"),
        ("length = 4", "length = 1e99", 15, "echo.length: 1e+99 is not a finite number below"),
        ("length = 4", "lenth = 4", 15, "unknown option of echo 'lenth'. Did you mean 'length'?"),
    ],
)
def test_a_name_or_an_option_of_a_suite_is_told_with_its_line(
    registry, tmp_path, old, new, line, message
):
    path = tmp_path / "suite.TOML"
    assert old in NAMES
    path.write_text(NAMES.replace(old, new))
    with pytest.raises(UsageError) as raised:
        expand(Request(suite=str(path), backends="fake"), registry)
    assert f"suite {path}, line {line}: {message}" in str(raised.value)


SIZES = """\
[python]
old = "no/such/python"

[[block]]
tasks = ["echo"]
cells = ["elman"]

[[block]]
tasks = ["echo"]
cells = ["gru"]
layers = 20_000
batch = 2000
hidden = 1_000_000
"""


@pytest.mark.parametrize(
    ("left", "line", "message"),
    [
        ("old", 2, "environment 'old': /"),
        ("layers", 11, "20000 layers: at most 10000 are possible"),
        ("batch", 12, "echo has no more than 1000 examples, not 2000"),
        ("hidden", 13, "GiB), most of them for parameters and states"),
    ],
)
def test_a_size_that_is_refused_is_told_with_its_line(registry, tmp_path, left, line, message):
    path = tmp_path / "suite.toml"
    kept = [
        one if one.startswith(("tasks", "cells", "[", left)) else "" for one in SIZES.splitlines()
    ]
    path.write_text("\n".join(kept))
    with pytest.raises(UsageError) as raised:
        expand(Request(suite=str(path), backends="fake"), registry)
    assert str(raised.value).startswith(f"suite {path}, line {line}: ")
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"layers": 20_000}, "20000 layers"), ({"batch": 3000}, "echo has no more than 1000")],
)
def test_a_size_of_the_command_line_is_not_blamed_on_the_suite(
    registry, tmp_path, settings, message
):
    path = tmp_path / "suite.toml"
    path.write_text("\n".join(SIZES.splitlines()[3:]))
    with pytest.raises(UsageError) as raised:
        expand(Request(suite=str(path), backends="fake", settings=Settings(**settings)), registry)
    assert str(raised.value).startswith(message)


def test_what_the_command_line_leaves_out_of_a_suite_need_not_be_there(registry, tmp_path):
    path = tmp_path / "suite.toml"
    path.write_text(NAMES.replace('"gru"', '"cell-of-tomorrow"'))
    made = expand(Request(suite=str(path), backends="fake", cells=("lstm",)), registry)
    assert [planned.comparison.cell for planned in made.comparisons] == ["lstm"]


def test_a_suite_is_found_by_its_ending_however_it_is_written(registry, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "up.TOML").write_text(NAMES)
    assert expand(Request(suite="up.TOML", backends="fake"), registry).suite == "up.TOML"
