"""Trained weights in files: what is in one, how it is written, and how a strange one is refused."""
