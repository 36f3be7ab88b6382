"""The command line, end to end."""

import json
import re
import signal
import subprocess
import sys
import time

import psutil
import pytest
from commands import rnnbench, start

from rnnbench import cli as command_line
from rnnbench import plan, results
from rnnbench.frame import COLUMNS
from rnnbench.results import Run, Timing, Training, Worker

FRAMEWORKS = {"torch", "tensorflow", "jax", "keras", "autograd"}


@pytest.fixture(scope="session")
def rows(shared_run, out):
    """The objects that `show --json` prints of the shared run, by variant."""
    shown = rnnbench("show", "--json", "--out", out)
    assert (shown.code, shown.err) == (0, "")
    return {row["variant"]: row for row in json.loads(shown.out)}


# --- a run ------------------------------------------------------------------------------------


def test_a_run_prints_its_table_and_says_where_it_is_stored(shared_run, out):
    assert shared_run.out.startswith("rnnbench 0.1.0 · ")
    assert "\n\necho · elman\nT 3, batch 4, 1 → 3 → 1 · cpu, " in shared_run.out
    assert f"results in {results.find(None, out)}" in shared_run.err
    for name in ("fake:good", "fake:second", "fake:crashes crashed: the worker ended by SIGKILL"):
        assert name in shared_run.out


def test_the_output_is_plain_and_fits_when_piped(shared_run):
    assert max(map(len, shared_run.out.splitlines())) <= 100
    assert "\x1b" not in shared_run.out + shared_run.err


def test_a_row_that_fails_stops_no_other_and_fails_the_run(shared_run, rows):
    assert shared_run.code == 1
    assert {name: row["status"] for name, row in rows.items()} == {
        "good": "ok",
        "second": "ok",
        "chatty": "ok",
        "wrong": "mismatch",
        "unsupported": "unsupported",
        "raises": "failed",
        "raises-training": "failed",
        "oom": "oom",
        "crashes": "crashed",
        "only": "failed",
    }
    assert all(bool(row["reason"]) == (row["status"] != "ok") for row in rows.values())


def test_a_row_has_every_figure(rows):
    for name in ("good", "second", "chatty"):
        assert tuple(rows[name]) == COLUMNS
        optional = {"reason", "data_hash"}
        unknown = {key for key, value in rows[name].items() if value is None} - optional
        assert unknown <= {"precision", "peak_memory_mib"} | {k for k in COLUMNS if "_low" in k} | {
            k for k in COLUMNS if "_high" in k
        }
        assert rows[name]["params"] == 1 * 3 + 3 * 3 + 3 + 3 + 1
        assert rows[name]["seeds"] == 2


def test_rows_that_compute_the_same_learn_the_same(rows):
    for key in ("loss", "score", "score_low", "score_high"):
        assert rows["good"][key] == rows["second"][key] == rows["chatty"][key]
    assert rows["good"]["score_low"] < rows["good"]["score"] < rows["good"]["score_high"]


def test_what_a_framework_prints_stays_in_its_log(shared_run, out):
    assert "CHATTER" not in shared_run.out + shared_run.err
    log = results.find(None, out).parent / "fake-chatty.log"
    assert {"CHATTER on stdout", "CHATTER on stderr", "CHATTER on descriptor 1"} <= set(
        log.read_text().splitlines()
    )


def test_every_record_is_there(shared_run, out):
    records = results.read(results.find(None, out))
    assert isinstance(records[0], Run)
    assert len([r for r in records if isinstance(r, Worker)]) == 9
    assert len([r for r in records if isinstance(r, Timing)]) == 1
    assert len([r for r in records if isinstance(r, Training)]) == 10 * 2


def test_show_prints_the_table_again(shared_run, out, cli):
    assert cli("show", "--out", out) == (0, shared_run.out, "")
    name = results.find(None, out).parent.name
    assert cli("show", name, "--out", out).out == shared_run.out
    drawn = cli("show", "--out", out, "--format", "markdown").out
    assert "\n\n**echo · elman** · T 3" in drawn


def test_run_prints_json_and_nothing_else_on_stdout(cli, tmp_path):
    timing_only = ["--steps", "0", "--max-time", "0.05", "--cells", "leaky"]
    ended = cli(
        "run", "--suite", "tiny", "--backends", "fake", *timing_only, "--out", tmp_path, "--json"
    )
    assert ended.code == 0
    (row,) = json.loads(ended.out)
    assert (row["status"], row["cell"], row["score"]) == ("ok", "leaky", None)


def test_unsupported_alone_is_no_failure(cli, tmp_path):
    ended = cli("run", "--suite", "tiny", "--backends", "fake:unsupported", "--out", tmp_path)
    assert ended.code == 0
    assert "fake:unsupported unsupported: fakes can't do this" in ended.out


# --- bad input --------------------------------------------------------------------------------


