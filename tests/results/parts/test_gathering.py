"""What is gathered from parts equals what is measured alone, but for times and names."""

import shutil

import parted
import pytest
from msgspec.structs import replace
from parted import nobody
from specimens import FAST, MACHINE, OPENED, SLOW, TIMING

from rnnbench.errors import UsageError
from rnnbench.plan.part import part_of
from rnnbench.results import reader
from rnnbench.results.parts import gathering
from rnnbench.results.parts.attempts import attempts, finish
from rnnbench.results.parts.gathering import gather
from rnnbench.results.queries import opened_of, run_of, timings, trainings
from rnnbench.results.work_left import Remaining
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.records.training import Training


def gathered(run, tell=nobody):
    """Return the records of the runs that are gathered, each read again."""
    return [reader.read(file) for file in gather(run, tell)]


def figures(records):
    """Return what was measured, without what differs from run to run."""
    kept = [one for one in records if isinstance(one, Timing | Training)]
    return [
        replace(one, run="", elapsed=0.0, **({"node": None} if is_timing(one) else {}))
        for one in kept
    ]


def is_timing(record):
    return isinstance(record, Timing)


@pytest.mark.parametrize(("of", "split"), [(1, "comparisons"), (4, "comparisons"), (6, "seeds")])
def test_all_parts_are_the_whole_run(tmp_path, of, split):
    whole = parted.plan()
    parted.whole(tmp_path, whole, of, split)
    (records,) = gathered(tmp_path)
    alone = replace(whole, part=None)
    run = run_of(records)
    assert run.plan == alone
    assert run.command == ["rnnbench", "run", "--name", "night"]
    assert run.machine == replace(MACHINE, node="n1", load=None)
    expected = [
        record
        for planned in whole.comparisons
        for record in [parted.timing(planned), *parted.trainings(whole, planned)]
    ]
    same = {
        (one.key, getattr(one, "row", None), getattr(one, "seed", None)): one
        for one in figures(records)
    }
    assert len(same) == len(figures(records)) == len(expected)
    assert all(one in expected for one in same.values())
    assert [one.key for one in timings(records)] == [p.comparison.key for p in whole.comparisons]
    assert set(opened_of(records)) == {FAST, SLOW}
    assert Remaining(run.plan, records).nothing


def test_what_is_not_there_yet_is_left_out_and_comes_later(tmp_path):
    whole = parted.plan()
    first, second = (part_of(whole, number, 2) for number in (1, 2))
    parted.attempt(tmp_path, second, parted.everything(second))
    (records,) = gathered(tmp_path)
    assert [p.comparison.hidden for p in run_of(records).plan.comparisons] == [4, 6, 8]
    parted.attempt(tmp_path, first, parted.everything(first))
    (records,) = gathered(tmp_path)
    assert [p.comparison.hidden for p in run_of(records).plan.comparisons] == [3, 4, 5, 6, 7, 8]


def test_what_has_not_changed_is_not_written_again(tmp_path):
    parted.whole(tmp_path, parted.plan(), 2)
    (file,) = gather(tmp_path, nobody)
    before = file.stat()
    assert gather(tmp_path, nobody) == [file]
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    assert file.stat().st_ino == before.st_ino


def empty(file):
    file.write_bytes(b"")


def shorten(file):
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-2]))


def damage(file):
    file.write_bytes(bytes(file.stat().st_size))


def remove(file):
    shutil.rmtree(file.parent)


@pytest.mark.parametrize("meddle", [empty, shorten, damage, remove])
@pytest.mark.parametrize("parts", [1, 2])
def test_what_was_gathered_outlives_the_parts_that_it_is_from(tmp_path, meddle, parts):
    parted.whole(tmp_path, parted.plan(), 2)
    (file,) = gather(tmp_path, nobody)
    before = file.read_bytes()
    for one in attempts(tmp_path)[:parts]:
        meddle(one.file)
    told = []
    for anew in (False, True):
        assert gather(tmp_path, told.append, anew=anew) == [file]
        assert file.read_bytes() == before
    assert told[-1].endswith(": what was gathered earlier is read")


def test_a_part_that_is_done_at_the_moment_of_a_look_is_found_again(tmp_path, monkeypatch):
    part = part_of(parted.plan(2), 1, 2)
    parted.attempt(tmp_path, part, parted.everything(part), done=False)
    gather(tmp_path, nobody)
    other = part_of(parted.plan(2), 2, 2)
    parted.attempt(tmp_path, other, parted.everything(other))

    def renamed_after(run):
        found = attempts(run)
        for one in found:
            if not one.done:
                finish(one.folder)
        return found

    monkeypatch.setattr(gathering, "attempts", renamed_after)
    assert len(timings(*gathered(tmp_path))) == 2


