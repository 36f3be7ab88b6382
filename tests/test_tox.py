"""What tox.ini names one by one is all that there is."""

from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_test_that_needs_frameworks_is_run():
    commands = (ROOT / "tox.ini").read_text().partition("[testenv:all]")[2]
    commands = commands.partition("[testenv:nightly]")[0]
    files = (ROOT / "tests" / "integration").glob("test_*.py")
    folders = (path for where in ("plugins", "examples") for path in (ROOT / where).glob("*/tests"))
    for path in (*files, *folders, ROOT / "tasks" / "tests"):
        assert path.relative_to(ROOT).as_posix() in commands
