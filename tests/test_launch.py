import os
import signal

import pytest
from msgspec.structs import replace
from specimens import PLAN, RUN, TIMING, TRAINED

from rnnbench import launch, results
from rnnbench.errors import FAILURES
from rnnbench.results import Writer
from rnnbench.runner import stages


@pytest.fixture
def code(tmp_path):
    """Return the exit code of a run with these records."""

    def call(*records):
        writer = Writer(tmp_path)
        for record in (RUN, *records):
            writer.write(record)
        writer.close()
        return launch.exit_code(tmp_path / results.FILE)

    return call


def ended(status):
    return replace(TIMING, rows=[*TIMING.rows[:2], replace(TIMING.rows[2], status=status)])


@pytest.mark.parametrize("status", sorted(FAILURES))
def test_a_failed_row_fails_the_run(code, status):
    assert code(ended(status)) == 1


@pytest.mark.parametrize("status", ["ok", "unsupported"])
def test_unsupported_is_no_failure(code, status):
    assert code(ended(status), TRAINED, replace(TRAINED, status="skipped")) == 0


def test_a_failed_training_fails_the_run(code):
    assert code(ended("ok"), replace(TRAINED, status="oom")) == 1


def test_the_first_record_says_what_is_going_to_be_done():
    run = launch.opening(PLAN, RUN.started)
    assert (run.plan, run.schema, run.started) == (PLAN, results.SCHEMA, RUN.started)
    assert run.command[0] == "rnnbench"


def test_sigterm_is_treated_like_ctrl_c():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), launch.terminated_like_interrupted():
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_run_has_as_many_stages_as_it_shows():
    timed_only = replace(PLAN.comparisons[0], comparison=replace(TIMING.comparison, steps=0))
    assert stages(PLAN) == 3 + (3 + 1) + 3 * 2
    assert stages(replace(PLAN, comparisons=[*PLAN.comparisons, timed_only])) == 13 + (3 + 1)
    assert stages(replace(PLAN, processes=5)) == 3 + (5 * 3 + 1) + 3 * 2