@pytest.fixture
def refused(cli, tmp_path):
    """Run what can't be run, and return the one line that says so."""

    def call(*arguments):
        out = tmp_path / "out"
        usual = {"--suite": "tiny", "--backends": "fake", "--out": out}
        added = [
            part for key, value in usual.items() if key not in arguments for part in (key, value)
        ]
        ended = cli("run", *added, *arguments)
        assert ended.code == 2
        assert ended.out == ""
        assert ended.err.startswith("rnnbench: ")
        assert ended.err.count("\n") == 1
        assert not out.exists()
        return ended.err

    return call


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--backends", "fakee"], "Did you mean 'fake'?"),
        (["--backends", "fake:god"], "Did you mean 'good'?"),
        (["--backends", ""], "names no backend"),
        (["--cells", "lstn"], "Did you mean 'lstm'?"),
        (["--tasks", "ecco"], "Did you mean 'echo'?"),
        (["--suite", "tinny"], "Did you mean 'tiny'?"),
        (["--suite", "missing.toml"], "No such file"),
        (["--set", "echo.lenth=3"], "Did you mean 'length'?"),
        (["--set", "ekho.length=3"], "Did you mean 'echo'?"),
        (["--set", "echo.length=0"], "echo.length: expected `int` >= 1"),
        (["--set", "echo.length=long"], "echo.length: expected `int`, got `str`"),
        (["--set", "length=3"], "is not NAME.OPTION=VALUE"),
        (["--hidden", "0"], "--hidden"),
        (["--layers", "-1"], "--layers"),
        (["--batch", "0"], "--batch"),
        (["--batch", "2000"], "no more than 1000 examples"),
        (["--embedding", "-1"], "--embedding"),
        (["--steps", "-1"], "--steps"),
        (["--seeds", "0"], "--seeds"),
        (["--threads", "0"], "--threads"),
        (["--threads", "9999"], "this process may use"),
        (["--lr", "0"], "--lr"),
        (["--lr", "nan"], "--lr"),
        (["--clip", "-1"], "--clip"),
        (["--clip", "nan"], "--clip"),
        (["--max-time", "0"], "--max-time"),
        (["--timeout", "-3"], "--timeout"),
        (["--precision", "2"], "--precision"),
        (["--hidden", "many"], "--hidden"),
        (["--dtype", "float16"], "'float32', 'float64'"),
        (["--device", "tpu"], "it is cpu, gpu or gpu:N"),
        (["--optimizer", "adm"], "'adam'"),
        (["--hiden", "3"], "--hidden"),
        (["-p", "no_such_module"], "no_such_module"),
        (["-p", "no:fake"], "fake"),
    ],
    ids=" ".join,
)
def test_bad_input_is_one_line(refused, arguments, message):
    assert message in refused(*arguments)


def test_a_malformed_suite_is_told_with_its_line(refused, tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text('[[block]]\ntasks = ["echo"]\ncells = ["elman"]\nhidden = 0\n')
    assert f"suite {path}, line 4: expected `int` >= 1" in refused("--suite", path)


def test_a_device_that_is_not_here_is_refused_with_what_is(cli, tmp_path):
    arguments = ["--suite", "tiny", "--backends", "fake", "--device", "gpu", "--out", tmp_path]
    ended = cli("run", *arguments)
    assert (ended.code, ended.out) == (2, "")
    last = ended.err.splitlines()[-1]
    assert last == "rnnbench: no backend has the device 'gpu:0' here (fake: cpu)"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_refused(cli, tmp_path):
    (tmp_path / "file").touch()
    ended = cli("run", "--suite", "tiny", "--backends", "fake", "--out", tmp_path / "file")
    assert ended.code == 2
    assert ended.err.startswith("rnnbench: --out ")
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["shw"], "No such command 'shw'"),
        (["list", "cell"], "'cells'"),
        (["show", "--format", "latex"], "'markdown'"),
        (["show", "no-run"], "no run 'no-run' in "),
        (["show"], "no run in "),
    ],
    ids=" ".join,
)
def test_other_commands_are_refused_likewise(cli, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    ended = cli(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("rnnbench: ")
    assert ended.err.count("\n") == 1
    assert message in ended.err


def test_a_corrupt_results_file_is_told_with_its_line(cli, tmp_path, shared_run, out):
    lines = results.find(None, out).read_text().splitlines()
    path = tmp_path / "torn.jsonl"
    path.write_text("\n".join([*lines[:2], lines[2][:20], *lines[3:]]))
    ended = cli("show", path)
    assert ended.code == 2
    assert ended.err.startswith(f"rnnbench: results file {path}, line 3: ")
    path.write_text("\n".join(lines)[:-20])
    assert cli("show", path).code == 0


def test_debug_shows_the_traceback(fake, tmp_path):
    ended = rnnbench("run", "--suite", "tinny", "--out", tmp_path, "--debug")
    assert "Traceback" in ended.err
    assert "UsageError: unknown suite 'tinny'" in ended.err


def test_ctrl_c_before_a_run_begins_is_no_traceback(cli, monkeypatch):
    def interrupted(request, registry):
        raise KeyboardInterrupt

    monkeypatch.setattr(plan, "expand", interrupted)
    ended = cli("run", "--suite", "tiny", "--backends", "fake")
    assert ended.code == 130
    assert "Traceback" not in ended.err


# --- the light commands -----------------------------------------------------------------------


def test_version(cli):
    assert re.fullmatch(r"rnnbench \d+\.\d+\.\d+\n", cli("--version").out)


def test_no_arguments_show_the_help(cli):
    ended = cli()
    assert "Usage" in ended.out + ended.err
    assert (ended.out + ended.err).count("\n") > 5


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["show", "-h"]], ids=" ".join)
def test_help_fits_and_is_plain(fake, arguments):
    ended = rnnbench(*arguments)
    assert ended.code == 0
    assert max(map(len, ended.out.splitlines())) <= 100
    assert "\x1b" not in ended.out


