import os
from collections.abc import Iterator
from pathlib import Path

# The same programs at LLVM's lowest level, by XLA's older generator of a CPU's code: it spends much
# of a test's time there otherwise.
if "RNNBENCH_NIGHTLY" not in os.environ:
    os.environ["XLA_FLAGS"] = (
        "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
        " --xla_cpu_use_fusion_emitters=false"
    )

import jax
import pytest

from rnnbench_jax.backend import JaxBackend

JaxBackend.divide_cpu(2)  # before JAX is first used


@pytest.fixture(scope="session", autouse=True)
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What is compiled alike by several tests is compiled once."""
    JaxBackend.configure(2)
    folder = tmp_path_factory.mktemp("compiled")
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
    yield folder
    jax.config.update("jax_compilation_cache_dir", None)
