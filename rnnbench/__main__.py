"""``python -m rnnbench``."""

from rnnbench.cli.main import main

main()