def test_list_cells(cli):
    ended = cli("list", "cells")
    assert ended.code == 0
    assert all(name in ended.out for name in ("elman", "lstm", "gru", "leaky", "forget_bias=1.0"))


def test_list_everything_as_json(cli):
    kept_out = [f"-pno:{name}" for name in ("numpy", "torch", "tensorflow", "jax")]
    found = json.loads(cli("list", "--json", *kept_out).out)
    assert found.keys() == {"backends", "cells", "tasks", "suites"}
    fakes = {entry["name"]: entry for entry in found["backends"]}
    assert (fakes["fake"]["status"], fakes["fake"]["devices"]) == ("ok", ["cpu"])


@pytest.mark.parametrize(
    ("arguments", "light"),
    [
        (["--help"], FRAMEWORKS | {"pandas", "scipy", "numpy"}),
        (["--version"], FRAMEWORKS | {"pandas", "scipy", "numpy"}),
        (["list", "cells"], FRAMEWORKS | {"pandas", "scipy", "numpy"}),
        (["show"], FRAMEWORKS | {"scipy.stats"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_imports_no_more_than_it_needs(shared_run, out, arguments, light):
    code = f"""
import sys
from rnnbench.cli import main
sys.argv = ["rnnbench", *{arguments!r}]
try:
    main()
except SystemExit as ended:
    assert not ended.code
print(*sys.modules, file=sys.stderr)
"""
    folder = out if arguments == ["show"] else None
    if folder:
        code = code.replace("*['show']", f"'show', '--out', {str(folder)!r}")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert light.isdisjoint(done.stderr.split())


def test_a_reader_that_goes_away_is_no_error(shared_run, out):
    command = (
        f"{sys.executable} -m rnnbench show --out {out} --json | head -1; echo ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout == "[\n0\n"
    assert done.stderr == ""


def test_main_is_what_the_package_runs():
    from importlib import metadata

    (script,) = metadata.entry_points(group="console_scripts", name="rnnbench")
    assert script.load() is command_line.main


# --- a run that is ended ----------------------------------------------------------------------

LONG = """\
[[block]]
tasks = ["echo"]
cells = ["elman"]
max_time = 0.05
steps = 0

[[block]]
tasks = ["echo"]
cells = ["lstm"]
max_time = 600.0
"""


@pytest.fixture
def long_run(tmp_path):
    """A run whose first comparison is finished and whose second takes ten minutes."""
    (tmp_path / "long.toml").write_text(LONG)
    out = tmp_path / "out"
    rows = ["--backends", "fake:good,fake:second", "--precision", "0.0000001"]
    process = start("run", "--suite", tmp_path / "long.toml", *rows, "--out", out)
    deadline = time.monotonic() + 60
    while not any('"record":"timing"' in file.read_text() for file in results.runs(out)):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(0.5)  # into the rounds of the second comparison
    process.workers = psutil.Process(process.pid).children(recursive=True)
    yield process
    process.kill()
    process.communicate()
    for worker in process.workers:
        if worker.is_running():
            worker.kill()


def left(workers):
    """Return the workers that are still there after a while."""
    return psutil.wait_procs(workers, timeout=10)[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_an_interrupted_run_shows_what_was_finished_and_leaves_nothing(long_run, number):
    assert len(long_run.workers) == 2
    long_run.send_signal(number)
    stdout, stderr = long_run.communicate(timeout=20)
    assert long_run.returncode == 130
    assert "echo · elman" in stdout
    assert "fake:good" in stdout
    assert "interrupted; what was finished is in" in stderr
    assert "Traceback" not in stderr
    assert left(long_run.workers) == []


@pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's")
def test_workers_die_with_their_parent_even_suspended(long_run):
    assert len(long_run.workers) == 2
    long_run.kill()
    assert left(long_run.workers) == []
