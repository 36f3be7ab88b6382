"""What is printed where output is piped, as text."""

from rnnbench.report.formats import terminal


def render(tables):
    return "".join(f"{line.text}\n" for line in terminal.drawn("heading", tables))
