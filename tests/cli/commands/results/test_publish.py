"""``rnnbench publish``."""

import csv
import io
import json
import subprocess
import sys

import pytest
from published import LARGE, WIDE, run

from rnnbench.results.runs.folders import FILE
from rnnbench.results.writer import Writer


@pytest.fixture
def out(tmp_path):
    """A folder with a run of four comparisons, and one of another machine."""
    runs = {"first": run(planned=WIDE), "second": run(LARGE, "r2", "large")}
    for name, records in runs.items():
        (tmp_path / "out" / name).mkdir(parents=True)
        with Writer(tmp_path / "out" / name / FILE) as writer:
            for record in records:
                writer.write(record)
    return tmp_path / "out"


@pytest.fixture
def publish(cli, out):
    return lambda *arguments: cli("publish", *arguments, "--out", out)


def test_markdown_has_a_table_per_comparison_and_says_how_it_was_made(publish):
    ended = publish("first", "--title", "All & sundry")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[:3] == ["<!-- tables of rnnbench -->", "", "# All &#38; sundry"]
    assert sum(line.startswith("**") for line in lines) == 4
    assert lines.count("repeat it with: rnnbench run  ") == 4
    assert sum("some CPU, 2 CPUs, Linux 6" in line for line in lines) == 4


def test_a_folder_of_runs_is_all_of_them(publish, out):
    both = publish("first", "second", "--format", "json")
    assert both.code == 0
    assert publish(out, "--format", "json").out == both.out
    assert [one["machine"]["cpu"] for one in json.loads(both.out)["made"]] == [
        "some CPU",
        "large CPU",
    ]


def test_runs_that_lie_deeper_than_a_folder_are_told_unless_they_are_named(publish, out):
    (out / "more").mkdir()
    (out / "second").rename(out / "more" / "second")
    ended = publish(out, "--format", "json")
    more = out / "more"
    assert ended.code == 0
    assert ended.err == f"{out} is read without the runs in {more}: name these, too\n"
    both = publish(out, more, "--format", "json")
    assert (both.code, both.err, len(json.loads(both.out)["made"])) == (0, "", 2)


def test_a_run_that_lies_in_the_folder_of_another_is_told_as_well(publish, out):
    (out / "second").rename(out / "first" / "further")
    ended = publish(out, "--format", "json")
    inside = out / "first" / "further"
    assert ended.err == f"{out} is read without the runs in {inside}: name these, too\n"
    both = publish(out, inside, "--format", "json")
    assert (both.code, both.err, len(json.loads(both.out)["made"])) == (0, "", 2)


def test_a_run_that_is_left_alone_by_a_filter_says_its_machine(publish):
    alone = publish("second", "--pivot", "cell")
    assert "large CPU" in alone.out
    assert publish("first", "second", "--pivot", "cell", "--filter", "run=large").out == alone.out


def test_csv_has_the_rows_and_columns_that_are_asked_for(publish):
    asked = ("--filter", "cell=gru", "--filter", "status=ok", "--columns", "task,row,ratio")
    ended = publish("first", "--format", "csv", *asked, "--sort", "-ratio")
    header, *rows = csv.reader(io.StringIO(ended.out))
    assert header == ["task", "row", "ratio", "ratio_low", "ratio_high"]
    assert [row[:2] for row in rows] == [
        [task, f"fake:{variant}"] for variant in ("second", "good") for task in ("echo", "adding")
    ]


