"""Prints the ratios, which are what these benchmarks are for."""

import pytest

#: Rounds of two blocks each.
ROUNDS = 30


def pytest_addoption(parser):
    parser.addoption("--rounds", type=int, default=ROUNDS, help="of each ratio")
    parser.addoption("--quick", action="store_const", dest="rounds", const=8, help="8 rounds")
    parser.addoption("--device", default="cpu", help="of PyTorch and JAX: cpu or gpu:N")


@pytest.fixture
def rounds(request):
    return request.config.getoption("--rounds", default=ROUNDS)


@pytest.fixture
def device(request):
    return request.config.getoption("--device", default="cpu")


def pytest_terminal_summary(terminalreporter, config):
    session = getattr(config, "_benchmarksession", None)
    told = [(b.name, shown(b.extra_info)) for b in session.benchmarks] if session else []
    if any(text for _, text in told):
        terminalreporter.section("ratio to a hand-written loop (95 % interval), overhead")
    for name, text in told:
        if text:
            terminalreporter.write_line(f"{name:60} {text}")


def shown(info):
    """Return what a benchmark has found beside its own times, nothing if there is none."""
    if "beside_ms" in info:
        return f"{info['beside_ms']:.3f} ms beside what is timed"
    if "ratio" not in info:
        return ""
    if info["low"] is None:
        return f"{info['ratio']:.3f} (too few rounds for an interval)"
    return f"{info['ratio']:.3f} [{info['low']:.3f}, {info['high']:.3f}]"
