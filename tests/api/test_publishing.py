"""Tables of runs in Python: the bytes that the command writes."""

from inspect import signature

import pytest
from msgspec.structs import replace
from specimens import RECORDS, RUN
from typer.main import get_command

import rnnbench as rb
from rnnbench.cli import application
from rnnbench.results.runs.folders import FILE
from rnnbench.results.writer import Writer

#: Parameters of commands that are called otherwise, as their options are.
NAMES = {"as_format": "format", "filters": "filter"}


@pytest.fixture
def out(tmp_path):
    """A folder with two runs."""
    for day, name in ((1, "before"), (2, "after")):
        (tmp_path / "results" / name).mkdir(parents=True)
        with Writer(tmp_path / "results" / name / FILE) as writer:
            writer.write(replace(RUN, started=f"2026-01-0{day}T03:04:05+00:00", name=name))
            for record in RECORDS[1:]:
                writer.write(record)
    return tmp_path / "results"


@pytest.mark.parametrize("name", ["compare", "publish"])
def test_a_function_has_the_options_of_its_command(name):
    command = get_command(application.application(["--"])).commands[name]
    names = {NAMES.get(one.name, one.name) for one in command.params} - {"help", "debug"}
    if name == "compare":  # which returns an object
        names -= {"format", "as_json"}
    assert {*signature(getattr(rb, name)).parameters} == names


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({}, ""),
        ({"format": "csv", "columns": ["task", "row"]}, "--format csv --columns task,row"),
        ({"pivot": "backend", "metric": ["ratio"]}, "--pivot backend --metric ratio"),
        ({"format": "latex", "filter": {"status": "ok"}}, "--format latex --filter status=ok"),
    ],
)
def test_a_text_is_what_the_command_prints(cli, out, options, line):
    found = rb.publish(["before", rb.load("after", out=out)], out=out, **options)
    assert found == cli("publish", "before", "after", "--out", out, *line.split()).out


def test_a_file_is_written_and_its_path_returned(out, tmp_path):
    path = tmp_path / "table.md"
    assert rb.publish(out=out, output=path) == path
    assert path.read_text() == rb.publish("after", out=out)
    path.write_text("my own")
    with pytest.raises(
        rb.UsageError, match="this is something else than an earlier output of publish"
    ):
        rb.publish(out=out, output=path)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"format": "parquet"}, "--format parquet"),
        ({"format": "site"}, "--format site"),
        ({"format": "markdwon"}, "--format markdwon"),
        ({"label": "a"}, "--label a"),
        ({"columns": "task", "pivot": "cell"}, "--columns task --pivot cell"),
        ({"filter": "cell"}, "--filter cell"),
        ({"delta": 3}, "--delta 3"),
    ],
)
def test_what_makes_no_sense_is_said_in_the_line_of_the_command(cli, out, options, line):
    with pytest.raises(rb.UsageError) as raised:
        rb.publish(out=out, **options)
    assert cli("publish", "--out", out, *line.split()).err == f"rnnbench: {raised.value}\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"sort": 3}, "'--sort': 3 is no text"),
        ({"title": ["a"]}, r"'--title': \['a'\] is no text"),
        ({"baseline": 3}, "'--baseline': 3 is no text"),
        ({"pivot": "cel"}, "'--pivot': 'cel' is not one of"),
    ],
)
def test_a_value_of_another_type_is_refused_in_a_line(out, options, said):
    with pytest.raises(rb.UsageError, match=f"^Invalid value for {said}"):
        rb.publish(out=out, **options)
    with pytest.raises(rb.UsageError, match=r"no run '3\.5'"):
        rb.publish(3.5, out=out)
