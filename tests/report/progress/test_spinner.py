"""A sign that something takes a while."""

import pytest

from rnnbench.report.progress.spinner import waiting


@pytest.mark.parametrize("quiet", [False, True])
def test_it_is_shown_on_a_terminal_unless_quiet_is_wanted(monkeypatch, capfd, quiet):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    with waiting("counting", quiet=quiet) as update:
        update("counting on")
    assert ("counting" in capfd.readouterr().err) is not quiet
