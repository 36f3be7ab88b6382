"""Sites made of the published runs, of synthetic ones and of a stranger's; and a browser."""

import os
import shutil

import pytest
from msgspec.structs import replace
from pictured import HOSTILE, hostile
from sites import again, write

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """A site of two runs on one machine."""
    runs = [
        again("old", "2025-01-02T03:04:05+00:00", "a" * 40),
        again("new", "2026-01-02T03:04:05+00:00", "b" * 40),
    ]
    return write(tmp_path_factory.mktemp("site") / "public", runs)


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory):
    """A site of runs that hold a stranger's texts."""
    runs = []
    for number, text in enumerate(HOSTILE):
        run, *others = (replace(one, run=f"{number}") for one in hostile(text))
        runs.append([replace(run, name=f"{number}{text}"), *others])
    return write(tmp_path_factory.mktemp("hostile") / "public", runs)


@pytest.fixture(scope="session")
def browser():
    """A browser without a window, that opens files; see ``visit``."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no chromium is installed")
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def visit(browser):
    """Open a file in a window so wide; what goes wrong there fails the test at its end."""
    wrong, pages = [], []

    def opened(path, width=1280, after=""):
        page = browser.new_page(viewport={"width": width, "height": 900})
        pages.append(page)
        page.set_default_timeout(120_000)  # however busy the machine
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.on("request", lambda one: one.url.startswith("file:") or wrong.append(one.url))
        page.goto(f"{path.as_uri()}{after}")
        return page

    yield opened
    for page in pages:
        page.close()
    assert wrong == []
