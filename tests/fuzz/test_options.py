"""Whatever is typed, a command ends with an exit code and one line, and never with a traceback."""

import contextlib
import io
import shlex
import sys

import pytest
from fuzzing import tries
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace
from specimens import RECORDS, RUN
from typer.main import get_command

from rnnbench.cli import application, main
from rnnbench.doctor import examination
from rnnbench.inventory import devices
from rnnbench.results import reader
from rnnbench.results.runs import folders
from rnnbench.results.writer import Writer
from rnnbench.running import launch, resume
from rnnbench.running.launch import Ended

#: Values that some option takes, that none does, and that are odd in form or size.
VALUES = st.sampled_from(
    [
        *("fake", "fake:all", "fake:good,fake:second", "all", "all:all", "ghost", "fake@old:good"),
        *("echo", "elman", "lstm", "echo,echo", "tiny", "default", "echo.length=3", "lstm.x=1"),
        *("echo.length=1e999", "echo.length=[", f"echo.length={'9' * 30}", "old=/bin/false"),
        *("cpu", "gpu", "gpu:7", "float32", "float64", "sgd", "adam", "json", "markdown"),
        *("terminal", "hidden", "length", "layers", "batch", "steps", "2%", "0.5", "1e-9"),
        *("0", "1", "2", "4", "6", "64", "-1", "1e300", "1e-300", "nan", "inf", "-inf", "0x10"),
        *("9" * 9, "9" * 19, "9" * 30, "9" * 400, "9" * 5000, "4GiB", "0B", f"{'9' * 400}TiB"),
        *("", " ", ",", ":", "@", "=", "-", "--", "..", "~", "%", "a" * 300, "x" * 5000),
        *("run", "no-run", "results", "no:fake", "pytest-benchmark", "backends", "cells", "new"),
        *("runs", "latest", "kept", "other", "score,memory", "slower,failed", "base,head", "all"),
        *("latex", "csv", "pm", "task", "backend", "status=ok", "cell=lstm", "cell", "-ratio"),
        *("/dev/null", "/proc/self/mem", "tiny.toml", "/dev/null.toml", "a/b.toml"),
        "\N{SNOWMAN}",
        "\udcff",
        "\x1b[2J",
    ]
)
TEXTS = VALUES | st.text(st.characters(exclude_characters="\0/", codec="utf-8"), max_size=8)
FLAGS = ["--json", "--debug", "--help", "--resume", "--reuse", "--version", "-h"]
SHARED = ["--out", "-p"]
ROWS = ["--filter", "--columns", "--sort"]
PLACE = ["--backends", "--set", "--python", "--device", "--dtype", "--threads", "--hidden"]
PLACE += ["--layers", "--batch", "--max-time", "--precision", "--processes", "--timeout"]
PLACE += ["--memory-limit", *SHARED]
COMMANDS = {
    "run": [
        *(*PLACE, "--suite", "--tasks", "--cells", "--seeds", "--embedding", "--steps"),
        *("--optimizer", "--lr", "--clip", "--name"),
    ],
    "scale": [*PLACE, "--over", "--from", "--to", "--points", "--task", "--cell", "--name"],
    "show": ["--baseline", "--delta", "--format", *ROWS, *SHARED],
    "publish": [
        *("--format", "--pivot", "--metric", "--title", "--caption", "--label", "--interval"),
        *("--baseline", "--delta", *ROWS, *SHARED),
    ],
    "compare": [
        *(
            "--delta",
            "--score-delta",
            "--between",
            "--metric",
            "--fail-on",
            "--threshold",
            "--format",
            *SHARED,
        ),
    ],
    "baseline save": SHARED,
    "baseline list": SHARED,
    "export": ["--format", *SHARED],
    "explain": [
        *[o for o in PLACE if o != "--backends"],
        "--backend",
        "--run",
        "--task",
        "--lengths",
        "--seeds",
        "--steps",
        "--lr",
        "--name",
    ],
    "gradient-flow": [
        *("--cells", "--radius", "--length", "--hidden", "--batch", "--input-scale", "--seeds"),
        *("--clip", "--set", "-p"),
    ],
    "list": SHARED,
    "doctor": ["--backends", "--suite", "--max-time", "--precision", *SHARED],
    "plugins list": SHARED,
    "plugins doctor": SHARED,
    "plugins test": ["--kind", *SHARED],
    "plugins new": ["--output", *SHARED],
    "check-results": SHARED,
}
#: What a run says at its end.
ENDED = "results in a folder"
#: With these nothing is missing, so that more of the others is reached.
USUAL = {
    "run": "--suite tiny --backends fake",
    "scale": "--over hidden --from 2 --to 64 --task echo --cell elman --backends fake",
    "compare": "run other",
    "baseline save": "kept",
    "export": "--format pytest-benchmark",
    "explain": "lstm elman --task echo --lengths 2,4",
    "gradient-flow": "--cells elman --length 2 --hidden 2 --batch 1 --radius 1 --seeds 3",
    "plugins doctor": "echo",
    "plugins test": "echo",
    "plugins new": "cell mine",
}


