"""Prints the ratios, which are what these benchmarks are for."""


def pytest_terminal_summary(terminalreporter, config):
    session = getattr(config, "_benchmarksession", None)
    measured = [b for b in session.benchmarks if "ratio" in b.extra_info] if session else []
    if measured:
        terminalreporter.section("ratio to a hand-written loop (95 % interval)")
    for bench in measured:
        info = bench.extra_info
        ends = f"[{info['low']:.3f}, {info['high']:.3f}]"
        terminalreporter.write_line(f"{bench.name:60} {info['ratio']:.3f} {ends}")
