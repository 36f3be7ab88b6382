"""The distributions as an index would get them; `tox -e packages` runs these tests.

Each is built once; a folder with the wheels then stands in for the index.
"""

import json
import os
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest

ROOT = Path(__file__).parents[2]
DISTRIBUTIONS = [ROOT, ROOT / "tasks", *sorted((ROOT / "plugins").glob("rnnbench-*"))]
PROJECTS = [tomllib.loads((path / "pyproject.toml").read_text()) for path in DISTRIBUTIONS]
EXTRAS = {
    (project["project"]["name"], extra)
    for project in PROJECTS
    for extra in project["project"].get("optional-dependencies", ())
}
LICENSE = (ROOT / "LICENSE").read_bytes()


def called(*command, cwd):
    """Return what a command prints; it must succeed, and know nothing of our checkout."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ended = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="session")
def archives(tmp_path_factory):
    """The folder with a source archive of each, and a wheel made of that."""
    folder = tmp_path_factory.mktemp("dist")
    for project in DISTRIBUTIONS:
        build = ("-m", "build", "--no-isolation", "--outdir", folder, project)
        called(sys.executable, *build, cwd=folder)
    return folder


@pytest.fixture
def empty(tmp_path):
    """The Python of an environment in which nothing is installed."""
    venv.create(tmp_path / "venv", with_pip=True)
    return tmp_path / "venv" / "bin" / "python"


def test_each_distribution_is_a_source_archive_and_a_wheel(archives):
    for end in (".tar.gz", ".whl"):
        names = {path.name.partition("-")[0] for path in archives.glob(f"*{end}")}
        assert len(names) == len(DISTRIBUTIONS)


def test_an_index_would_take_them(archives):
    told = called(sys.executable, "-m", "twine", "check", "--strict", *archives.iterdir(), cwd=ROOT)
    assert told.count("PASSED") == 2 * len(DISTRIBUTIONS)


def test_source_archives_carry_license_readme_and_tests(archives):
    for path in archives.glob("*.tar.gz"):
        with tarfile.open(path) as archive:
            names = {name.partition("/")[2] for name in archive.getnames()}
            license_ = archive.extractfile(f"{path.name.removesuffix('.tar.gz')}/LICENSE").read()
        assert license_ == LICENSE
        assert {"README.md", "pyproject.toml"} <= names
        assert any(name.startswith("tests/test_") for name in names), path.name


def test_wheels_carry_license_and_types_and_no_tests(archives):
    for path in archives.glob("*.whl"):
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            (license_,) = (name for name in names if name.endswith(".dist-info/licenses/LICENSE"))
            assert archive.read(license_) == LICENSE
        package = path.name.partition("-")[0]
        assert f"{package}/py.typed" in names
        assert {name.partition("/")[0].partition("-")[0] for name in names} == {package}


def resolved(folder, wanted):
    """Return what would be installed, by name: its version, and where its archives are.

    uv reads what packages say of themselves; pip would first download the frameworks.
    """
    options = ("--python", sys.executable, "--find-links", folder, "--format", "pylock.toml")
    asked = folder / "wanted.in"
    asked.write_text(wanted)
    told = called("uv", "pip", "compile", "--quiet", *options, asked, cwd=folder)
    return {package["name"]: package for package in tomllib.loads(told)["packages"]}


@pytest.mark.parametrize(("name", "extra"), sorted(EXTRAS))
def test_every_extra_resolves_with_our_own_wheels(name, extra, archives):
    found = resolved(archives, f"{name}[{extra}]")
    ours = {one: package for one, package in found.items() if one.startswith("rnnbench")}
    assert {name, "rnnbench"} <= ours.keys()
    for package in ours.values():
        wheels = (Path(unquote(urlparse(wheel["url"]).path)) for wheel in package["wheels"])
        assert {wheel.parent for wheel in wheels} == {archives}
    if (name, extra) == ("rnnbench", "all"):
        backends = {f"rnnbench-{one}" for one in ("numpy", "torch", "tensorflow", "jax")}
        assert {"rnnbench-tasks", *backends} <= ours.keys()


def test_an_empty_environment_runs_the_program(archives, empty, tmp_path):
    extras = "rnnbench[tasks,numpy,plot]"
    called(empty, "-m", "pip", "install", "--quiet", "--find-links", archives, extras, cwd=tmp_path)
    program = empty.with_name("rnnbench")
    rows = ("--backends", "numpy", "--tasks", "adding-problem", "--cells", "lstm", "--steps", "2")
    called(program, "run", *rows, "--max-time", "0.2", cwd=tmp_path)
    (row,) = json.loads(called(program, "show", "--json", cwd=tmp_path))
    assert row["status"] == "ok"
    called(program, "publish", "--format", "html", "--output", "page.html", cwd=tmp_path)
    assert (tmp_path / "page.html").stat().st_size > 1000
