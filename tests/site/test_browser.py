"""The site in a real browser, from files, on a desk and on a phone."""

from importlib import resources
from itertools import islice, pairwise

import pytest
from pictured import HOSTILE, hostile
from sites import again, write
from specimens import KEY, RECORDS
from synthetic import run

from rnnbench.report.pictures.history import FEW
from rnnbench.report.publish.selection import Selection
from rnnbench.report.publish.sources import source
from rnnbench.site import folder, page_sections, single_page
from rnnbench.site.comparisons import entries
from rnnbench.site.templating import asset

WIDTHS = (1280, 390)
#: Seconds within which a page answers, so that it feels immediate.
SMOOTH = 0.3
PAGES = (
    *(f"{name}.html" for name in ("index", "rows", "systems", "machines", "runs", "versions")),
    f"comparisons/{KEY}.html",
)


def shown(page):
    """Return the first cells of the rows that a page shows."""
    return page.locator("tbody tr > :first-child").all_inner_texts()


def address(page):
    """Return what a page has written into its address; what playwright knows of it comes later."""
    return page.evaluate("location.hash")


def draw(page):
    """Scroll until all pictures are drawn; return how many there are."""
    for figure in page.locator("figure.picture").all():
        figure.scroll_into_view_if_needed()
        figure.and_(page.locator("[data-drawn]")).wait_for()  # its svg is there a little sooner
    return page.locator("figure.picture[data-drawn]").count()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_fits_its_window_and_is_accessible(site, visit, name, width):
    page = visit(site / name, width)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert shown(page)
    draw(page)
    axe = pytest.importorskip("axe_playwright_python", reason="axe is not installed")
    page.evaluate((resources.files(axe) / "axe.min.js").read_text())
    found = page.evaluate("axe.run({preload: false})")["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in serious] == []


def test_pictures_alone_are_a_page(cli, visit, tmp_path):
    """Heat maps too are drawn by what a page brings."""
    file = tmp_path / "flow.json"
    few = ("--cells", "elman", "--length", "20", "--hidden", "4", "--radius", "0.5,1.5")
    cli("gradient-flow", *few, "--output", file)
    assert cli("plot", file, "--output", tmp_path / "flow.html").code == 0
    page = visit(tmp_path / "flow.html", 390)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert draw(page) == 1
    assert "spectral radius" in page.locator("svg").text_content()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_are_drawn_in_the_colours_of_the_page(site, visit, scheme):
    page = visit(site / f"comparisons/{KEY}.html")
    page.emulate_media(color_scheme=scheme)
    assert draw(page) == 6  # time, learning curves, score, share of peak, memory, history
    words = page.locator(".drawing svg text").first
    ink = page.evaluate("getComputedStyle(document.body).color")
    assert words.evaluate("one => getComputedStyle(one).fill") == ink


def test_on_paper_all_pictures_are_drawn_and_tables_are_whole(site, visit):
    page = visit(site / f"comparisons/{KEY}.html", 390)
    page.pdf()
    assert page.locator("figure.picture svg").count() == 6
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})  # of A4, within margins of a centimetre
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    boxes = page.locator(".scroll")
    assert boxes.count()
    assert boxes.evaluate_all("all => all.every((one) => one.scrollWidth <= one.clientWidth)")
    assert not page.locator(".tools").first.is_visible()


def test_a_row_is_followed_over_runs_and_revisions(site, visit):
    page = visit(site / f"comparisons/{KEY}.html")
    history = page.locator("section[aria-labelledby=history]")
    assert history.locator("tbody tr").count() == 6
    assert "aaaaaaaaaaaa" in history.inner_text()
    draw(page)
    assert labels_of_runs(history) == [
        ["2025-01-02", "03:04 UTC", "aaaaaaa"],
        ["2026-01-02", "03:04 UTC", "bbbbbbb"],
    ]
    words = history.locator("svg [aria-roledescription=point]").first.get_attribute("aria-label")
    assert "2025-01-02 03:04 UTC · aaaaaaa · old" in words


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("count", [2, FEW, FEW + 1, 12])
def test_date_and_commit_of_a_run_stand_whole_below_the_history(tmp_path, visit, count, width):
    runs = [
        again(f"a name of {day}", f"2026-01-{day:02}T03:04:05+00:00", f"{day:040}"[::-1])
        for day in range(1, count + 1)
    ]
    page = visit(write(tmp_path / "public", runs) / f"comparisons/{KEY}.html", width)
    history = page.locator("section[aria-labelledby=history]")
    draw(page)
    found = labels_of_runs(history)
    told = [f"{day:040}"[::-1][:7] for day in range(1, count + 1)]
    assert [one[-1] for one in found] == told
    assert [one[0][:10] for one in found] == [f"2026-01-{day:02}" for day in range(1, count + 1)]
    boxes = [one.bounding_box() for one in runs_axis(history).locator("text").all()]
    around = history.locator(".drawing").bounding_box()
    assert all(around["x"] <= one["x"] for one in boxes)
    assert all(end(one) <= end(around) for one in boxes)
    assert all(end(one) <= other["x"] for one, other in pairwise(boxes))


def end(box):
    """Return where a box ends at its right."""
    return box["x"] + box["width"]


def runs_axis(history):
    """Return the labels of the axis along which runs stand."""
    return history.locator("svg .role-axis-label").first


