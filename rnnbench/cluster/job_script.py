"""The script of a job: one part of the run, whichever batch system starts it.

Its first argument is the number of the part; in an array of Slurm's it is the number of the task.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

#: The name of the script in the folder of the run, and that of the folder of what jobs print.
FILE, LOGS = "job.sh", "logs"
#: Told to end before the time is up, a job ends with whole records and this code.
TERMINATED = 143
_TEXT = """\
#!/bin/sh
# One part of a run in {parts} parts: sh job.sh 3
# Made by: {command}
part=${{1:-$SLURM_ARRAY_TASK_ID}}
cd {here} || exit 2
# How many timings and trainings this part has, whole.
recorded() {{
    cat {run}/parts/"$(printf %04d "$part")"-of-*/results.jsonl 2>/dev/null |
        grep -E '^."record":"(timing|training)"' | grep -vc '"complete":false'
}}

before=$(recorded)
{program} --part "$part/{parts}" &
rnnbench=$!
trap 'kill -TERM $rnnbench' TERM
# A signal ends the wait, not the program, which ends its workers and what it writes first.
wait $rnnbench
code=$?
while kill -0 $rnnbench 2>/dev/null; do
    wait $rnnbench
    code=$?
done

# Preempted, it goes on in another job; out of time likewise, as long as each records something new.
# Who has cancelled it wants it to end. The number of a last task alone stands for the whole array.
task="$SLURM_ARRAY_JOB_ID"_"$SLURM_ARRAY_TASK_ID"
preempted() {{
    scontrol show job "$task" | grep -q 'PreemptTime=[0-9]'
}}
if [ "$code" -eq {terminated} ] && [ "$task" != _ ] &&
    [ "$(squeue -h -j "$task" -o %T)" = RUNNING ] &&
    {{ [ "$(recorded)" -gt "$before" ] || preempted; }}; then
    scontrol requeue "$task"
fi
exit "$code"
"""


def text(words: Sequence[str], parts: int, run: Path, here: Path) -> str:
    """Return the script.

    Args:
        words: the command of the whole run, after ``rnnbench``.
        parts: how many there are.
        run: the folder of the run.
        here: the folder that paths of the command start from.
    """
    program = shlex.join([sys.executable, "-m", "rnnbench", *words])
    return _TEXT.format(
        parts=parts,
        command=shlex.join(["rnnbench", *words]).replace("\n", " "),
        here=shlex.quote(str(here)),
        run=shlex.quote(str(run.absolute())),
        program=program,
        terminated=TERMINATED,
    )
