"""Tagging: a label for each token of a text."""
