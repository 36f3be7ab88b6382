import errno
import os
import shutil
import stat
from pathlib import Path

import pytest
from msgspec.structs import replace
from specimens import RUN, TRAINED

from rnnbench.errors import UsageError
from rnnbench.results.runs import baselines, folders
from rnnbench.results.runs.folders import FILE
from rnnbench.results.writer import Writer


def begun(out, folder, day, name=None):
    """Begin a run on a day of January; return its folder."""
    (out / folder).mkdir(parents=True)
    with Writer(out / folder / FILE) as writer:
        writer.write(replace(RUN, started=f"2026-01-{day:02}T03:04:05+00:00", name=name))
    return out / folder


def identity(folder):
    """Return the id of the run in a folder."""
    return folders.entries(folder.parent)[-1].run


@pytest.fixture
def out(tmp_path):
    """Three runs whose folders stand in another order than they were begun in."""
    begun(tmp_path / "out", "zero", 1)
    begun(tmp_path / "out", "one", 2, name="before")
    begun(tmp_path / "out", "alpha", 3, name="after")
    return tmp_path / "out"


def test_a_folder_is_named_by_its_start(tmp_path):
    folder = folders.new_folder(tmp_path / "a" / "b", RUN.started)
    assert folder == tmp_path / "a" / "b" / "20260102T030405Z"
    assert folder.is_dir()


def test_runs_of_the_same_second_get_folders_of_their_own_in_order(tmp_path):
    made = [folders.new_folder(tmp_path, RUN.started) for _ in range(12)]
    assert len(set(made)) == 12
    for folder in made:
        with Writer(folder / FILE) as writer:
            writer.write(RUN)
    assert [path.parent for path in folders.runs(tmp_path)] == made


def test_a_folder_bears_the_name_of_its_run(tmp_path):
    assert folders.new_folder(tmp_path, RUN.started, "before.2-x") == tmp_path / "before.2-x"


@pytest.mark.parametrize("name", ["", ".", "..", "-x", "a b", "a/b", "é", "a\n", "x" * 65])
def test_a_name_that_a_shell_would_not_take_as_it_is_is_none(tmp_path, name):
    with pytest.raises(UsageError, match=r"--name .*: a name has letters, digits"):
        folders.new_folder(tmp_path, RUN.started, name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["latest", "Latest", "baselines"])
def test_a_name_with_a_meaning_of_its_own_is_refused(tmp_path, name):
    with pytest.raises(UsageError, match="has a meaning of its own"):
        folders.new_folder(tmp_path, RUN.started, name)


@pytest.mark.parametrize("name", ["alpha", "after"])
def test_a_name_is_given_once_though_the_folder_was_renamed(out, name):
    with pytest.raises(UsageError, match=rf"--name {name}: .*alpha has this name; take another"):
        folders.new_folder(out, RUN.started, name)


def test_a_folder_without_a_run_has_its_name_too(tmp_path):
    (tmp_path / "mine").mkdir()
    with pytest.raises(UsageError, match="mine is there already; take another name"):
        folders.new_folder(tmp_path, RUN.started, "mine")


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=r"^--out .*file: "):
        folders.new_folder(tmp_path / "file", RUN.started)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_is_forbidden_is_an_error(tmp_path):
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(UsageError, match="Permission denied"):
        folders.new_folder(tmp_path, RUN.started)


@pytest.mark.parametrize("run", [None, "latest"])
def test_the_newest_is_the_one_that_was_begun_last(out, run):
    assert folders.find(run, out) == out / "alpha" / FILE


def test_a_renamed_copied_or_touched_run_is_not_the_newest(out):
    (out / "zero").rename(out / "zzz-kept")
    shutil.copytree(out / "one", out / "20990101T000000Z")
    os.utime(out / "zzz-kept" / FILE)
    assert folders.look_up(None, out) == (out / "alpha" / FILE, [], [])
    assert [path.parent.name for path in folders.runs(out)][-1] == "alpha"


