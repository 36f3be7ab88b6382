"""The threads of BLAS in this process."""

from threadpoolctl import threadpool_info


def blas_threads():
    """Return with how many threads products of NumPy are computed."""
    return max(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")
