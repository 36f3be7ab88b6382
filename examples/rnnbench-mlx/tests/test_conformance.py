from rnnbench.conformance import BackendConformance
from rnnbench_mlx import INFO


class TestMlx(BackendConformance):
    info = INFO
