import errno
import importlib.util
import keyword
import os
import subprocess
import sys
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnbench import errors
from rnnbench.plugins.authoring import scaffold
from rnnbench.plugins.authoring.scaffold import NAME, create, files, next_steps
from rnnbench.plugins.registry import Registry

KINDS = ["backend", "cell", "network", "task"]


def check(project, *command):
    """Run a tool in a project, in an environment as after its installation."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", *command],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module", params=KINDS)
def project(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plugins")
    return create(request.param, f"brand-new-{request.param}", folder, Registry.of())


def test_its_tests_pass_at_once(project):
    said = check(project, "pytest", "-q", "-p", "no:cacheprovider")
    assert "passed" in said
    assert "failed" not in said


@pytest.fixture(scope="module")
def one_cache(tmp_path_factory):
    """What mypy knows of rnnbench and NumPy is the same in every project: it is read once."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("MYPY_CACHE_DIR", str(tmp_path_factory.mktemp("mypy")))
        yield


@pytest.mark.usefixtures("one_cache")
@pytest.mark.parametrize("command", [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]])
def test_format_lint_and_types_are_clean(project, command):
    if not importlib.util.find_spec(command[0]):
        pytest.skip(f"no {command[0]} here")
    check(project, *command)


def test_a_project_is_complete(project):
    module = project.name.replace("-", "_")
    kind = project.name.rpartition("-")[2]
    assert {str(path.relative_to(project)) for path in project.rglob("*.*") if path.is_file()} >= {
        "README.md",
        "pyproject.toml",
        f"{module}/__init__.py",
        f"{module}/py.typed",
        f"{module}/{kind}.py",
        "tests/test_conformance.py",
    }
    described = tomllib.loads((project / "pyproject.toml").read_text())["project"]
    assert described["name"] == project.name
    assert described["entry-points"] == {f"rnnbench.{kind}s": {f"brand-new-{kind}": module}}


@given(kind=st.sampled_from(KINDS), name=st.from_regex(NAME, fullmatch=True))
def test_any_name_makes_python_and_toml(kind, name):
    for path, text in files(kind, name).items():
        assert "$" not in text
        if path.suffix == ".py":
            compile(text, str(path), "exec")
        if path.suffix == ".toml":
            tomllib.loads(text)
        module = path.parts[0]
        assert module.partition(".")[0].isidentifier() or module == "README.md"
        assert not keyword.iskeyword(module)


def test_a_network_is_shown_in_a_task_that_it_solves(tmp_path):
    """One output per step is what it has; some tasks of the default suite want a single one."""
    create("network", "new", tmp_path, Registry.of())
    written = (tmp_path / "rnnbench-new" / "README.md").read_text()
    assert "rnnbench run --networks new --tasks copy-memory " in written


def test_the_command_says_what_to_do_next(cli, tmp_path):
    ended = cli("plugins", "new", "cell", "brand-new", "--output", tmp_path / "a b")
    assert (ended.code, ended.err) == (0, "")
    project = tmp_path / "a b" / "rnnbench-brand-new"
    assert project.is_dir()
    commands = next_steps("cell", "brand-new", project)
    assert len(commands) == 3
    assert all(f"    {command}\n" in ended.out for command in commands)
    assert f"pytest '{project}'" in ended.out


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("cel", "brand-new", "unknown kind of plugin 'cel'. Did you mean 'cell'?"),
        ("kernel", "brand-new", "Known: backend, cell, network, task."),
        ("cell", "Brand", "begin with a small letter"),
        ("cell", "2d", "begin with a small letter"),
        ("cell", "../up", "begin with a small letter"),
        ("cell", "ünder", "begin with a small letter"),
        ("cell", "brand\n", "begin with a small letter"),
        ("cell", "brand-", "begin with a small letter"),
        ("cell", "", "it is empty"),
        ("cell", "all", "not be 'all'"),
        ("cell", "lstm", "the cell 'lstm' exists already, in rnnbench 0.1.0"),
        ("network", "lstm", "the cell 'lstm' exists already, in rnnbench 0.1.0"),
        ("backend", "ghost", "the backend 'ghost' exists already, in fake_plugin"),
        ("backend", "torch", "the backend 'torch' exists already, in rnnbench-torch"),
        ("cell", "n" * 300, "can't be written"),
    ],
)
def test_what_can_not_be_made_is_said(cli, tmp_path, kind, name, said):
    ended = cli("plugins", "new", kind, name, "--output", tmp_path)
    assert ended.code == 2
    assert said in ended.err
    assert list(tmp_path.iterdir()) == []


def test_a_module_that_is_installed_is_not_shadowed(fake, tmp_path, monkeypatch):
    (tmp_path / "rnnbench_brand_new.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(errors.UsageError, match="module 'rnnbench_brand_new' is installed"):
        create("cell", "brand-new", tmp_path, Registry.of())


def test_a_folder_that_exists_is_left_alone(cli, tmp_path):
    mine = tmp_path / "rnnbench-brand-new"
    mine.mkdir()
    ended = cli("plugins", "new", "task", "brand-new", "--output", tmp_path)
    assert (ended.code, list(mine.iterdir())) == (2, [])
    assert f"{mine} exists already" in ended.err


def test_a_folder_that_is_a_file_is_said(cli, tmp_path):
    (tmp_path / "file").touch()
    ended = cli("plugins", "new", "task", "brand-new", "--output", tmp_path / "file")
    assert ended.code == 2
    assert "can't be written" in ended.err


def test_a_full_disk_leaves_no_part_of_a_project(tmp_path, monkeypatch):
    write, written = scaffold.write_file, []

    def fill_up(path, data):
        written.append(path)
        if len(written) == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(path, data)

    monkeypatch.setattr(scaffold, "write_file", fill_up)
    with pytest.raises(errors.UsageError, match="can't be written: No space left on device"):
        create("cell", "brand-new", tmp_path, Registry.of())
    assert (len(written), list(tmp_path.iterdir())) == (3, [])
