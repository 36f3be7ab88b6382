import errno
import shutil

import pytest
from pairs import BOTH, QUICK

from rnnbench.errors import UsageError
from rnnbench.results import reader
from rnnbench.results.runs import baselines
from rnnbench.results.runs.folders import FILE
from rnnbench.results.writer import Writer


@pytest.fixture
def out(tmp_path):
    for name, records in (("one", QUICK), ("two", BOTH)):
        (tmp_path / name).mkdir()
        with Writer(tmp_path / name / FILE) as writer:
            for record in records:
                writer.write(record)
    return tmp_path


def test_a_baseline_is_a_whole_run_that_outlives_its_folder(out):
    before = (out / "one" / FILE).read_bytes()
    path = baselines.save("main", out / "one" / FILE, out)
    shutil.rmtree(out / "one")
    assert path == baselines.find("main", out) == out / "baselines" / "main.jsonl"
    assert path.read_bytes() == before
    assert len(reader.read(path)) == len(QUICK)


def test_a_baseline_is_written_over_only_if_that_is_asked_for(out):
    first = baselines.save("main", out / "one" / FILE, out)
    before = first.read_bytes()
    with pytest.raises(UsageError, match=r"baseline 'main' is there already, .*: --force writes"):
        baselines.save("main", out / "two" / FILE, out)
    assert first.read_bytes() == before
    baselines.save("main", out / "two" / FILE, out, replace=True)
    assert first.read_bytes() == (out / "two" / FILE).read_bytes()


def test_what_is_no_baseline_is_never_written_over(out):
    before = (out / "two" / FILE).read_bytes()
    (out / "baselines").mkdir()
    (out / "baselines" / "link.jsonl").symlink_to(out / "two" / FILE)
    (out / "baselines" / "dear.jsonl").write_text("my only copy")
    for name in ("link", "dear"):
        with pytest.raises(UsageError, match=f"{name}.jsonl is no baseline of rnnbench: it stays"):
            baselines.save(name, out / "one" / FILE, out, replace=True)
    assert (out / "two" / FILE).read_bytes() == before
    assert (out / "baselines" / "dear.jsonl").read_text() == "my only copy"


def test_nothing_is_left_of_what_could_not_be_written(out):
    with pytest.raises(UsageError, match=r"baseline 'main': .*: No such file or directory"):
        baselines.save("main", out / "gone", out)
    assert baselines.entries(out) == []
    assert not (out / "baselines").exists()


def test_a_full_disk_is_told_with_the_file_that_has_no_room(out, monkeypatch):
    def write(*_):
        raise OSError(errno.ENOSPC, "No space left on device")  # of a descriptor: no name

    monkeypatch.setattr(baselines, "write_file", write)
    with pytest.raises(UsageError, match=r"baselines/kept.jsonl: No space left on device"):
        baselines.save("kept", out / "one" / FILE, out)


@pytest.mark.parametrize("name", ["../x", "a/b", "", "latest"])
def test_a_name_is_one_that_a_run_could_have(out, name):
    with pytest.raises(UsageError, match="baseline '"):
        baselines.save(name, out / "one" / FILE, out)


def test_baselines_are_listed_by_name_and_those_that_are_damaged_say_so(out):
    for name in ("zeta", "alpha"):
        baselines.save(name, out / "one" / FILE, out)
    (out / "baselines" / "middle.jsonl").write_text("nothing\n")
    found = baselines.entries(out)
    assert [(one.file.stem, one.fault is None) for one in found] == [
        ("alpha", True),
        ("middle", False),
        ("zeta", True),
    ]
    assert baselines.find("beta", out) is None