def labels_of_runs(history):
    """Return the lines of the label of each run."""
    return [
        one.locator("tspan").all_text_contents() for one in runs_axis(history).locator("text").all()
    ]


def test_tables_sort_by_keyboard_and_filter(site, visit):
    page = visit(site / f"comparisons/{KEY}.html")
    assert shown(page)[:3] == ["fake:good", "fake:second", "fake:raises"]
    button = page.locator("thead button", has_text="train step").first
    button.focus()
    button.press("Enter")
    button.press("Enter")
    assert shown(page)[:3] == ["fake:second", "fake:good", "fake:raises"]  # the unknown is last
    assert button.locator("..").get_attribute("aria-sort") == "descending"
    page.get_by_label("filter").first.fill("good")
    assert shown(page)[0] == "fake:good"
    assert address(page) == "#sort=-train_step_ms&filter=good"


def test_what_is_chosen_stands_in_the_address(site, visit):
    page = visit(site / "rows.html", after="#only.row=fake%3Asecond&sort=-train_step_ms")
    assert page.locator("tbody tr").count() == 2
    assert page.get_by_label("row", exact=True).input_value() == "fake:second"
    page.get_by_label("row", exact=True).select_option("all")
    assert page.locator("tbody tr").count() == 6
    page.get_by_label("status").select_option("failed")
    assert page.locator("tbody tr").count() == 2
    assert address(page) == "#sort=-train_step_ms&only.status=failed"


def test_a_comparison_is_picked_by_keyboard(site, visit):
    page = visit(site / "index.html")
    page.get_by_label("task").focus()
    page.keyboard.type("echo")
    assert address(page) == "#only.task=echo"
    page.get_by_role("link", name="echo lstm").press("Enter")
    page.wait_for_url(f"**/comparisons/{KEY}.html")
    page.get_by_role("link", name="other comparisons of this task").press("Enter")
    page.wait_for_url("**/index.html#only.task=echo")
    assert page.get_by_label("task").input_value() == "echo"


def test_all_links_lead_somewhere(site, visit):
    for name in PAGES:
        page = visit(site / name)
        links = page.evaluate("[...document.links].map((link) => link.href.split('#')[0])")
        assert links
        for link in links:
            assert link.startswith("file://")
            assert (site.parent / link.removeprefix("file://")).exists(), link


def test_a_strangers_texts_run_nothing(hostile_site, visit):
    for path in sorted(hostile_site.rglob("*.html")):
        page = visit(path)
        draw(page)
        assert page.evaluate("window.ran") is None
        assert page.locator("img, iframe, object, script:not([src]):not([type])").count() == 0
        links = page.evaluate("[...document.links].map((link) => link.protocol)")
        assert set(links) == {"file:"}
        page.close()


@pytest.mark.parametrize("text", HOSTILE[:2])
def test_a_section_of_a_long_page_is_unfolded_when_it_comes_into_sight(text, visit, tmp_path):
    own = [source(list(hostile(text)))]
    found = list(page_sections.everything(own, Selection()))
    (tmp_path / "long.html").write_bytes(single_page.render(found * 90, [own[0].made], text))
    page = visit(tmp_path / "long.html")
    assert 0 < page.locator("tbody tr").count() < 3 * 20
    page.locator("section.comparison").last.scroll_into_view_if_needed()
    page.locator("section.comparison").last.locator("tbody tr").first.wait_for()
    page.locator("section.comparison").last.locator("figure svg").first.wait_for()
    assert page.evaluate("window.ran") is None
    assert page.locator("img").count() == 0


def test_a_long_page_is_printed_to_its_end(visit, tmp_path):
    own = [source(RECORDS)]
    found = list(page_sections.everything(own, Selection()))
    (tmp_path / "long.html").write_bytes(single_page.render(found * 61, [own[0].made], "long"))
    page = visit(tmp_path / "long.html")
    page.pdf()
    assert page.locator("figure.picture svg").count() == 61 * 5
    assert page.locator("noscript.folded").count() == 0


def test_ten_thousand_rows_are_there_soon(tmp_path, visit):
    published = folder.Published([source(list(run(2500, rounds=(6, 6))))], {}, "many rows")
    found = folder.drawn(published, entries(published.sources, Selection()))
    (tmp_path / "rows.html").write_bytes(dict(islice(found, 2))["rows.html"])
    (tmp_path / "assets").mkdir()
    for name in ("page.js", "style.css"):
        (tmp_path / "assets" / name).write_text(asset(name))
    (tmp_path / "assets" / "vega.js").write_text("")
    page = visit(tmp_path / "rows.html")
    seconds = stopwatch(page)
    assert "1–50 of 10,000" in page.locator("output").inner_text()
    assert seconds() < 2
    page.locator("thead button", has_text="train step").click()
    assert page.locator("tbody tr").count() == 50
    assert seconds() < SMOOTH
    page.get_by_label("filter").fill("good 25")
    assert seconds() < SMOOTH
    page.get_by_role("button", name="next").click()
    assert seconds() < SMOOTH


def stopwatch(page):
    """Return what tells the CPU seconds of a page's script and layout since it was last asked.

    They are those of its thread, so that it does not matter what else the machine does.
    """
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = [0.0]

    def seconds():
        found = session.send("Performance.getMetrics")["metrics"]
        now = next(one["value"] for one in found if one["name"] == "TaskDuration")
        passed, before[0] = now - before[0], now
        return passed

    return seconds
