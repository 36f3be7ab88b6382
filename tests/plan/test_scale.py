import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnbench.errors import UsageError
from rnnbench.plan import scale
from rnnbench.plan.request import Request
from rnnbench.schema.suite import Settings


@given(st.integers(1, 1000), st.integers(1, 100), st.integers(4, 12))
def test_sizes_are_a_geometric_range(first, times, points):
    try:
        found = scale.sizes(first, first * times, points)
    except UsageError:
        assert times < 8
        return
    assert (found[0], found[-1]) == (first, first * times)
    assert 4 <= len(found) <= points
    assert found == sorted(set(found))
    ideal = [first * times ** (k / (points - 1)) for k in range(points)]
    assert all(min(abs(size - one) for one in ideal) <= 0.51 for size in found)


def test_too_narrow_a_range_is_refused():
    with pytest.raises(UsageError, match="only the sizes 1, 2, 3; a fit needs 4"):
        scale.sizes(1, 3, 6)


@pytest.fixture
def expand(registry):
    def call(over="hidden", task="echo", **wanted):
        request = Request(**{"backends": "fake"} | wanted)
        return scale.expand(request, task, "elman", over, [2, 3, 5, 8], registry)

    return call


@pytest.mark.parametrize("over", ["batch", "hidden", "layers"])
def test_a_plan_has_a_comparison_per_size_and_trains_nothing(expand, over):
    made = expand(over)
    assert [getattr(p.comparison, over) for p in made.comparisons] == [2, 3, 5, 8]
    assert {p.comparison.steps for p in made.comparisons} == {0}
    assert {p.max_time for p in made.comparisons} == {scale.MAX_TIME}
    assert made.scale == over


def test_the_length_is_an_option_of_the_task(expand):
    found = [p.comparison.task_options for p in expand("length").comparisons]
    assert found == [{"length": 2}, {}, {"length": 5}, {"length": 8}]  # the default is 3


def test_what_all_sizes_share_is_chosen(expand):
    made = expand("hidden", settings=Settings(batch=7, max_time=0.5), processes=3)
    assert {(p.comparison.batch, p.max_time) for p in made.comparisons} == {(7, 0.5)}
    assert made.processes == 3


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"task": "ecco"}, "unknown task 'ecco'. Did you mean 'echo'?"),
        ({"settings": Settings(hidden=3)}, "--hidden with --over hidden"),
        ({"over": "length", "options": {"echo": {"length": 3}}}, "--set echo.length with --over"),
        ({"options": {"gru": {"x": 3}}}, "'gru' is not run here, so its options"),
    ],
)
def test_what_cannot_be_done_is_told_before_it_is_begun(expand, wanted, message):
    with pytest.raises(UsageError) as raised:
        expand(**wanted)
    assert message in str(raised.value)


@pytest.fixture
def over_devices(registry):
    def call(counts, weak=False, **wanted):
        request = Request(**{"backends": "fake"} | wanted)
        return scale.over_devices(request, "echo", "elman", counts, registry, weak)

    return call


def test_over_devices_the_batch_is_one_and_what_does_not_divide_it_is_left_out(over_devices):
    made = over_devices([1, 2, 3, 4], settings=Settings(batch=8))
    assert [(c.comparison.batch, c.comparison.place) for c in made.comparisons] == [
        (8, "cpu"),
        (8, "2 × cpu"),
        (8, "4 × cpu"),
    ]
    assert (made.scale, {c.comparison.steps for c in made.comparisons}) == ("devices", {0})
    assert "a batch of 8 can't be split evenly over 3 devices: left out" in made.notes


def test_weakly_it_is_that_of_each_device(over_devices):
    made = over_devices([1, 3], weak=True, device="gpu:0")
    assert [(c.comparison.batch, c.comparison.devices) for c in made.comparisons] == [
        (4, []),
        (12, ["gpu:0", "gpu:1", "gpu:2"]),
    ]


@pytest.mark.parametrize(
    ("counts", "wanted", "told"),
    [
        ([1, 3], {}, "a batch of 4 can't be split evenly over 1, 3 devices: give another --batch"),
        ([1, 2], {"devices": ("cpu:0", "cpu:1")}, "--devices with --over devices"),
    ],
)
def test_what_devices_cant_be_run_over_is_told(over_devices, counts, wanted, told):
    with pytest.raises(UsageError, match=told):
        over_devices(counts, **wanted)
