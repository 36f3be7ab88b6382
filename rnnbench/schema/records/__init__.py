"""The records of a results file."""
