"""Parts of a plan."""

import parted
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from rnnbench.errors import UsageError
from rnnbench.plan.part import digest, parse, part_of, ranges, usual_parts


def keys(plan):
    return [one.comparison.key for one in plan.comparisons]


@given(st.integers(1, 20), st.data())
def test_every_comparison_is_in_one_part_at_the_place_that_it_says(count, data):
    whole = parted.plan(count)
    of = data.draw(st.integers(1, count))
    found = {}
    for number in range(1, of + 1):
        part = part_of(whole, number, of)
        assert part.part.number == number
        assert part.seeds == whole.seeds
        assert part.part.timed
        for index, key in enumerate(keys(part)):
            assert part.part.place(index) not in found
            found[part.part.place(index)] = key
    assert [found[place] for place in range(count)] == keys(whole)


@given(st.integers(1, 6), st.integers(1, 4), st.data())
def test_with_seeds_apart_each_is_trained_once_and_each_comparison_timed_once(count, seeds, data):
    whole = parted.plan(count, seeds=range(seeds))
    of = seeds * data.draw(st.integers(1, count))
    parts = [part_of(whole, number, of, "seeds") for number in range(1, of + 1)]
    trained = [(key, seed) for part in parts for key in keys(part) for seed in part.seeds]
    assert sorted(trained) == sorted((key, seed) for key in keys(whole) for seed in whole.seeds)
    timed = [key for part in parts if part.part.timed for key in keys(part)]
    assert sorted(timed) == sorted(keys(whole))


def test_a_part_is_written_as_3_of_12():
    assert parse("3/12") == (3, 12)
    assert str(part_of(parted.plan(), 2, 3).part) == "2/3"


@pytest.mark.parametrize("text", ["", "3", "0/2", "a/b", "1/2/3", "-1/2", "1 /2", "1/0"])
def test_what_is_no_part_is_refused(text):
    with pytest.raises(UsageError, match="write 3/12 for the third of twelve"):
        parse(text)


def test_a_part_beyond_the_last_is_told():
    with pytest.raises(UsageError, match="there are 3 parts, the last is 3"):
        parse("4/3")


def test_no_part_is_without_anything_to_do():
    with pytest.raises(UsageError, match="7 parts: the plan has 6 comparisons"):
        part_of(parted.plan(6), 1, 7)
    with pytest.raises(UsageError, match=r"a multiple of 2 up to 12, as 2, 4, 6"):
        part_of(parted.plan(6), 1, 3, "seeds")


def test_a_scaling_run_stays_whole():
    with pytest.raises(UsageError, match="belong together"):
        part_of(replace(parted.plan(), scale="hidden"), 1, 2)


def test_the_digest_tells_plans_apart_and_not_the_threads_of_machines():
    assert digest(parted.plan(threads=2)) == digest(parted.plan(threads=64))
    others = [parted.plan(5), parted.plan(seeds=[0]), replace(parted.plan(), precision=0.01)]
    assert len({digest(one) for one in [parted.plan(), *others]}) == 4


def test_where_nobody_says_there_are_as_many_parts_as_there_can_be():
    assert usual_parts(parted.plan(6), "comparisons", 1000) == 6
    assert usual_parts(parted.plan(6), "comparisons", 4) == 4
    assert usual_parts(parted.plan(6), "seeds", 1000) == 12
    assert usual_parts(parted.plan(6), "seeds", 5) == 4


@given(st.sets(st.integers(1, 60), min_size=1))
def test_numbers_are_written_as_ranges(numbers):
    found = set()
    for piece in ranges(list(numbers)).split(","):
        first, _, last = piece.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    assert found == numbers
