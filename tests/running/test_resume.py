"""What a run must be to be gone on with; that it is, is tested at the command line."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from specimens import PLAN, RUN

from rnnbench.errors import UsageError
from rnnbench.plan import expand
from rnnbench.plan.request import Request
from rnnbench.report.progress.display import Terminal
from rnnbench.results import codec, reader
from rnnbench.results.runs import folders
from rnnbench.results.writer import Writer
from rnnbench.running import launch
from rnnbench.running import resume as resuming
from rnnbench.running.resume import check_options, refreshed, resume

NAMED = replace(PLAN, plugins=["mine"], pythons={"old": "/venv/bin/python"})


def test_code_that_only_the_file_names_is_not_loaded():
    file = Path("results/x") / folders.FILE
    check_options(NAMED, ["mine"], {"old": "/venv/bin/python"}, file)
    for plugins, pythons in (([], {}), (["mine"], {}), (["mine", "other"], NAMED.pythons)):
        with pytest.raises(UsageError, match=r"--resume x -p mine --python old=/venv/bin/python$"):
            check_options(NAMED, plugins, pythons, file)
    with pytest.raises(
        UsageError, match=r"rnnbench run --resume x, without -p, --python and --model$"
    ):
        check_options(PLAN, ["mine"], {}, file)


def test_a_plan_comes_out_as_it_was_if_nothing_has_changed(registry):
    made = expand.expand(Request(suite="tiny", backends="fake:good"), registry)
    assert refreshed(made, registry, "") == made
    other = replace(made.comparisons[0], task_version=99, data_hash="of something else")
    assert refreshed(replace(made, comparisons=[other]), registry, "") == made


def test_a_row_that_does_not_exist_here_is_refused(registry):
    made = expand.expand(Request(suite="tiny", backends="fake:good"), registry)
    for row in (replace(made.rows[0], backend="ghosts"), replace(made.rows[0], variant="../../x")):
        with pytest.raises(UsageError, match="unknown"):
            refreshed(replace(made, rows=[row]), registry, "")


def test_a_stranger_s_paths_are_not_even_looked_at(begun, monkeypatch):
    (run,) = reader.read(begun)
    begun.write_bytes(codec.encode(replace(run, machine=RUN.machine)))
    monkeypatch.setattr(resuming, "refreshed", lambda *_: pytest.fail("looked at the plan"))
    with pytest.raises(UsageError, match="can't be resumed"):
        resume(begun, [], {}, Terminal())


@pytest.fixture
def begun(registry, tmp_path):
    """The file of a run that was begun with this code, on this machine, and stopped at once."""
    made = expand.expand(Request(suite="tiny", backends="fake:good"), registry)
    with Writer(tmp_path / folders.FILE) as writer:
        writer.write(launch.first_record(made, RUN.started))
    return tmp_path / folders.FILE


def test_a_run_that_another_process_has_in_hand_is_left_alone(begun):
    with (
        Writer(begun, new=False),
        pytest.raises(UsageError, match="another run is writing"),
    ):
        resume(begun, [], {}, Terminal())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"source": "0123456789ab"}, r"source 0123456789ab → [0-9a-f]{12}"),
        ({"rnnbench": "0.0.1"}, r"rnnbench 0\.0\.1 → "),
        ({"distributions": RUN.distributions | {"numpy": "1.0"}}, r"distributions\.numpy 1\.0 → "),
        ({"machine": RUN.machine}, r"machine\.cpu some CPU → "),
    ],
)
def test_what_has_changed_is_named_and_nothing_is_written(begun, change, message):
    (run,) = reader.read(begun)
    kept = launch.distributions()
    change = {k: kept | v if k == "distributions" else v for k, v in change.items()}
    begun.unlink()
    with Writer(begun.parent / folders.FILE) as writer:
        writer.write(replace(run, **change))
    before = begun.read_bytes()
    with pytest.raises(UsageError, match=f"can't be resumed.*{message}.*--reuse"):
        resume(begun, [], {}, Terminal())
    assert begun.read_bytes() == before
