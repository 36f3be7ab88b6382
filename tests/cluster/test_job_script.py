"""The script of a job, run by a shell with stand-ins for rnnbench and for Slurm."""

import os
import signal
import subprocess
import sys
import time

import pytest

from rnnbench.cluster import job_script

#: Stands in for ``python -m rnnbench``: says what it was asked for, writes, and may wait.
PROGRAM = """\
#!/bin/sh
echo "$@" >> {here}/asked
trap 'printf "%s" "$RECORDS" >> {here}/run/parts/0003-of-0012.0/results.jsonl; exit 143' TERM
[ -z "$WAIT" ] || {{ touch {here}/waits; while :; do sleep 0.05; done; }}
exit ${{CODE:-0}}
"""
#: Stands in for squeue, which tells of the whole array where the number of a task alone is given.
SQUEUE = """\
#!/bin/sh
echo ${STATE:-RUNNING}
case "$3" in *_*) ;; *) echo RUNNING ;; esac
"""
SCONTROL = """\
#!/bin/sh
case "$1" in
    show) echo "PreemptEligibleTime=2026-11-27T23:24:02 PreemptTime=${PREEMPTED:-None}" ;;
    *) echo "$@" >> requeued ;;
esac
"""
ONE = '{"record":"timing","complete":true}\n'


@pytest.fixture
def job(tmp_path, monkeypatch):
    """Return what starts the script of a run in twelve parts."""
    program = tmp_path / "python"
    program.write_text(PROGRAM.format(here=tmp_path))
    (tmp_path / "squeue").write_text(SQUEUE)
    (tmp_path / "scontrol").write_text(SCONTROL)
    for name in ("python", "squeue", "scontrol"):
        (tmp_path / name).chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    (tmp_path / "run" / "parts" / "0003-of-0012.0").mkdir(parents=True)
    words = ["run", "--name", "it's night"]
    script = tmp_path / job_script.FILE
    script.write_text(job_script.text(words, 12, tmp_path / "run", tmp_path))

    def start(*arguments, **variables):
        slurm = {"SLURM_JOB_ID": "77", "SLURM_ARRAY_JOB_ID": "77", "SLURM_ARRAY_TASK_ID": "3"}
        variables = slurm | variables
        return subprocess.Popen(["sh", script, *arguments], env=os.environ | variables)

    return start


def test_the_part_is_the_number_of_the_task_or_the_argument(job, tmp_path):
    assert job().wait() == 0
    assert job("5").wait() == 0
    assert (tmp_path / "asked").read_text().splitlines() == [
        f"-m rnnbench run --name it's night --part {part}/12" for part in (3, 5)
    ]


def test_it_ends_as_the_program_does(job):
    assert job(CODE="1").wait() == 1
    assert job(CODE="2").wait() == 2


@pytest.mark.parametrize(
    ("variables", "requeued"),
    [
        ({"RECORDS": ONE}, True),
        ({"RECORDS": ""}, False),  # it would be ended for ever
        ({"RECORDS": "", "PREEMPTED": "2026-11-27T23:24:04"}, True),
        ({"RECORDS": ONE.replace("true", "false")}, False),
        ({"RECORDS": ONE, "STATE": "COMPLETING"}, False),  # somebody has cancelled it
        ({"RECORDS": ONE, "SLURM_ARRAY_JOB_ID": "", "SLURM_ARRAY_TASK_ID": ""}, False),  # no array
    ],
)
def test_told_to_end_it_goes_on_if_it_was_preempted_or_has_recorded_something(
    job, tmp_path, variables, requeued
):
    process = job("3", WAIT="1", **variables)
    while not (tmp_path / "waits").exists():
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    assert process.wait() == job_script.TERMINATED
    assert (tmp_path / "requeued").exists() == requeued
    if requeued:
        assert (tmp_path / "requeued").read_text() == "requeue 77_3\n"