def test_two_attempts_at_a_part_count_once(tmp_path):
    part = part_of(parted.plan(4), 1, 2)
    first, second = part.comparisons
    parted.attempt(tmp_path, part, [parted.timing(first, seconds=1.0)], done=False)
    again = [parted.timing(first, seconds=2.0), parted.timing(second)]
    parted.attempt(tmp_path, part, [*again, *parted.trainings(part, first)])
    (records,) = gathered(tmp_path)
    assert [(one.key, one.seconds) for one in timings(records)] == [
        *((first.comparison.key, 1.0), (second.comparison.key, TIMING.seconds))
    ]
    assert len(trainings(records)) == 4


def test_what_was_interrupted_or_failed_gives_way(tmp_path):
    part = part_of(parted.plan(3), 1, 1)
    one, two, three = part.comparisons
    crashed = replace(TIMING.rows[1], status="crashed", reason="it fell", processes=[])
    failed = replace(parted.timing(two), rows=[TIMING.rows[0], crashed])
    parted.attempt(
        tmp_path, part, [parted.timing(one, complete=False), failed, parted.timing(three)]
    )
    parted.attempt(tmp_path, part, [parted.timing(two), replace(failed, **named(three))])
    (records,) = gathered(tmp_path)
    found = {each.key: each for each in timings(records)}
    assert not found[one.comparison.key].complete  # there is nothing better
    for each in (two, three):
        assert {row.status for row in found[each.comparison.key].rows} == {"ok"}


def named(planned):
    return {"comparison": planned.comparison, "key": planned.comparison.key}


@pytest.mark.parametrize(
    "other",
    [
        {"machine": replace(MACHINE, cpu="another CPU")},
        {"machine": replace(MACHINE, gpus=["some GPU, 1.2"])},
        {"opened": replace(OPENED, versions={"fake": "1.3", "numpy": "2"})},
        {"rnnbench": "0.2.0"},
    ],
)
def test_another_kind_of_machine_has_a_run_of_its_own(tmp_path, other):
    whole = parted.plan(4)
    for number, first in ((1, parted.begin("n1")), (2, parted.begin("n2", **other))):
        part = part_of(whole, number, 2)
        parted.attempt(tmp_path, part, parted.everything(part), first)
    files = gather(tmp_path, nobody)
    assert files == [tmp_path / "results.jsonl", tmp_path / "machine-2" / "results.jsonl"]
    found = [reader.read(file) for file in files]
    assert [run_of(one).machine.node for one in found] == ["n1", "n2"]
    assert [[p.comparison.hidden for p in run_of(one).plan.comparisons] for one in found] == [
        *([3, 5], [4, 6])
    ]
    assert len({run_of(one).run for one in found}) == 2


def test_nodes_of_one_kind_share_a_run_that_names_them(tmp_path):
    whole = parted.plan(4)
    for number, memory, load in ((1, 8.0, 0.5), (2, 7.9, 3.0)):
        machine = replace(MACHINE, memory_gib=memory, load=load)
        part = part_of(whole, number, 2)
        first = parted.begin(f"n{number}", machine, replace(OPENED, cpus=[number]))
        parted.attempt(tmp_path, part, parted.everything(part), first)
    (records,) = gathered(tmp_path)
    assert run_of(records).machine.node is None
    assert [one.node for one in timings(records)] == ["n1", "n2", "n1", "n2"]


def test_threads_are_those_of_the_machine(tmp_path):
    for number, threads in ((1, 2), (2, 64)):
        part = part_of(parted.plan(4, threads), number, 2)
        machine = replace(MACHINE, cpus=threads)
        parted.attempt(tmp_path, part, parted.everything(part), parted.begin("n", machine))
    found = gathered(tmp_path)
    assert [run_of(one).plan.comparisons[0].comparison.threads for one in found] == [2, 64]


def test_a_seed_that_another_machine_has_trained_belongs_to_the_comparison(tmp_path):
    whole = parted.plan(1)
    for number, threads in ((1, 2), (2, 64)):
        part = part_of(parted.plan(1, threads), number, 2, "seeds")
        machine = replace(MACHINE, cpus=threads)
        parted.attempt(tmp_path, part, parted.everything(part), parted.begin("n", machine))
    (records,) = gathered(tmp_path)
    (planned,) = whole.comparisons
    assert {(one.key, one.seed) for one in trainings(records)} == {
        *((planned.comparison.key, 0), (planned.comparison.key, 1))
    }


def test_a_seed_that_other_code_has_trained_stays_apart(tmp_path):
    for number, version in ((1, "1.2"), (2, "1.3")):
        part = part_of(parted.plan(1), number, 2, "seeds")
        opened = replace(OPENED, versions={"fake": version})
        parted.attempt(tmp_path, part, parted.everything(part), parted.begin("n", opened=opened))
    first, second = gathered(tmp_path)
    assert {one.seed for one in trainings(first)} == {0}
    assert {one.seed for one in trainings(second)} == {1}
    assert not timings(second)


def test_times_add_up(tmp_path):
    parted.whole(tmp_path, parted.plan(), 3)
    (records,) = gathered(tmp_path)
    parts = [reader.read(f) for f in sorted(tmp_path.glob("parts/*/results.jsonl"))]
    total = sum(max(one.elapsed for one in each) for each in parts)
    assert max(one.elapsed for one in records) == pytest.approx(total)


