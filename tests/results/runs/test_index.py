import pytest
from msgspec.structs import replace
from specimens import RUN

from rnnbench.results import codec
from rnnbench.results.runs import index


def written(path, line):
    path.write_bytes(line)
    return index.entry(path)


def test_an_entry_is_what_the_first_line_says(tmp_path):
    line = codec.encode(replace(RUN, run="0123456789abcdef", name="mine"))
    found = written(tmp_path / "a", line + b"anything\n")
    assert (found.run, found.name, found.command) == (
        "0123456789abcdef",
        "mine",
        ("rnnbench", "run"),
    )
    assert found.started.isoformat() == RUN.started
    assert (found.size, found.fault) == (len(line) + 9, None)


def test_runs_of_a_newer_rnnbench_are_runs(tmp_path):
    line = codec.encode(replace(RUN, schema=99))
    assert written(tmp_path / "a", line).fault is None


@pytest.mark.parametrize("end", [b"\r\n", b"\r", b"\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_file_that_was_rewritten_is_the_same_run(tmp_path, mark, end):
    line = codec.encode(replace(RUN, run="0123456789abcdef"))[:-1]
    found = written(tmp_path / "a", mark + line + end + line + end)
    assert (found.run, found.fault) == ("0123456789abcdef", None)


def test_before_schema_3_there_was_no_checksum(tmp_path):
    line = codec.encode(replace(RUN, schema=2))
    assert written(tmp_path / "a", line.partition(b',"crc32"')[0] + b"}\n").fault is None
    line = codec.encode(replace(RUN, schema=3))
    bare = line.partition(b',"crc32"')[0] + b"}\n"
    assert written(tmp_path / "a", bare).fault == "cut off, or without its checksum"


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        (b'"some CPU"', b'"same CPU"', "its checksum differs"),
        (b'"record":"run"', b'"record":"peak"', "not the record of a run"),
        (b'"started":"', b'"started":5,"x":"', "not the record of a run"),
        (b"{", b"[", "not the record of a run"),
        (b"{", b"\xff", "not the record of a run"),
    ],
)
def test_what_is_wrong_with_a_first_line_is_said(tmp_path, before, after, fault):
    line = codec.encode(RUN).replace(before, after, 1)
    assert fault in written(tmp_path / "a", line).fault


def test_a_start_that_is_no_time_is_a_fault(tmp_path):
    found = written(tmp_path / "a", codec.encode(replace(RUN, started="zzzz")))
    assert found.fault == "it began at 'zzzz', which is no time"


def test_times_of_other_zones_are_compared_as_times(tmp_path):
    for name, started in (("b", "2026-01-02T05:00:00+03:00"), ("a", "2026-01-02T03:00:00")):
        (tmp_path / name).write_bytes(codec.encode(replace(RUN, started=started)))
    found = index.entries([tmp_path / "a", tmp_path / "b", tmp_path / "gone"])
    assert [one.file.name for one in found] == ["gone", "b", "a"]
    assert found[0].fault == "No such file or directory"
