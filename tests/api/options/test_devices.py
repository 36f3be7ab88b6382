import pytest

from rnnbench.api.options.devices import places
from rnnbench.errors import UsageError

CPUS, GPUS = ("cpu:0", "cpu:1"), ("gpu:0", "gpu:1")


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (("cpu",), ("cpu", ())),
        (("gpu",), ("gpu:0", ())),
        (("cpu", "2"), ("cpu", CPUS)),
        (("cpu", 2), ("cpu", CPUS)),
        (("gpu", 2), ("gpu:0", GPUS)),
        (("gpu:3", "2"), ("gpu:0", GPUS)),
        (("cpu", "gpu:0,gpu:1"), ("gpu:0", GPUS)),
        (("cpu", ["gpu:0", "gpu:1"]), ("gpu:0", GPUS)),
        (("cpu", "gpu:2, gpu:1"), ("gpu:2", ("gpu:2", "gpu:1"))),
        (("cpu", 1), ("cpu", ())),
        (("cpu", "gpu:1"), ("gpu:1", ())),
    ],
)
def test_devices_are_a_number_or_names(given, found):
    assert places(*given) == found


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("0", "Invalid value for '--devices': 0 is not"),
        ("1001", "Invalid value for '--devices': 1001 is not"),
        ("", "--devices '': '' is no device; it takes a number, or names as gpu:0,gpu:1"),
        ("gpu", "'gpu' is no device"),
        ("gpu:0,tpu:1", "'tpu:1' is no device"),
        ("gpu:0,gpu:9999", "'gpu:9999' is no device"),
        ("gpu:0,cpu:1", "cpu and gpu don't compute one batch"),
        ("gpu:0,gpu:0", "one of them is there twice"),
    ],
)
def test_what_are_no_devices_is_told(given, told):
    with pytest.raises(UsageError) as raised:
        places("cpu", given)
    assert told in str(raised.value)


def test_those_of_a_cpu_are_not_those_of_the_gpu_that_was_asked_for():
    with pytest.raises(UsageError, match="cpu and gpu don't compute one batch"):
        places("gpu", "cpu:0,cpu:1")
