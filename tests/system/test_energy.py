"""Energy is what the machine counts, and nothing where it counts nothing."""

import sys
from types import SimpleNamespace

import pytest

from rnnbench.system import energy
from rnnbench.system.energy import Meter


@pytest.fixture
def powercap(tmp_path, monkeypatch):
    """A machine with two packages, one of which tells of a part of it, too."""
    monkeypatch.setattr(energy, "POWERCAP", tmp_path)

    def write(**used):
        for name, microjoules in used.items():
            folder = tmp_path / name.replace("_", ":").replace("rapl", "intel-rapl")
            folder.mkdir(exist_ok=True)
            (folder / "energy_uj").write_text(f"{microjoules}\n")
            (folder / "max_energy_range_uj").write_text("9999999\n")

    write(rapl_0=1_000_000, rapl_1=9_000_000, rapl_0_0=5)
    return write


def test_all_packages_count_and_no_part_twice(powercap):
    meter = Meter("cpu")
    powercap(rapl_0=3_500_000, rapl_1=9_250_000, rapl_0_0=900_000)
    assert meter.counts
    assert meter.read() == (2.75, None)


def test_a_counter_may_go_round(powercap):
    meter = Meter("cpu")
    powercap(rapl_0=1_000_000, rapl_1=500_000)
    assert meter.read().cpu == pytest.approx(1.5)


def test_what_may_not_be_read_is_unknown(powercap, tmp_path):
    meter = Meter("cpu")
    (tmp_path / "intel-rapl:1" / "energy_uj").unlink()
    assert meter.read() == (None, None)
    assert not Meter("cpu").counts


def test_where_nothing_counts_nothing_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(energy, "POWERCAP", tmp_path / "nowhere")
    meter = Meter("gpu:0")
    assert not meter.counts
    assert meter.read() == (None, None)


class NVMLError(Exception):
    pass


def nvml(counted):
    """Return a stand-in for the module of nvidia-ml-py, whose GPU 1 counts."""

    def total(handle):
        if handle != 1:
            raise NVMLError
        return counted.pop(0)

    return SimpleNamespace(
        NVMLError=NVMLError,
        nvmlInit=lambda: None,
        nvmlDeviceGetHandleByIndex=lambda number: number,
        nvmlDeviceGetTotalEnergyConsumption=total,
    )


def test_a_gpu_counts_millijoules(powercap, monkeypatch):
    monkeypatch.setitem(sys.modules, "pynvml", nvml([2_000, 2_750]))
    meter = Meter("gpu:1")
    assert meter.read() == (0.0, 0.75)


def test_a_gpu_that_does_not_count_is_unknown(powercap, monkeypatch):
    monkeypatch.setitem(sys.modules, "pynvml", nvml([]))
    assert Meter("gpu:0").read() == (0.0, None)
