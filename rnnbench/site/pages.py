"""Results as pages: one file, or the folder of a site."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from rnnbench.errors import UsageError
from rnnbench.report.publish import publication
from rnnbench.report.publish.selection import Selection
from rnnbench.report.publish.sources import Source
from rnnbench.site import folder, page_sections, single_page
from rnnbench.site.comparisons import entries
from rnnbench.site.page_sections import Section
from rnnbench.site.templating import environment
from rnnbench.system.halves import in_halves
from rnnbench.system.io.files import read_file, write_file, write_new

TITLE = "rnnbench results"
#: The list of the files of a site, by which an earlier one is known, and what of it is stale.
LIST = "files.txt"
#: Its first line: a list of that name alone may be anybody's, of files that are dear to them.
MARK = "# the pages of a site of rnnbench"
#: Bytes of such a list, at most.
LARGEST_LIST = 1 << 26


def page(sources: Sequence[Source], wanted: Selection, asked: publication.Asked) -> bytes:
    """Return the page with the tables and pictures of some runs; a pivot has no pictures."""
    made = [one.made for one in sources]
    if asked.pivot or asked.metrics or asked.caption is not None:
        tables = [Section(one) for one in publication.tables(sources, wanted, asked)]
        return single_page.render(tables, made, asked.title or TITLE, has_pictures=False)
    found = page_sections.everything(sources, wanted)
    return single_page.render(found, made, asked.title or TITLE)


def write_site(
    path: Path,
    sources: Sequence[Source],
    files: Sequence[tuple[Source, Path]],
    wanted: Selection,
    title: str | None,
) -> None:
    """Write a site into a folder of its own; pages of an earlier one that are gone are removed.

    Args:
        path: of the folder.
        sources: the runs, told apart.
        files: runs and their results files.
        wanted: which columns, in which order the rows.
        title: of the site.

    Raises:
        UsageError: if the folder holds something else, or can't be written, or if what pages need
            is not installed.
    """
    environment()  # without which nothing is written
    by_name = {folder.raw_name(source): file for source, file in files}
    published = folder.Published(sources, by_name, title or TITLE, wanted)
    try:
        earlier = earlier_files(path)
        path.mkdir(parents=True, exist_ok=True)
        write_list(path, earlier)
        found = entries(sources, wanted)
        written = in_halves(
            lambda some: put(path, folder.comparisons(published, some), earlier),
            found,
            list[str],
            besides=lambda: put(path, folder.beside(published, found), earlier),
        )
        write_list(path, written)
        for name in earlier.difference(written):
            (path / name).unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or error
        raise UsageError(f"--output {path}: {reason}") from None


def put(path: Path, files: Iterable[tuple[str, bytes]], earlier: set[str]) -> list[str]:
    """Write files into a folder, and over nothing but what an earlier site had; return their names.

    Each is listed before it is written, so that a site that is broken off can be written again.

    Args:
        path: of the folder, which has a list.
        files: name and content of each.
        earlier: the names of those that may be written over.

    Raises:
        UsageError: if something else has such a name, or a file can't be written.
    """
    written = []
    folders: set[Path] = set()
    with (path / LIST).open("a", encoding="utf-8") as listed:
        for name, content in files:
            target = path / name
            if target.parent not in folders or target.is_symlink():
                check_inside(path, name)
                target.parent.mkdir(parents=True, exist_ok=True)
                folders.add(target.parent)
            if name not in earlier:
                check_free(target, content)
                listed.write(f"{name}\n")
                listed.flush()
            write(target, content, name in earlier)
            written.append(name)
    return written


def check_free(target: Path, content: bytes) -> None:
    """Refuse a name that something else has than what is to be written; it is not listed then."""
    if os.path.lexists(target) and not holds(target, content):
        raise UsageError(
            f"--output {target}: this is of no earlier site; remove it, or name another folder"
        )


def write(target: Path, content: bytes, was_ours: bool) -> None:
    """Write a file of a site, unless it is there: over one of an earlier site, or a new one."""
    if holds(target, content):
        return
    try:
        if was_ours:
            write_file(target, content, synced=False)
        else:
            write_new(target, content)
    except OSError as error:
        raise UsageError(f"--output {target}: {error.strerror or error}") from None


def holds(path: Path, content: bytes) -> bool:
    """Return whether a file is what is to be written; it is read sooner than it is replaced."""
    with suppress(OSError):  # who may not read a file may still replace it
        return path.stat().st_size == len(content) and path.read_bytes() == content
    return False


def write_list(path: Path, names: Iterable[str]) -> None:
    """Write the list of the files of a site."""
    write_file(path / LIST, "".join(f"{name}\n" for name in (MARK, *names)).encode())


def earlier_files(path: Path) -> set[str]:
    """Return the files of the site that is in a folder; none where there is no or an empty one.

    Raises:
        UsageError: if the folder holds something else, or is none.
    """
    if path.exists() and not path.is_dir():
        raise UsageError(f"--output {path}: a site is a folder, and this is a file")
    if not path.exists() or not any(path.iterdir()):
        return set()
    listed = path / LIST
    names = read_file(listed, LARGEST_LIST).decode().splitlines() if listed.is_file() else []
    if names[:1] != [MARK]:
        raise UsageError(f"--output {path}: this folder holds something else than an earlier site")
    return {one for one in names[1:] if is_inside(path, one) and not (path / one).is_dir()}


def is_inside(path: Path, name: str) -> bool:
    """Return whether a file of a folder is in it, and no link leads out of it."""
    return (path / name).resolve().is_relative_to(path.resolve())


def check_inside(path: Path, name: str) -> None:
    """Refuse to write through a link to somewhere else."""
    if not is_inside(path, name):
        raise UsageError(f"--output {path}: {name} is a link that leads out of it; remove it")
