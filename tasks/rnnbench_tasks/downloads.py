"""Files fetched from the network: over HTTPS alone, of a known size and SHA-256, kept in a cache.

A file is never an archive: nothing that is fetched is unpacked.
"""

from __future__ import annotations

import errno
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rnnbench import UsageError

if TYPE_CHECKING:
    import requests

#: Seconds without a byte after which a server is given up.
TIMEOUT = 30


class Source(NamedTuple):
    """A file on the network.

    Attributes:
        url: where it is.
        name: of the file in the cache.
        size: in bytes; a download that goes on beyond them is ended.
        sha256: of its content, as hexadecimal digits.
    """

    url: str
    name: str
    size: int
    sha256: str


def fetch(source: Source, otherwise: str) -> Path:
    """Return a file of the user's cache, downloading it where it is not there.

    Its SHA-256 is checked whenever it is used; a download has another name until it is whole and
    its SHA-256 the right one.

    Args:
        source: the file.
        otherwise: what a user can do beside saving it by hand.

    Raises:
        UsageError: if it is not there and can't be fetched.
    """
    import pooch

    cache = Path(pooch.os_cache("rnnbench"))
    by_hand = f"save it by hand as {cache / source.name}, or {otherwise}"
    pooch.get_logger().setLevel("WARNING")  # it announces each download on the terminal
    save = partial(_save, size=source.size)
    try:
        return Path(pooch.retrieve(source.url, source.sha256, source.name, cache, downloader=save))
    except OSError as error:  # the disk's, and all of the network's
        raise UsageError(f"can't fetch {source.url} ({_why(error)}): {by_hand}") from error
    except ValueError as error:
        raise UsageError(
            f"{source.url} returned another file than the one with SHA-256 {source.sha256}: "
            f"{by_hand}"
        ) from error


def _save(url: str, file: str, _: object, size: int) -> None:
    """Save what is at an address in a temporary file of pooch's.

    Raises:
        OSError: if it can't be fetched over HTTPS, or has more than ``size`` bytes.
    """
    with (
        _https() as session,
        session.get(url, stream=True, timeout=TIMEOUT) as response,
        Path(file).open("wb") as out,
    ):
        response.raise_for_status()
        for chunk in response.iter_content(1 << 16):
            if out.tell() + len(chunk) > size:
                raise OSError(errno.EFBIG, f"it is larger than the {size} bytes it should have")
            out.write(chunk)


def _https() -> requests.Session:
    """Return a session that has nothing but HTTPS, so that no redirect leads out of it."""
    import requests

    session = requests.Session()
    del session.adapters["http://"]
    session.headers["Accept-Encoding"] = "identity"  # the size is that of what is sent
    return session


def _why(error: OSError) -> str:
    """Return in a few words why a download failed."""
    from requests.exceptions import ChunkedEncodingError, HTTPError, InvalidSchema

    match error:
        case InvalidSchema():
            return "it leads elsewhere than to HTTPS"
        case HTTPError(response=response) if response is not None:
            return f"HTTP {response.status_code}"
        case ChunkedEncodingError():
            return "it broke off"
    return error.strerror or type(error).__name__
