"""What can't be done is told in one line, with exit code 2, before anything is written."""

import os

import pytest
from commands import rnnbench


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
        (["--backends", ""], "Invalid value for '--backends': it is empty."),
        (["--cells", "lstn"], "Did you mean 'lstm'?"),
        (["--tasks", "ecco"], "Did you mean 'echo'?"),
        (["--suite", "tinny"], "Did you mean 'tiny'?"),
        (["--suite", "missing.toml"], "No such file"),
        (["--set", "echo.lenth=3"], "Did you mean 'length'?"),
        (["--set", "ekho.length=3"], "Did you mean 'echo'?"),
        (["--set", "echo.length=0"], "echo.length is 0; it is a whole number"),
        (["--set", "echo.length=long"], "echo.length is 'long'; it is a whole number"),
        (["--set", "length=3"], "is not NAME.OPTION=VALUE"),
        (["--hidden", "0"], "--hidden"),
        (["--layers", "-1"], "--layers"),
        (["--batch", "0"], "--batch"),
        (["--batch", "2000"], "no more than 1000 examples"),
        (["--embedding", "-1"], "--embedding"),
        (["--steps", "-1"], "--steps"),
        (["--seeds", "0"], "--seeds"),
        (["--threads", "0"], "--threads"),
        (["--threads", "9999"], "--threads 9999: this process may use"),
        (["--lr", "0"], "--lr"),
        (["--lr", "nan"], "--lr"),
        (["--clip", "-1"], "--clip"),
        (["--clip", "nan"], "--clip"),
        (["--max-time", "0"], "--max-time"),
        (["--timeout", "-3"], "--timeout"),
        (["--memory-limit", "4"], "less than 64MiB (4 is in bytes; did you mean 4GiB?)"),
        (["--memory-limit", "1MiB"], "no worker starts with less than 64MiB."),
        (["--precision", "2"], "is not between 0 and 1"),
        (["--precision", "0"], "is not between 0 and 1"),
        (["--precision", "0%"], "is not between 0 and 1"),
        (["--precision", "100%"], "is not between 0 and 1"),
        (["--precision", "-1%"], "is not between 0 and 1"),
        (["--precision", "nan"], "is not between 0 and 1"),
        (["--precision", "fine"], "'fine' is no share"),
        (["--precision", "%"], "'%' is no share"),
        (["--processes", "0"], "--processes"),
        (["--processes", "many"], "--processes"),
        (["--hidden", "many"], "--hidden"),
        (["--dtype", "float16"], "'float32', 'float64'"),
        (["--device", "tpu"], "it is cpu, gpu or gpu:N"),
        (["--optimizer", "adm"], "'adam'"),
        (["--hiden", "3"], "No such option: --hiden. Did you mean '--hidden'?"),
        (["--rows", "fake"], "No such option: --rows. Did you mean '--backends'?"),
        (["--learning-rate", "1"], "No such option: --learning-rate. Did you mean '--lr'?"),
        (["--frobnicate", "1"], "No such option: --frobnicate.\n"),
        (["--backends", "fake:good@old"], "stands beside its backend, as fake@old:good"),
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
    assert (
        f"suite {path}, line 4: hidden is 0; it is a whole number from 1 to 2147483648"
        in refused("--suite", path)
    )


def test_a_device_that_is_not_here_is_refused_with_what_is(cli, tmp_path):
    arguments = ["--suite", "tiny", "--backends", "fake", "--device", "gpu", "--out", tmp_path]
    ended = cli("run", *arguments)
    assert (ended.code, ended.out) == (2, "")
    last = ended.err.splitlines()[-1]
    assert last == "rnnbench: no backend has the device 'gpu:0' here (fake: cpu)"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("file", "this is a file; name a folder"),
        ("fifo", "this is a pipe; name a folder"),
        ("/dev/null", "this is a device; name a folder"),
        ("nowhere", "this is a link to nothing; name a folder"),
    ],
)
def test_what_is_no_folder_is_said_to_be_what_it_is(cli, tmp_path, kind, told):
    place = tmp_path / "place"
    if kind == "file":
        place.touch()
    elif kind == "fifo":
        os.mkfifo(place)
    else:
        place.symlink_to(kind)
    for command in (["run", "--suite", "tiny", "--backends", "fake"], ["show"]):
        ended = cli(*command, "--out", place)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err == f"rnnbench: --out {place}: {told}\n"


@pytest.mark.parametrize("command", ["run", "show"])
def test_a_folder_without_a_name_is_refused(cli, command):
    ended = cli(command, "--out", "")
    assert ended.code == 2
    assert (
        ended.err == "rnnbench: Invalid value for '--out': it is empty; . is the current folder.\n"
    )


@pytest.mark.parametrize(
    ("kind", "told"),
    [("fifo", "is a pipe, and no results file"), ("folder", "is a folder without")],
)
def test_what_is_no_run_is_said_to_be_what_it_is(cli, tmp_path, kind, told):
    (os.mkfifo if kind == "fifo" else os.mkdir)(tmp_path / "odd")
    for command in (["show"], ["run", "--resume"]):
        ended = cli(*command, tmp_path / "odd")
        assert (ended.code, ended.err.count("\n")) == (2, 1)
        assert f"odd {told}" in ended.err


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
        (["list", "cell"], "Did you mean 'cells'?"),
        (["list", "CELLS"], "Did you mean 'cells'?"),
        (["show", "--format", "latex"], "'markdown'"),
        (["show", "--format", "Markdown"], "Did you mean 'markdown'?"),
        (["show", "--hidden", "3"], "No such option: --hidden.\n"),
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


def test_debug_shows_the_traceback(fake, tmp_path):
    ended = rnnbench("run", "--suite", "tinny", "--out", tmp_path, "--debug")
    assert "Traceback" in ended.err
    assert "UsageError: unknown suite 'tinny'" in ended.err
