"""The runs there are: their folders, names, order and baselines."""
