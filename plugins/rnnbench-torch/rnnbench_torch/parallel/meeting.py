"""Where ranks meet: a store on a free local port, and torch.distributed's process group."""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from typing import Any

import torch
from torch import distributed
from torch.distributed import TCPStore  # type: ignore[attr-defined]  # it has no stub

#: The interface that never leaves this machine.
HOST = "127.0.0.1"


def store(patience: float) -> tuple[Any, int]:
    """Open the store of the first rank; return it with its port."""
    listening = socket.create_server((HOST, 0))
    port = listening.getsockname()[1]
    opened = TCPStore(
        HOST,
        port,
        is_master=True,
        timeout=timedelta(seconds=patience),
        wait_for_workers=False,
        master_listen_fd=listening.detach(),
    )
    return opened, port


def store_at(port: int, patience: float) -> Any:
    """Return the store of the first rank, for another one."""
    limit = timedelta(seconds=patience)
    return TCPStore(HOST, port, timeout=limit, wait_for_workers=False)


def meet(where: Any, rank: int, world: int, device: str, patience: float) -> None:
    """Make the process group, by NCCL on GPUs and by gloo on a CPU; returns when all are there."""
    loopback = next(name for _, name in socket.if_nameindex() if name.startswith("lo"))
    os.environ |= dict.fromkeys(("GLOO_SOCKET_IFNAME", "NCCL_SOCKET_IFNAME"), loopback)
    if device.startswith("gpu"):
        torch.cuda.set_device(device.replace("gpu", "cuda"))
    limit = timedelta(seconds=patience)
    distributed.init_process_group(
        library(device), store=where, rank=rank, world_size=world, timeout=limit
    )


def part() -> None:
    """End the process group of this process, if there is one, whatever the others do."""
    if distributed.is_initialized():
        distributed.destroy_process_group()


def library(device: str) -> str:
    """Return what computes the all-reduce between devices of a kind."""
    return "gloo" if device.startswith("cpu") else "nccl"


def is_lost(error: BaseException) -> bool:
    """Return whether an error only says that another rank has gone, or is silent."""
    classes = (EOFError, OSError, distributed.DistError)
    return isinstance(error, classes) or "gloo" in str(error)


def is_late(error: BaseException) -> bool:
    """Return whether it says that nothing came in time."""
    return isinstance(error, BlockingIOError) or "timed out" in str(error).lower()
