"""Files of weights, in the format safetensors: names, shapes and numbers, and nothing that runs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
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
#: The keys of our header, and of the checksum of the numbers, among the texts that the format has
#: room for. Files of earlier versions have no checksum.
KEY, CHECKSUM = "rnnbench", "sha256"
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
    checksum = _checksum({name: array.tobytes() for name, array in arrays.items()})
    data = encode(arrays, {KEY: msgspec.json.encode(header).decode(), CHECKSUM: checksum})
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
    texts = _texts(path, data)
    header = _header(path, texts)
    params: Params = {}
    for name, entry in entries:
        group, _, own = name.rpartition(".")
        params.setdefault(group, {})[own] = _array(path, name, entry)
    written = texts.get(CHECKSUM)
    if written is not None and written != _checksum({name: one["data"] for name, one in entries}):
        raise UsageError(
            f"{plain(str(path))} is damaged: its numbers are not those that were written; {INSTEAD}"
        )
    return Weights(path, header, params, hashlib.sha256(data).hexdigest())


def flat(params: Params) -> dict[str, np.ndarray]:
    """Return parameters by ``path.name``."""
    return {
        f"{path}.{name}": array for path, group in params.items() for name, array in group.items()
    }


def _checksum(numbers: Mapping[str, bytes]) -> str:
    """Return the SHA-256 of tensors, whatever their order."""
    found = hashlib.sha256()
    for name in sorted(numbers):
        found.update(name.encode())
        found.update(numbers[name])
    return found.hexdigest()


def _texts(path: Path, data: bytes) -> dict[str, str]:
    """Return the texts of a file; the format begins with the length of its own header, 8 bytes."""
    end = 8 + int.from_bytes(data[:8], "little")
    try:
        head = msgspec.json.decode(data[8:end], type=dict[str, msgspec.Raw])
        found = msgspec.json.decode(head.get("__metadata__", b"{}"), type=dict[str, str])
    except (*UNREADABLE, ValueError):
        raise _unreadable(path, "it is not UTF-8") from None
    if KEY in found:
        return found
    raise UsageError(
        f"{plain(str(path))}: these weights are not of rnnbench, which writes them by "
        "run --save-weights"
    )


def _header(path: Path, texts: Mapping[str, str]) -> Header:
    """Return our header."""
    try:
        text = texts[KEY].encode()
    except ValueError:
        raise _unreadable(path, "it is not UTF-8") from None
    with suppress(*UNREADABLE):
        return msgspec.json.decode(text, type=Header)
    raise _unreadable(path, fault_of(text, Header) or "")


def _unreadable(path: Path, why: str) -> UsageError:
    """Return the error of a file whose texts are none."""
    return UsageError(
        f"{plain(str(path))}: what it says of its weights can't be read: {plain(why)}; {INSTEAD}"
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
