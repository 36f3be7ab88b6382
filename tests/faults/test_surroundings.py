"""Odd surroundings: bytes that are no text, limits of the user's, no /proc, Ctrl-C at any time."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time

import pytest
from commands import ENVIRONMENT, Ended

from rnnbench.results import reader
from rnnbench.schema.records.timing import Timing

BRIEF = ["--suite", "tiny", "--backends", "fake:good", "--max-time", "0.05", "--steps", "2"]
RUN = [sys.executable, "-m", "rnnbench", "run", *BRIEF]


def call(command, **options):
    environment = os.environ | ENVIRONMENT | options.pop("env", {})
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, **options
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def only_file(folder):
    (file,) = folder.glob("*/results.jsonl")
    return file


def measured(folder):
    """Return the statuses of the rows in the only run of a folder."""
    found = reader.load(only_file(folder))
    assert found.faults == []
    return [row.status for one in found.records if isinstance(one, Timing) for row in one.rows]


def test_bytes_that_are_no_text_may_stand_in_a_path_and_in_the_environment(tmp_path):
    folder = os.fsdecode(os.fsencode(tmp_path) + b"/\xff\x80")
    ended = call([*RUN, "--out", folder], env={b"OMP_\xff": b"\xfe", b"XLA_FLAGS": b"\xff"})
    assert ended.code == 0
    assert "Traceback" not in ended.err
    assert measured(tmp_path / folder) == ["ok"]
    shown = call([sys.executable, "-m", "rnnbench", "show", "--out", folder])
    assert (shown.code, shown.err) == (0, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--set", b"echo.path=\xff"],
        ["--set", b"\xff"],
        ["-p", b"\xff"],
        ["--python", b"fake=\xff"],
        ["--suite", b"\xff.toml"],
        ["--tasks", b"\xff"],
        ["--backends", b"\xff"],
        ["--device", b"\xff"],
    ],
)
def test_elsewhere_they_are_refused_in_one_line(cli, tmp_path, arguments):
    ended = cli("run", *BRIEF, "--out", tmp_path / "out", *map(os.fsdecode, arguments))
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--layers", "2147483648"], "2147483648 layers: at most 10000 are possible"),
        (["--hidden", "2147483648"], "hidden 2147483648, layers 1, batch 4 need "),
        (["--hidden", "1000000", "--layers", "9999"], "this machine has "),
        (["--batch", "1000", "--hidden", "2147483648"], "batch 1000 need "),
        (["--seeds", "2147483648"], "'--seeds'"),
        (["--processes", "2147483648"], "'--processes'"),
        (["--batch", "99999999999999999999"], "'--batch'"),
    ],
)
def test_what_no_machine_holds_is_refused_at_once(cli, tmp_path, arguments, message):
    begun = time.process_time()
    ended = cli("run", *BRIEF, "--out", tmp_path / "out", *arguments)
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert message in ended.err
    assert time.process_time() - begun < 5
    assert not (tmp_path / "out").exists()


#: Limits of the user's, below those that a run would set.
LIMITS = {
    resource.RLIMIT_FSIZE: 1 << 20,
    resource.RLIMIT_DATA: 4 << 30,
    resource.RLIMIT_NOFILE: 64,
}


def set_limits():
    for limit, value in LIMITS.items():
        resource.setrlimit(limit, (value, value))


def test_limits_of_the_users_are_kept(tmp_path):
    command = [*RUN, "--memory-limit", "100GiB", "--out", tmp_path]
    ended = call(command, preexec_fn=set_limits)
    assert ended.code == 0
    assert measured(tmp_path) == ["ok"]


def test_no_room_for_a_file_is_one_line(tmp_path):
    ended = call(
        [*RUN, "--out", tmp_path / "out"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
    )
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "File too large" in ended.err
    assert "Error" not in ended.err
    assert not (tmp_path / "out").exists()


def test_no_room_for_a_library_is_one_line(tmp_path):
    bounds = (60 << 20, 60 << 20)
    ended = call(
        [*RUN, "--out", tmp_path], preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, bounds)
    )
    assert ended.code != 0
    assert "Traceback" not in ended.err
    assert ended.err.count("\n") == 1


def test_more_than_1024_descriptors_may_be_open(tmp_path):
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < 1200:
        pytest.skip("the system allows no more")
    code = (
        "import os, resource, sys\n"
        f"resource.setrlimit(resource.RLIMIT_NOFILE, (1200, {most}))\n"
        "for _ in range(1100): os.open(os.devnull, os.O_RDONLY)\n"
        f"sys.argv = ['rnnbench', *{RUN[3:]!r}, '--seeds', '2', '--out', {str(tmp_path)!r}]\n"
        "from rnnbench.cli.main import main\n"
        "main()\n"
    )
    ended = call([sys.executable, "-c", code])
    assert ended.code == 0
    assert measured(tmp_path) == ["ok"]


def without_proc(*command):
    """Return a command in a place of its own where nothing is mounted on /proc."""
    return ["unshare", "-rm", "sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "-", *command]


@pytest.mark.skipif(
    shutil.which("unshare") is None or call(without_proc("true")).code != 0,
    reason="no namespaces of users here",
)
def test_a_run_needs_no_proc(tmp_path):
    ended = call(without_proc(*RUN, "--out", tmp_path))
    assert ended.code == 0
    assert "Traceback" not in ended.err
    assert measured(tmp_path) == ["ok"]


def test_distributions_without_metadata_disturb_nobody(tmp_path):
    for name in ("bare", "numpy"):
        (tmp_path / f"{name}-9.9.dist-info").mkdir()
    (tmp_path / "bare-9.9.dist-info/entry_points.txt").write_text("[rnnbench.cells]\nbare = bare\n")
    path = os.pathsep.join([str(tmp_path), ENVIRONMENT["PYTHONPATH"]])
    ended = call([*RUN, "--out", tmp_path], env={"PYTHONPATH": path})
    assert ended.code == 0
    assert measured(tmp_path) == ["ok"]
    listed = call([sys.executable, "-m", "rnnbench", "list"], env={"PYTHONPATH": path})
    assert listed.code == 0
    assert "No module named 'bare'" in listed.out + listed.err


#: Has Ctrl-C come at the N-th module that is imported, perhaps with another error made of it, as
#: libraries in C do; or when what is printed is flushed at the end.
INTERRUPT = """
import builtins, os, signal, sys
real, how, left = builtins.__import__, sys.argv.pop(1), [int(sys.argv.pop(1))]
def come():
    os.kill(os.getpid(), signal.SIGINT)