def test_a_file_that_was_not_gathered_is_in_the_way_and_stays(tmp_path):
    parted.whole(tmp_path, parted.plan(), 2)
    (tmp_path / "results.jsonl").write_text("my only copy")
    with pytest.raises(UsageError, match="was not gathered from parts"):
        gather(tmp_path, nobody)
    assert (tmp_path / "results.jsonl").read_text() == "my only copy"


def test_parts_of_different_plans_are_refused(tmp_path):
    for number, count in ((1, 4), (2, 5)):
        part = part_of(parted.plan(count), number, 2)
        parted.attempt(tmp_path, part, parted.everything(part))
    with pytest.raises(UsageError, match="parts of different plans"):
        gather(tmp_path, nobody)
    assert not (tmp_path / "results.jsonl").exists()


def test_a_part_that_was_ended_as_it_began_is_told_and_passed_over(tmp_path):
    parted.whole(tmp_path, parted.plan(2), 2)
    for content in ("", '{"record":"run","sch'):
        folder = parted.claim(tmp_path, 2, 2)
        (folder / "results.jsonl").write_text(content)
    told = []
    (records,) = gathered(tmp_path, told.append)
    assert len(timings(records)) == 2
    assert len(told) == 1
    assert "it is passed over" in told[0]


def test_a_line_that_is_torn_is_told_and_the_others_are_taken(tmp_path):
    part = part_of(parted.plan(2), 1, 1)
    folder = parted.attempt(tmp_path, part, parted.everything(part))
    file = folder / "results.jsonl"
    file.write_bytes(file.read_bytes()[:-30])
    told = []
    (records,) = gathered(tmp_path, told.append)
    assert len(timings(records)) == 2
    assert len(told) == 1


def test_without_parts_there_is_nothing_to_gather(tmp_path):
    with pytest.raises(UsageError, match="no part of this run has begun"):
        gather(tmp_path, nobody)
    parted.claim(tmp_path, 1, 2)
    with pytest.raises(UsageError, match="has written anything yet"):
        gather(tmp_path, nobody)


def test_where_nothing_may_be_written_what_was_gathered_is_read(tmp_path, monkeypatch):
    part = part_of(parted.plan(2), 1, 2)
    parted.attempt(tmp_path, part, parted.everything(part))

    def refuse(path, data):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(gathering, "write_file", refuse)
    with pytest.raises(UsageError, match="its parts can't be gathered there: Permission denied"):
        gather(tmp_path, nobody)
    monkeypatch.undo()
    files = gather(tmp_path, nobody)
    part = part_of(parted.plan(2), 2, 2)
    parted.attempt(tmp_path, part, parted.everything(part))
    monkeypatch.setattr(gathering, "write_file", refuse)
    told = []
    assert gather(tmp_path, told.append) == files
    assert "what was gathered earlier is read" in told[0]


def test_what_is_damaged_or_gone_is_told_each_time(tmp_path):
    whole = parted.plan(4)
    parted.whole(tmp_path, whole, 4)
    places = [tmp_path / "parts" / f"000{k}-of-0004.0.done" / "results.jsonl" for k in (2, 3, 4)]
    text = places[0].read_bytes()
    places[0].write_bytes(text.replace(b'"record":"timing"', b'"record":"tiMing"'))
    places[1].write_bytes(b"")
    places[2].unlink()
    expected = [f"{place} is empty or gone, though its part was done" for place in places[1:]]
    for _ in range(2):
        told = []
        gather(tmp_path, told.append)
        assert told[:2] == expected
        assert "line 4 is set aside" in told[2]


def test_what_was_gathered_is_made_anew_if_asked(tmp_path):
    parted.whole(tmp_path, parted.plan(4), 2)
    (file,) = gather(tmp_path, nobody)
    whole = file.read_bytes()
    file.write_bytes(whole + b"nonsense\n")
    gather(tmp_path, nobody)
    assert file.read_bytes() != whole
    gather(tmp_path, nobody, anew=True)
    assert file.read_bytes() == whole


def test_parts_that_were_edited_are_told(tmp_path):
    first, second = (part_of(parted.plan(4), number, 2) for number in (1, 2))
    parted.attempt(tmp_path, first, [])
    parted.attempt(tmp_path, replace(second, comparisons=first.comparisons), [])
    with pytest.raises(UsageError, match="do not fit together: its plan has a comparison twice"):
        gather(tmp_path, nobody)


def test_what_has_begun_and_measured_nothing_is_a_run_without_rows(tmp_path):
    part = part_of(parted.plan(4), 1, 2)
    parted.attempt(tmp_path, part, [], done=False)
    (records,) = gathered(tmp_path)
    assert [p.comparison.hidden for p in run_of(records).plan.comparisons] == [3, 5]
    assert not timings(records)
