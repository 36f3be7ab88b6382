"""What the project files of the distributions say alike."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = [ROOT, ROOT / "tasks", *sorted((ROOT / "plugins").glob("rnnbench-*"))]
PROJECTS = {
    folder: tomllib.loads((folder / "pyproject.toml").read_text())["project"] for folder in FOLDERS
}
CORE = PROJECTS[ROOT]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_distribution_says_what_an_index_shows(folder):
    project = PROJECTS[folder]
    assert project["version"] == CORE["version"]
    assert project["requires-python"] == CORE["requires-python"]
    assert project["license"] == CORE["license"]
    assert (folder / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert (folder / project["readme"]).is_file()
    assert project["description"]
    assert project["keywords"]
    assert set(CORE["classifiers"]) <= set(project["classifiers"])


@pytest.mark.parametrize("folder", FOLDERS[1:], ids=lambda folder: folder.name)
def test_a_part_needs_a_core_that_it_fits_and_the_core_has_an_extra_for_it(folder):
    project = PROJECTS[folder]
    least = ".".join(CORE["version"].split(".")[:2])
    assert f"rnnbench>={least}" in project["dependencies"]
    extra = project["name"].removeprefix("rnnbench-")
    (needed,) = CORE["optional-dependencies"][extra]
    assert needed.partition("[")[0] == project["name"]
