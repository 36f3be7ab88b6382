"""Tables in LaTeX: with booktabs, the best in bold, what a stranger wrote without a command."""
