from __future__ import annotations

import hashlib
import os
import re
import sys
from pathlib import Path
from typing import NoReturn

import pooch
import pytest
import requests

from rnnbench import UsageError
from rnnbench_tasks.files import texts
from rnnbench_tasks.text.language_modeling import LanguageModeling


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


@pytest.mark.parametrize("path", ["", " "])
def test_no_name(path: str) -> None:
    assert refused(path) == "language-modeling.path is empty: give the path of a file or a folder"
    with pytest.raises(UsageError, match=r"x\.path is empty"):
        texts.folder(path, "x.path", "recordings")


def test_long_names_are_repeated_in_part() -> None:
    assert len(refused("a" * 200_000)) < 400


def test_empty(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    assert "is empty" in refused(tmp_path / "empty.txt")


def test_binary(tmp_path: Path) -> None:
    (tmp_path / "picture").write_bytes(b"\x89PNG\0\0\0")
    assert "zero bytes" in refused(tmp_path / "picture")


def test_other_encoding(tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes("caf\u00e9 au lait".encode("latin-1"))
    assert "byte 0xe9 at offset 3" in refused(tmp_path / "latin.txt")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-le"])
def test_utf_16_is_named(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "wide.txt").write_bytes(("some text\n" * 9).encode(encoding))
    assert re.search(
        r"wide\.txt: it is UTF-\d\d.*: convert it to UTF-8", refused(tmp_path / "wide.txt")
    )


def test_nothing_but_a_mark(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"\xef\xbb\xbf")
    assert "is empty" in refused(tmp_path / "empty.txt")


def test_too_large(tmp_path: Path) -> None:
    with (tmp_path / "large.txt").open("wb") as file:
        file.truncate(2 << 30)  # sparse: takes no room
    assert "2.0 GiB; at most 1 GiB is read" in refused(tmp_path / "large.txt")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in this system's folders")
def test_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "not a regular file" in refused(tmp_path / "pipe")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in this system's folders")
def test_pipe_in_a_folder(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "train.txt")
    (tmp_path / "valid.txt").write_text("text", encoding="utf-8")
    assert "train.txt: not a regular file" in refused(tmp_path)


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_device(device: str) -> None:
    assert "not a regular file" in refused(device)


def test_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert "can't read" in refused(tmp_path / "loop")


def test_folder_that_links_to_itself(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path)
    assert "has no train.txt" in refused(tmp_path / "loop" / "loop" / "loop")


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


def test_saved_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path / name)
    content = b"to be, or not to be: " * 20
    digest = hashlib.sha256(content).hexdigest()
    monkeypatch.setattr(texts, "SHAKESPEARE", texts.SHAKESPEARE._replace(sha256=digest))
    (tmp_path / "rnnbench").mkdir()
    (tmp_path / "rnnbench" / "tinyshakespeare.txt").write_bytes(content)
    shakespeare = LanguageModeling(text="tiny-shakespeare", length=4)
    shakespeare.check(1)
    assert shakespeare.data_hash == digest


def test_no_network_says_what_to_do_instead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def offline(*arguments: object, **named: object) -> NoReturn:
        raise requests.ConnectionError

    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path / name)
    monkeypatch.setattr(requests.Session, "get", offline)
    with pytest.raises(UsageError, match="ConnectionError") as caught:
        LanguageModeling(text="tiny-shakespeare").check(1)
    assert texts.SHAKESPEARE.url in str(caught.value)
    assert "--set language-modeling.path=FILE" in str(caught.value)