def test_of_copies_the_one_with_most_is_found_and_the_others_are_told(out):
    shutil.copytree(out / "alpha", out / "copy")
    with Writer(out / "copy" / FILE, new=False) as writer:
        writer.write(TRAINED)
    for run in (None, "after", identity(out / "alpha")):
        found = folders.look_up(run, out)
        assert (found.file, found.copies) == (out / "copy" / FILE, [out / "alpha" / FILE])
    assert folders.look_up("alpha", out) == (out / "alpha" / FILE, (), ())


def test_a_damaged_run_is_passed_over_and_told(out):
    (out / "damaged").mkdir()
    (out / "damaged" / FILE).write_bytes((out / "alpha" / FILE).read_bytes()[:-30] + b"\n")
    found = folders.look_up(None, out)
    assert found.file == out / "alpha" / FILE
    ((file, fault),) = [(one.file, one.fault) for one in found.passed_over]
    assert (file.parent.name, "not the record of a run" in fault) == ("damaged", True)
    assert folders.find("damaged", out) == file  # whoever names it hears what is wrong
    assert len(folders.runs(out)) == 4


@pytest.mark.parametrize(
    ("run", "folder"),
    [("zero", "zero"), ("before", "one"), ("after", "alpha"), ("bef", "one"), ("z", "zero")],
)
def test_a_run_is_found_by_its_folder_its_name_or_the_beginning_of_one(out, run, folder):
    assert folders.find(run, out) == out / folder / FILE


def test_a_run_is_found_by_its_id_or_the_beginning_of_it(out):
    last = identity(out / "alpha")
    assert folders.find(last, out) == folders.find(last[:12], out) == out / "alpha" / FILE


def test_a_run_is_found_by_its_path(out, tmp_path, monkeypatch):
    for path in (out / "one", out / "one" / FILE):
        assert folders.find(str(path), tmp_path) == out / "one" / FILE
    monkeypatch.chdir(out / "one")
    assert folders.find(".", Path("results")).resolve() == out / "one" / FILE
    assert folders.find(FILE, Path("results")) == Path(FILE)


def test_the_name_of_a_folder_comes_before_a_file_that_is_called_so(out, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("one").write_text("no results")
    assert folders.find("one", out) == out / "one" / FILE


def test_a_beginning_that_several_runs_have_lists_them(out):
    begun(out, "ample", 5)
    with pytest.raises(UsageError, match=r"'a' means several runs: alpha, ample; say more"):
        folders.find("a", out)


def test_a_name_that_is_nearly_one_is_asked_for(out):
    with pytest.raises(UsageError, match=r"no run 'befor_' .*did you mean 'before'\?"):
        folders.find("befor_", out)


def test_a_baseline_is_asked_for_and_named_too(out):
    baselines.save("main", out / "one" / FILE, out)
    told = r"no run 'mian' .*did you mean 'main'\?\): there are .*alpha; baselines: main$"
    with pytest.raises(UsageError, match=told):
        folders.find("mian", out)


@pytest.mark.parametrize("run", ["2024", "", "\0", "x" * 300])
def test_what_names_no_run_is_told_with_some_that_there_are(out, run):
    with pytest.raises(UsageError, match=r"no run .*: there are zero, one, alpha$"):
        folders.find(run, out)


def test_of_many_runs_the_newest_are_named(tmp_path):
    for day in range(1, 9):
        begun(tmp_path, f"run{day}", day)
    with pytest.raises(UsageError, match=r"there are run4, run5, run6, run7, run8, and 3 more$"):
        folders.find("x", tmp_path)


def test_an_empty_folder_tells_how_to_fill_it(tmp_path):
    with pytest.raises(UsageError, match="rnnbench run makes one"):
        folders.find(None, tmp_path / "nowhere")
    with pytest.raises(UsageError, match=r"no run 'x' in .*: there are none"):
        folders.find("x", tmp_path)


def test_a_folder_that_nobody_may_read_is_not_one_without_runs(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    monkeypatch.setattr(folders.os, "scandir", refuse)
    with pytest.raises(UsageError, match="Permission denied"):
        folders.entries(tmp_path)
