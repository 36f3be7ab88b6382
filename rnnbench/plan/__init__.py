"""From a suite and options to comparisons."""
