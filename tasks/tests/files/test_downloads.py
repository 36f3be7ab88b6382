"""No test asks the internet: a server of this machine does what strangers' do, and worse."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pooch
import pytest
import requests
from requests.adapters import BaseAdapter

from rnnbench import UsageError
from rnnbench_tasks.files import downloads
from rnnbench_tasks.files.downloads import Source, fetch

CONTENT = b"to be, or not to be: " * 10_000
OTHERWISE = "do without"


class Handler(BaseHTTPRequestHandler):
    """Answers by path, and remembers what it was asked for."""

    asked: list[str]
    enough: threading.Event

    def do_GET(self) -> None:
        self.asked.append(self.path)
        with contextlib.suppress(OSError):  # a client may have had enough
            getattr(self, self.path[1:])()

    def begin(self, status: int, **headers: Any) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def good(self) -> None:
        self.begin(200, Content_Length=len(CONTENT))
        self.wfile.write(CONTENT)

    def moved(self) -> None:
        self.begin(302, Location="/good")

    def missing(self) -> None:
        self.begin(404, Content_Length=0)

    def other(self) -> None:
        self.begin(200)
        self.wfile.write(CONTENT[::-1])

    def cut(self) -> None:
        self.begin(200, Content_Length=len(CONTENT))
        self.wfile.write(CONTENT[: len(CONTENT) // 2])

    def cut_without_length(self) -> None:
        self.begin(200)
        self.wfile.write(CONTENT[: len(CONTENT) // 2])

    def endless(self) -> None:
        self.begin(200)
        while True:
            self.wfile.write(CONTENT)

    def longer(self) -> None:
        self.begin(200, Content_Length=len(CONTENT) + 1)
        self.wfile.write(CONTENT + b"!")

    def dribbling(self) -> None:
        self.begin(200, Content_Length=len(CONTENT))
        self.dribble(CONTENT)

    def dribbling_headers(self) -> None:
        self.dribble(b"HTTP/1.0 200 OK\r\n" + b"X: y\r\n" * 1000)

    def dribble(self, data: bytes) -> None:
        for byte in data:
            if self.enough.wait(0.02):
                return
            self.wfile.write(bytes([byte]))

    def round(self) -> None:
        self.begin(302, Location="/round")

    def log_message(self, *arguments: Any) -> None:
        """Print nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a server that speaks plain HTTP."""
    monkeypatch.setattr(Handler, "asked", [], raising=False)
    monkeypatch.setattr(Handler, "enough", threading.Event(), raising=False)
    monkeypatch.setenv("NO_PROXY", "*")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{made.server_port}"
        Handler.enough.set()
        made.shutdown()
        thread.join()


@pytest.fixture
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take plain HTTP for HTTPS, for what has nothing to do with the difference."""
    monkeypatch.setattr(downloads, "_https", requests.Session)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache in a folder of the test."""
    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path / name)
    return tmp_path / "rnnbench"


def source(url: str) -> Source:
    return Source(url, "text.txt", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


def refused(url: str, cache: Path) -> str:
    """Return the one line that says why nothing was fetched; nothing is left in the cache."""
    with pytest.raises(UsageError) as caught:
        fetch(source(url), OTHERWISE)
    message = str(caught.value)
    assert "\n" not in message
    assert url in message
    assert message.endswith(f": save it by hand as {cache / 'text.txt'}, or {OTHERWISE}")
    assert list(cache.iterdir()) == []
    return message


@pytest.mark.usefixtures("plain_http")
@pytest.mark.parametrize("path", ["good", "moved"])
def test_fetched_once_and_quietly(
    server: str, path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert fetch(source(f"{server}/{path}"), OTHERWISE).read_bytes() == CONTENT
    assert Handler.asked.count(f"/{path}") == 1
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("plain_http")
@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing", "(HTTP 404)"),
        ("other", "returned another file"),
        ("cut", "(it broke off)"),
        ("cut_without_length", "returned another file"),
        ("endless", "(it is larger than the 210000 bytes it should have)"),
        ("longer", "(it is larger than the 210000 bytes it should have)"),
        ("round", "(TooManyRedirects)"),
    ],
)
def test_what_is_not_the_file_is_refused(server: str, cache: Path, path: str, reason: str) -> None:
    assert reason in refused(f"{server}/{path}", cache)


@pytest.mark.usefixtures("plain_http")
@pytest.mark.parametrize("path", ["dribbling", "dribbling_headers"])
def test_a_byte_now_and_then_has_an_end_in_all(
    server: str, cache: Path, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "LONGEST", 0.5)
    start = time.monotonic()
    assert "(it was not there in 0.5 seconds)" in refused(f"{server}/{path}", cache)
    assert time.monotonic() - start < 10


@pytest.mark.parametrize("kind", ["fifo", "folder", "device", "huge"])
def test_what_cannot_be_the_file_is_not_read(cache: Path, kind: str) -> None:
    cache.mkdir()
    place = cache / "text.txt"
    if kind == "fifo":
        os.mkfifo(place)
    elif kind == "folder":
        place.mkdir()
    elif kind == "device":
        place.symlink_to("/dev/zero")
    else:
        with place.open("wb") as file:
            file.truncate(1 << 40)
    with pytest.raises(UsageError, match=r"text\.txt is not https://.* remove it, or do without"):
        fetch(source("https://example.org/text.txt"), OTHERWISE)
    assert place.exists()


@pytest.mark.usefixtures("plain_http")
def test_no_server(cache: Path, server: str) -> None:
    assert "(ConnectionError)" in refused("http://127.0.0.1:1/good", cache)


def test_plain_http_is_not_asked(server: str, cache: Path) -> None:
    assert "elsewhere than to HTTPS" in refused(f"{server}/good", cache)
    assert Handler.asked == []


class Redirecting(BaseAdapter):
    """Stands for a server that is reached over HTTPS and leads away from it."""

    def __init__(self, location: str) -> None:
        super().__init__()
        self.location = location

    def send(self, request: requests.PreparedRequest, **settings: Any) -> requests.Response:  # type: ignore[override]
        response = requests.Response()
        response.request, response.url, response.status_code = request, str(request.url), 302
        response.headers["Location"] = self.location
        response.raw = io.BytesIO()
        return response

    def close(self) -> None:
        """Have nothing to close."""


@pytest.mark.parametrize("scheme", ["http", "ftp", "file"])
def test_no_redirect_leads_out_of_https(
    server: str, cache: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    session = downloads._https()
    session.mount("https://", Redirecting(f"{scheme}{server.removeprefix('http')}/good"))
    monkeypatch.setattr(downloads, "_https", lambda: session)
    assert "elsewhere than to HTTPS" in refused("https://example.org/text.txt", cache)
    assert Handler.asked == []


@pytest.mark.usefixtures("plain_http")
def test_a_damaged_file_of_the_cache_is_replaced(server: str, cache: Path) -> None:
    cache.mkdir()
    (cache / "text.txt").write_bytes(CONTENT[:-1])
    assert fetch(source(f"{server}/good"), OTHERWISE).read_bytes() == CONTENT


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "rnnbench").touch()
    with pytest.raises(UsageError, match="can't fetch"):
        fetch(source("https://example.org/text.txt"), OTHERWISE)


DOWNLOADER = """
import sys
from pathlib import Path
import pooch, requests
from rnnbench_tasks.files import downloads
pooch.os_cache = lambda name: Path(sys.argv[1])
downloads._https = requests.Session
downloads.fetch(downloads.Source(sys.argv[2], "other.txt", 1 << 20, "0" * 64), "")
"""


@pytest.mark.usefixtures("plain_http")
def test_what_a_killed_download_has_left_goes_with_the_next_one(server: str, cache: Path) -> None:
    cache.mkdir()
    (cache / "tmp-notes").write_text("my only copy")
    (cache / "tmpabcd1234").mkdir()
    known = {"tmp-notes", "tmpabcd1234"}
    command = [sys.executable, "-c", DOWNLOADER, str(cache), f"{server}/dribbling"]
    with subprocess.Popen(command) as process:
        try:
            # Before it asks, there may be a file that comes and goes: whether one can write here.
            while "/dribbling" not in Handler.asked:
                assert process.poll() is None
                time.sleep(0.01)
            left = {path.name for path in cache.iterdir()} - known
            assert left
            assert fetch(source(f"{server}/good"), OTHERWISE).read_bytes() == CONTENT
            assert left < {path.name for path in cache.iterdir()}  # it may go on
        finally:
            process.kill()
    (cache / "text.txt").unlink()
    assert fetch(source(f"{server}/good"), OTHERWISE).read_bytes() == CONTENT
    assert {path.name for path in cache.iterdir()} == known | {"text.txt"}
