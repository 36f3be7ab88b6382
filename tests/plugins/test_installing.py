import pytest

from rnnbench.plugins import installing
from rnnbench.plugins.installing import command_to_install


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(installing, "ROOT", tmp_path)
    for folder in ("tasks", "plugins/rnnbench-torch"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "pyproject.toml").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("distribution", "folder"),
    [("rnnbench-tasks", "tasks"), ("rnnbench-torch", "plugins/rnnbench-torch")],
)
def test_a_folder_of_the_checkout_is_named_from_where_we_are(
    checkout, monkeypatch, distribution, folder
):
    monkeypatch.chdir(checkout)
    assert command_to_install(distribution) == f"pip install ./{folder}"
    (checkout / "docs").mkdir()
    monkeypatch.chdir(checkout / "docs")
    assert command_to_install(distribution) == f"pip install ../{folder}"


def test_no_checkout_is_named_that_is_not_there(checkout):
    assert command_to_install("rnnbench-jax") == "pip install rnnbench-jax"
