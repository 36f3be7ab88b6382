"""The kernels are compiled when this is installed; where they can't be, it is installed without."""

import os

from setuptools import Extension, setup

SOURCES = ("native", "kernels_baseline", "kernels_avx2", "kernels_avx512")
HEADERS = ("native.h", "host.h", "kernels.inc")
#: Python's own flags have -g: a fifth of the time, for a library ten times as large.
#: Who sets flags, as for a sanitizer, may want it.
DEBUG = [] if "CXXFLAGS" in os.environ else ["-g0"]

setup(
    ext_modules=[
        Extension(
            "rnnbench_native._kernels",
            [f"rnnbench_native/csrc/{name}.cpp" for name in SOURCES],
            depends=[f"rnnbench_native/csrc/{name}" for name in HEADERS],
            # No -ffast-math, which would change how the whole process treats denormal numbers, and
            # no -march=native: what the CPU has is asked when the library is loaded.
            extra_compile_args=[
                *("-std=gnu++20", "-O3", "-fno-math-errno", "-fno-trapping-math"),
                *DEBUG,
            ],
            extra_link_args=["-pthread"],
            language="c++",
            optional=True,
        )
    ],
    # A folder `build` of an earlier install may hold what was compiled with other flags.
    options={"build_ext": {"force": True}},
)