def test_a_pivot_is_one_table_in_every_format(publish, tmp_path):
    asked = ("first", "--pivot", "backend", "--metric", "train-step,score", "--caption", "Mine")
    assert publish(*asked).out.count("| --- |") == 1
    assert "**Mine**" in publish(*asked).out
    assert "cpu, 2 threads, float32 · some CPU, 2 CPUs, Linux 6" in publish(*asked).out
    assert r"\caption{Mine}" in publish(*asked, "--format", "latex", "--label", "tab:a").out
    rows = json.loads(publish(*asked, "--format", "json").out)["rows"]
    assert [row["backend"] for row in rows] == ["fake:second", "fake:good", "fake:raises"]
    assert rows[1]["echo/lstm/train_step_ms"] == pytest.approx(2.0)
    table = publish("first", "--pivot", "backend", "--format", "csv", "--sort", "ratio")
    lines = {row["backend"]: row for row in csv.DictReader(io.StringIO(table.out))}
    assert lines["fake:raises"]["echo/lstm/train_step_ms"] == ""
    assert lines["fake:raises"]["echo/lstm/status"] == "failed"
    assert lines["fake:good"]["echo/lstm/status"] == "ok"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--standalone"], "--standalone is for --format latex, not markdown"),
        (["--label", "a"], "--label is for --format latex, not markdown"),
        (
            ["--format", "latex", "--label", "a}b"],
            "--label 'a}b': letters, digits and : . _ - alone",
        ),
        (["--format", "latex", "--title", "a"], "--title heads a whole document: add --standalone"),
        (["--format", "csv", "--title", "a"], "--title has no place in CSV"),
        (["--format", "csv", "--caption", "a"], "--caption has no place in CSV"),
        (["--format", "json", "--title", "a", "--caption", "b"], "--title and --caption are one"),
        (["--format", "parquet"], "--format parquet is no text: name a file by --output"),
        (["--caption", "a"], "--caption is of one table, here are 4: --pivot makes one of them"),
        (
            ["--pivot", "task", "--columns", "ratio"],
            "--pivot has columns of its own: --metric says",
        ),
        (["--metric", "score", "--columns", "loss"], "--metric and --columns both say what"),
        (["--metric", "scor"], "unknown value of --metric 'scor'. Did you mean 'score'?"),
        (["--filter", "status=oom"], "no row is left by --filter status=oom"),
        (["--format", "cvs"], "Invalid value for '--format': 'cvs'"),
        (["frist"], "no run 'frist' in"),
        (["first"], "is given twice: name each once"),
    ],
)
def test_what_can_not_be_published_is_one_line(publish, arguments, message):
    ended = publish(*["first"] * (arguments != ["frist"]), *arguments)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert message in ended.err


@pytest.mark.parametrize("form", ["markdown", "csv", "json", "latex", "parquet", "html"])
def test_a_file_is_written_over_an_earlier_one_and_over_nothing_else(publish, out, tmp_path, form):
    pytest.importorskip("pyarrow" if form == "parquet" else "jinja2")
    file = tmp_path / "published"
    write = ("first", "--format", form, "--output", file)
    assert publish(*write) == (0, "", "")
    before = file.read_bytes()
    assert publish(*write) == (0, "", "")
    assert file.read_bytes() == before
    page = b'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>mine</title>'
    for strange in (b"# mine\n", b"PAR1 mine PAR1", b"{}", b"% mine\n", b"a,b\n", page):
        file.write_bytes(strange)
        ended = publish(*write)
        assert (ended.code, ended.err.count("\n")) == (2, 1)
        assert "this is something else than an earlier output of publish" in ended.err
        assert file.read_bytes() == strange
    results = out / "first" / FILE
    whole = results.read_bytes()
    ended = publish("first", "--format", form, "--output", results)
    assert "these are the results of a run; name another file" in ended.err
    assert results.read_bytes() == whole


@pytest.mark.parametrize(
    "options",
    [["--format", "markdown"], ["--format", "latex"], ["--format", "latex", "--standalone"]],
)
def test_what_is_written_below_earlier_tables_is_not_lost(publish, tmp_path, options):
    file = tmp_path / "paper"
    write = ("first", *options, "--output", file)
    assert publish(*write).code == 0
    file.write_text(text := f"{file.read_text()}\nWe see that …\n")
    ended = publish(*write)
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "text below its tables would be lost; move it, or name another file" in ended.err
    assert file.read_text() == text


def test_the_latest_run_is_published_by_default(publish):
    assert publish().out == publish("second").out != publish("first").out


def test_show_takes_the_same_rows_and_columns(cli, out):
    asked = ("--filter", "cell=gru", "--columns", "kernel,ratio", "--sort", "-ratio")
    ended = cli("show", "first", "--out", out, *asked)
    assert ended.out.count("fake:good") == 2
    assert "train step" not in ended.out
    rows = json.loads(cli("show", "first", "--out", out, "--json", *asked).out)
    assert [list(row) for row in rows] == [["kernel", "ratio", "ratio_low", "ratio_high"]] * 6
    assert (
        json.loads(cli("show", "first", "--out", out, "--json", "--filter", "status=oom").out) == []
    )
    assert "no row is left by" in cli("show", "first", "--out", out, "--filter", "status=oom").err


def test_publishing_needs_no_library_that_others_need(out):
    code = (
        "import sys\nfrom rnnbench.cli.main import main\n"
        f"sys.argv = ['rnnbench', 'publish', '--format', 'csv', {str(out / 'first')!r}]\n"
        "try:\n    main()\nexcept SystemExit as ended:\n    assert not ended.code\n"
        "print(*sys.modules, file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"pandas", "pyarrow", "pluggy", "rich.console"}.isdisjoint(done.stderr.split())


def test_parquet_without_its_library_says_how_to_get_it(publish, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    ended = publish("first", "--format", "parquet", "--output", tmp_path / "a.parquet")
    assert (ended.code, ended.err) == (
        2,
        "rnnbench: --format parquet needs pyarrow: pip install 'rnnbench[parquet]'\n",
    )