@pytest.fixture(scope="module")
def here(tmp_path_factory, fake_module):
    """A folder with two runs, in which nothing else is started."""
    folder = tmp_path_factory.mktemp("here")
    for name in ("run", "other"):
        (folder / "results" / name).mkdir(parents=True)
        with Writer(folder / "results" / name / folders.FILE) as writer:
            for record in RECORDS:
                writer.write(record)

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        every = get_command(application.application(["--"]))  # made once, not for each command line
        patch.setattr(application, "application", lambda arguments: every)
        patch.setattr(launch, "first_record", lambda plan, *_, **__: replace(RUN, plan=plan))
        patch.setattr(
            launch,
            "carry_out",
            lambda left, registry, writer, *_, **__: Ended(RECORDS, writer.path, 0, ENDED),
        )
        patch.setattr(resume, "resume", lambda file, *_, **__: Ended(reader.read(file), file, 0))
        patch.setattr(devices, "ask_backends", lambda *_, **__: {})
        patch.setattr(examination, "examine", lambda *_, **__: sys.exit(0))
        patch.setattr("rnnbench.plugins.authoring.kit.run", lambda *_: 0)
        yield folder


def call(arguments):
    """Return the exit code of a command and what it has printed."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["rnnbench", *arguments])
        patch.delenv("RNNBENCH_DEBUG", raising=False)
        patch.setenv("RNNBENCH_PLUGINS", "fake_plugin")
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            pytest.raises(SystemExit) as ended,
        ):
            main.main()
    return ended.value.code or 0, out.getvalue(), err.getvalue()


@st.composite
def lines(draw):
    """A command line: a command, options of its own for the most part, and values."""
    command = draw(st.sampled_from(list(COMMANDS)))
    own = st.sampled_from(COMMANDS[command])
    pairs = st.tuples(own, TEXTS).map(list)
    odd = st.one_of(
        st.sampled_from(FLAGS).map(lambda flag: [flag]), TEXTS.map(lambda text: [text]), pairs
    )
    usual = shlex.split(USUAL.get(command, "")) if draw(st.integers(0, 4)) else []
    parts = draw(st.lists(st.one_of(pairs, pairs, odd), max_size=4))
    return [*command.split(), *usual, *(word for part in parts for word in part)]


@tries(200)
@given(arguments=lines())
@example(["explain", *shlex.split(USUAL["explain"])])
@example(["run", "--suite", "tiny", "--backends", "fake"])
@example(["run", "--suite", "tiny", "--backends", "fake", "--hidden", "9" * 30])
@example(["run", "--suite", "tiny", "--backends", "fake", "--seeds", "9" * 19])
@example(["run", "--suite", "tiny", "--backends", "fake", "--out", "a" * 300])
@example(["run", "--suite", "a" * 300 + ".toml", "--backends", "fake"])
@example(["run", "--suite", "tiny", "--backends", "fake", "--memory-limit", "9" * 400])
@example(["run", "--suite", "tiny", "--backends", "fake", "--set", f"echo.length={'9' * 30}"])
@example(["scale", *shlex.split(USUAL["scale"]), "--to", "9" * 400])
@example(["scale", *shlex.split(USUAL["scale"]), "--points", "9" * 19])
@example(["show", "--out", "a" * 300])
@example(["export", "--format", "pytest-benchmark", "--output", "a" * 300])
@example(["plugins", "new", "cell", "mine", "--output", "a" * 300])
def test_any_arguments(here, arguments):
    code, out, err = call(arguments)
    faulty = ("check-results", "plugins doctor")
    more = (1,) if " ".join(arguments[:2]).startswith(faulty) else ()
    more += (3, 4) if arguments[0] == "compare" else ()
    more += (1,) if arguments[0] in ("run", "scale") else ()  # one of the rows has failed
    assert code in (0, 2, *more)
    if code == 2 and "--debug" not in arguments:
        assert err.splitlines()[-1].startswith(("rnnbench: ", "Usage: "))
        assert err.removeprefix(f"{ENDED}\n").count("\n") == 1
    if "--debug" not in arguments:
        assert "Traceback" not in out + err
