"""What is in the files of small runs, and a suite for one."""

from specimens import RECORDS

from rnnbench.results import codec

#: What somebody has once, and in no run.
COPY = b"my only copy"
#: The lines of a whole run, and its file.
LINES = list(map(codec.encode, RECORDS))
WHOLE = b"".join(LINES)
#: A suite that is run in a second.
SUITE = """\
max_time = 0.05
seeds = 2

[[block]]
tasks = ["echo"]
cells = ["elman", "gru"]
steps = 10
"""