def counting(*arguments, **options):
    left[0] -= 1
    if left[0] == 0 and how == "raised":
        come()
    if left[0] == 0 and how == "swallowed":
        try:
            come()
        except BaseException:
            raise ImportError("multiarray failed to import") from None
    return real(*arguments, **options)
class Stream:
    def __getattr__(self, name):
        if name == "flush" and sys._getframe(1).f_code is program.__code__:
            come()
        return getattr(sys.__stdout__, name)
from rnnbench.cli.main import program
if how == "at the end":
    sys.stdout = Stream()
builtins.__import__ = counting
program()
"""


@pytest.mark.parametrize(
    ("how", "number"),
    [
        *(("raised", number) for number in (1, 2, 30, 600, 2500)),
        *(("swallowed", number) for number in (600, 2500)),
        ("at the end", 1),
    ],
)
def test_ctrl_c_at_any_time_is_one_line(tmp_path, how, number):
    arguments = ["--version"] if how == "at the end" else [*RUN[3:], "--out", str(tmp_path)]
    ended = call(
        [sys.executable, "-c", INTERRUPT, how, str(number), *arguments],
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert (ended.code, ended.err) == (130, "rnnbench: interrupted\n")
    assert how == "at the end" or not ended.out


def test_nothing_is_imported_before_ctrl_c_is_told():
    """What Python, its script and our packages need aside, which is not ours to catch."""
    code = (
        "import sys; old = {*sys.modules}; import rnnbench.cli.main; print(*{*sys.modules} - old)"
    )
    ours = {"rnnbench", "rnnbench.cli", "rnnbench.cli.main"}
    assert {*call([sys.executable, "-c", code]).out.split()} == ours


def test_children_are_told_of_where_whoever_started_us_ignores_them(tmp_path):
    """Else nobody's end is told, and every worker has closed its channel for no reason."""
    options = [
        "--suite",
        "tiny",
        "--backends",
        "fake:good",
        "--cells",
        "gru",
        "--steps",
        "2",
        "--max-time",
        "0.05",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "rnnbench", "run", *options, "--out", tmp_path],
        env=os.environ | ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN),
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("most", [5, 7, 31])
def test_too_few_files_are_told_as_such(most):
    done = subprocess.run(
        ["sh", "-c", f'ulimit -n {most}; exec "$0" -m rnnbench list cells', sys.executable],
        env=os.environ | ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == f"rnnbench: ulimit -n {most}: 32 open files are needed at least\n"


def test_a_folder_that_is_gone_is_told_as_such(tmp_path):
    done = subprocess.run(
        ["sh", "-c", 'rmdir "$PWD"; exec "$0" -m rnnbench list cells', sys.executable],
        env=os.environ | ENVIRONMENT,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "the current folder: it has been removed; go to another one" in done.stderr


def test_several_signals_at_once_are_one(tmp_path):
    """Those that come later must not interrupt what the first has begun."""
    many = [
        subprocess.Popen(
            [*RUN, "--max-time", "60", "--out", tmp_path / str(n)],
            env=os.environ | ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for n in range(4)
    ]
    for n, process in enumerate(many):
        process.stderr.readline()  # it has begun
        time.sleep(0.2 * n)
        for _ in range(5):
            process.send_signal(signal.SIGTERM)
    for process in many:
        _, told = process.communicate()
        assert process.returncode in (143, -signal.SIGTERM)  # the latter once all is done
        assert "interrupted; go on with: rnnbench run --resume" in told
        assert "Traceback" not in told
