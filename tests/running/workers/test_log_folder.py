"""Logs of workers that belong to no run."""

import pytest

from rnnbench.errors import WorkerError
from rnnbench.running.workers.log_folder import log_folder


def test_a_folder_of_which_nobody_was_told_is_removed():
    with log_folder() as folder:
        folder.told("all went well")
        (folder.path / "a.log").write_text("quiet")
    assert not folder.path.exists()


def test_a_log_that_is_named_stays(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with log_folder() as folder:
        folder.told(f"the worker ended; see {folder.path / 'a.log'}")
    assert folder.path.exists()


def test_so_does_one_that_an_error_names(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def fail(folder):
        raise WorkerError(f"the worker ended; see {folder.path / 'a.log'}", "crashed")

    with pytest.raises(WorkerError), log_folder() as folder:
        fail(folder)
    assert folder.path.exists()


def test_another_error_and_an_interruption_leave_nothing():
    for error in (ValueError("x"), KeyboardInterrupt()):
        with pytest.raises(type(error)), log_folder() as folder:
            raise error
        assert not folder.path.exists()
