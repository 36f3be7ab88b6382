from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pooch
import pytest

from rnnbench.errors import UsageError
from rnnbench_tasks import texts
from rnnbench_tasks.language_modeling import LanguageModeling


def refused(path: Path | str) -> str:
    """Return the one line with which a task refuses a text."""
    with pytest.raises(UsageError) as caught:
        LanguageModeling(path=str(path)).check(1)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_missing(tmp_path: Path) -> None:
    assert "no file or folder" in refused(tmp_path / "nothing.txt")


def test_missing_home() -> None:
    assert "can't read" in refused("~no-such-user-here/text.txt")


def test_name_that_no_system_takes() -> None:
    assert "can't read" in refused("a" * 10_000)


def test_empty(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    assert "is empty" in refused(tmp_path / "empty.txt")


def test_binary(tmp_path: Path) -> None:
    (tmp_path / "picture").write_bytes(b"\x89PNG\0\0\0")
    assert "zero bytes" in refused(tmp_path / "picture")


def test_other_encoding(tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes("caf\u00e9 au lait".encode("latin-1"))
    assert "byte 0xe9 at offset 3" in refused(tmp_path / "latin.txt")


def test_too_large(tmp_path: Path) -> None:
    with (tmp_path / "large.txt").open("wb") as file:
        file.truncate(texts.LARGEST + 1)  # sparse: takes no room
    assert "at most 1 GiB" in refused(tmp_path / "large.txt")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in this system's folders")
def test_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "not a regular file" in refused(tmp_path / "pipe")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_forbidden(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (tmp_path / "secret.txt").chmod(0)
    assert "Permission denied" in refused(tmp_path / "secret.txt")


@pytest.mark.parametrize("missing", ["train", "valid"])
def test_folder_lacks_a_part(tmp_path: Path, missing: str) -> None:
    for part in {"train", "valid"} - {missing}:
        (tmp_path / f"{part}.txt").write_text("text", encoding="utf-8")
    assert f"has no {missing}.txt" in refused(tmp_path)


def test_folder_with_two_for_one(tmp_path: Path) -> None:
    for name in ("a.train.txt", "b.train.txt", "valid.txt"):
        (tmp_path / name).write_text("text", encoding="utf-8")
    assert "keep one of a.train.txt, b.train.txt" in refused(tmp_path)


@pytest.mark.parametrize("name", ["{}.txt", "ptb.{}.txt", "wiki.{}.tokens"])
def test_names_in_a_folder(tmp_path: Path, name: str) -> None:
    for part in ("train", "valid", "test"):
        (tmp_path / name.format(part)).write_text(part, encoding="utf-8")
    found = texts.find(str(tmp_path))
    assert found == (tmp_path / name.format("train"), tmp_path / name.format("valid"))


def test_dangling_link(tmp_path: Path) -> None:
    (tmp_path / "x.train.txt").symlink_to(tmp_path / "nothing")
    (tmp_path / "valid.txt").write_text("text", encoding="utf-8")
    assert "can't read" in refused(tmp_path)


def test_python_reference_is_the_same_every_time() -> None:
    text = texts.python_reference()
    assert text == texts.python_reference()
    assert "lambda" in text


def test_python_without_its_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
    with pytest.raises(UsageError, match=r"language-modeling\.path=FILE"):
        texts.python_reference()


Download = Callable[[str, str, Any], None]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache in a folder of the test."""
    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path / name)
    return tmp_path / "rnnbench"


@pytest.fixture
def serve(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Download], None]:
    """Replace the network by a function."""

    def replace(download: Download) -> None:
        monkeypatch.setattr(pooch.core, "choose_downloader", lambda url, progressbar: download)

    return replace


def shakespeare() -> LanguageModeling:
    return LanguageModeling(text="tiny-shakespeare", length=4)


def test_no_network(cache: Path, serve: Callable[[Download], None]) -> None:
    def offline(url: str, file: str, pooch: Any) -> None:
        raise ConnectionError

    serve(offline)
    with pytest.raises(UsageError) as caught:
        shakespeare().check(1)
    message = str(caught.value)
    assert "\n" not in message
    assert texts.SHAKESPEARE_URL in message
    assert str(cache / "tinyshakespeare.txt") in message
    assert "--set language-modeling.path=FILE" in message
    assert list(cache.iterdir()) == []


def test_wrong_file_from_the_network(cache: Path, serve: Callable[[Download], None]) -> None:
    serve(lambda url, file, pooch: Path(file).write_text("404: Not Found", encoding="utf-8"))
    with pytest.raises(UsageError, match=f"another file.*{texts.SHAKESPEARE_SHA256}"):
        shakespeare().check(1)
    assert list(cache.iterdir()) == []


def test_fetched_once_and_quietly(
    cache: Path,
    serve: Callable[[Download], None],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    content, asked = b"to be, or not to be: " * 20, []
    monkeypatch.setattr(texts, "SHAKESPEARE_SHA256", hashlib.sha256(content).hexdigest())

    def download(url: str, file: str, pooch: Any) -> None:
        asked.append(url)
        Path(file).write_bytes(content)

    serve(download)
    shakespeare().check(1)
    assert shakespeare().data_hash == hashlib.sha256(content).hexdigest()
    assert asked == [texts.SHAKESPEARE_URL]
    assert capfd.readouterr() == ("", "")


def test_saved_by_hand(
    cache: Path, serve: Callable[[Download], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(lambda url, file, pooch: pytest.fail("asked the network"))
    content = b"to be, or not to be: " * 20
    monkeypatch.setattr(texts, "SHAKESPEARE_SHA256", hashlib.sha256(content).hexdigest())
    cache.mkdir()
    (cache / "tinyshakespeare.txt").write_bytes(content)
    shakespeare().check(1)
