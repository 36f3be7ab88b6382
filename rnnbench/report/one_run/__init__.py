"""The tables of one run, and the notes below them."""
