"""The page of a run in a notebook, as a browser shows it."""

from specimens import RECORDS

from rnnbench.api.measured_run import Run


def test_the_pictures_of_a_frame_are_drawn(visit, tmp_path):
    (tmp_path / "cell.html").write_text(Run(RECORDS, tmp_path / "results.jsonl")._repr_html_())
    frame = visit(tmp_path / "cell.html").frame_locator("iframe")
    figure = frame.locator("figure.picture").first
    figure.scroll_into_view_if_needed()
    figure.locator("svg").wait_for()
