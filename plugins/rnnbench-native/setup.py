"""The kernels are compiled when this is installed; where they can't be, it is installed without."""

from setuptools import Extension, setup

SOURCES = ("native", "kernels_baseline", "kernels_avx2", "kernels_avx512")
HEADERS = ("native.h", "host.h", "kernels.inc")

setup(
    ext_modules=[
        Extension(
            "rnnbench_native._kernels",
            [f"rnnbench_native/csrc/{name}.cpp" for name in SOURCES],
            depends=[f"rnnbench_native/csrc/{name}" for name in HEADERS],
            # No -ffast-math, which would change how the whole process treats denormal numbers, and
            # no -march=native: what the CPU has is asked when the library is loaded.
            extra_compile_args=["-std=gnu++20", "-O3", "-fno-math-errno", "-fno-trapping-math"],
            extra_link_args=["-pthread"],
            language="c++",
            optional=True,
        )
    ],
    # A folder `build` of an earlier install may hold what was compiled with other flags.
    options={"build_ext": {"force": True}},
)
