"""``python -m rnnbench``."""

from rnnbench.cli.main import program

program()
