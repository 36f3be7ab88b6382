"""Programs that are right in the check and dishonest while they are timed: each is found."""

import pytest
from commands import rnnbench
from liars import FOUND, HONEST_STEPS

from rnnbench.results import reader
from rnnbench.results.runs import folders
from rnnbench.running.timing import claims
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.status import FAILURES

SUITE = """\
max_time = {seconds}

[[block]]
tasks = ["echo"]
cells = ["elman"]
steps = 0
"""


#: How often those are timed of which a busy machine has let too little be seen.
TRIES = 4


def timed(folder, rows, seconds):
    """Return the rows of a run by their variant, once enough is known of every liar."""
    found = {}
    for number in range(TRIES):
        (again := folder / str(number)).mkdir()
        found |= timed_once(again, rows, seconds)
        rows = [row for row in rows if not known(found[row])]
        if not rows:
            break
    return found


def known(row):
    """Whether a row was found, or seen as often and for as long as it takes to find a liar."""
    if row.status in FAILURES or row.row.variant == "honest":
        return True
    (process,) = row.processes
    calls = min(steps.calls for steps in process.steps)
    return row.audit_followed and len(process.steps) >= claims.FEWEST and calls > HONEST_STEPS


def timed_once(folder, rows, seconds):
    """Return the rows of a run by their variant."""
    (folder / "liars.toml").write_text(SUITE.format(seconds=seconds))
    options = ["--suite", folder / "liars.toml", "-p", "liars", "--out", folder / "out"]
    rows = [f"liar:{row}" for row in rows]
    ended = rnnbench("run", *options, "--backends", ",".join(rows))
    assert "Traceback" not in ended.err
    found = reader.load(folders.find(None, folder / "out"))
    (timing,) = [record for record in found.records if isinstance(record, Timing)]
    return {row.row.variant: row for row in timing.rows}


#: Those that several turns show, and seconds: alone these are soon taken, on a busy machine too.
BY_SEVERAL_TURNS = {"slow-clock": 4.0, "fast-clock": 1.0, "later": 2.0, "honest-at-first": 2.0}


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    others = [name for name in FOUND if name not in BY_SEVERAL_TURNS]
    found = timed(tmp_path_factory.mktemp("liars"), ["honest", *others], 5.0)
    for name, seconds in BY_SEVERAL_TURNS.items():  # alone, held against the oracle and no others
        found |= timed(tmp_path_factory.mktemp(name), [name], seconds)
    return found


@pytest.mark.parametrize("name", FOUND)
def test_it_is_found_and_told(rows, name):
    row = rows[name]
    assert row.status in ("mismatch", "failed")
    assert FOUND[name] in row.reason
    assert row.processes == []


def test_what_is_honest_beside_them_is_right_and_tells_its_error(rows):
    honest = rows["honest"]
    assert honest.status in ("ok", "unsteady")
    assert 0 < honest.audit_error < 1e-4


def test_a_kernel_that_tires_is_found(tmp_path):
    row = timed(tmp_path, ["kernel"], 1.0)["kernel"]
    assert row.status == "mismatch"
    assert "right in the check" in row.reason
