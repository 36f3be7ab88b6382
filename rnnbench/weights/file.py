"""Files of weights, in the format safetensors: names, shapes and numbers, and nothing that runs."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from rnnbench.errors import UsageError
from rnnbench.models.arrays.trees import Params
from rnnbench.schema.json_faults import UNREADABLE, fault_of
from rnnbench.system.io.files import read_file, write_file
from rnnbench.text import plain
from rnnbench.weights.header import Header

#: How the name of such a file ends.
SUFFIX = ".safetensors"
#: Bytes of a file beyond which it is not read.
LARGEST = 4 << 30
#: The key of our header among the texts that the format has room for.
KEY = "rnnbench"
#: The numbers that weights may be, by their name in the format.
DTYPES = {"F32": "<f4", "F64": "<f8"}
#: What the library says of a file that is none of the format, and what it means.
DAMAGES = {
    "incomplete metadata": "it is cut off, or goes on after its end",
    "header too small": "it is cut off",
    "invalid header length": "it is cut off",
    "invalid shape": "the shapes that it states don't fit its numbers",
    "invalid offset": "the shapes that it states don't fit its numbers",
    "overflow": "the shapes that it states don't fit its numbers",
}
NO_BEGINNING = "it does not begin as such a file"
#: What may be done about one.
INSTEAD = "copy it once more, or train it anew with run --save-weights"


@dataclass(frozen=True)
class Weights:
    """Weights that were read.

    Attributes:
        path: of the file.
        header: what they are.
        params: canonical, by part and name, in the dtype of the row that trained them.
        sha256: of the whole file, which names them.
    """

    path: Path
    header: Header
    params: Params
    sha256: str


def save(path: Path, header: Header, params: Params) -> str:
    """Write weights whole or not at all; return the SHA-256 of the file.

    Args:
        path: of the file; one that is there is replaced.
        header: what they are.
        params: canonical.

    Raises:
        OSError: if it can't be written.
    """
    from safetensors.numpy import save as encode

    arrays = {name: np.ascontiguousarray(array) for name, array in flat(params).items()}
    data = encode(arrays, {KEY: msgspec.json.encode(header).decode()})
    write_file(path, data)
    return hashlib.sha256(data).hexdigest()


def load(path: Path) -> Weights:
    """Read weights.

    Raises:
        UsageError: if it is no such file, is damaged or is not of rnnbench.
    """
    from safetensors import SafetensorError, deserialize

    try:
        data = read_file(path, LARGEST)
        entries = deserialize(data)
    except OSError as error:
        raise UsageError(f"{plain(str(path))}: {error.strerror or error}") from None
    except ValueError as error:  # no name of a file
        raise UsageError(f"{plain(str(path))}: {error}") from None
    except SafetensorError as error:
        why = next((told for word, told in DAMAGES.items() if word in str(error)), NO_BEGINNING)
        raise UsageError(
            f"{plain(str(path))} holds no weights, or is damaged: {why}; {INSTEAD}"
        ) from None
    header = _header(path, data)
    params: Params = {}
    for name, entry in entries:
        group, _, own = name.rpartition(".")
        params.setdefault(group, {})[own] = _array(path, name, entry)
    return Weights(path, header, params, hashlib.sha256(data).hexdigest())


def flat(params: Params) -> dict[str, np.ndarray]:
    """Return parameters by ``path.name``."""
    return {
        f"{path}.{name}": array for path, group in params.items() for name, array in group.items()
    }


def _header(path: Path, data: bytes) -> Header:
    """Return our header; the format begins with the length of its own, eight bytes."""
    end = 8 + int.from_bytes(data[:8], "little")
    try:
        texts = msgspec.json.decode(data[8:end], type=dict[str, msgspec.Raw])
        text = msgspec.json.decode(texts["__metadata__"], type=dict[str, str])[KEY].encode()
    except KeyError:
        raise UsageError(
            f"{plain(str(path))}: these weights are not of rnnbench, which writes them by "
            "run --save-weights"
        ) from None
    except (*UNREADABLE, ValueError):
        why: str | None = "it is not UTF-8"
    else:
        with suppress(*UNREADABLE):
            return msgspec.json.decode(text, type=Header)
        why = fault_of(text, Header)
    raise UsageError(
        f"{plain(str(path))}: what it says of its weights can't be read: {plain(why or '')}; "
        f"{INSTEAD}"
    )


def _array(path: Path, name: str, entry: dict[str, object]) -> np.ndarray:
    """Return one tensor.

    Raises:
        UsageError: if it holds other numbers than weights are.
    """
    dtype = DTYPES.get(str(entry["dtype"]))
    if dtype is None:
        kinds = " or ".join(DTYPES)
        raise UsageError(f"{plain(str(path))}: {plain(name)} is {entry['dtype']}, not {kinds}")
    found = np.frombuffer(entry["data"], dtype).reshape(entry["shape"])  # type: ignore[call-overload]
    if not np.isfinite(found).all():
        raise UsageError(
            f"{plain(str(path))}: {plain(name)} holds values that are no finite numbers"
        )
    return np.asarray(found)
