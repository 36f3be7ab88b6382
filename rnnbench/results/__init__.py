"""Results files: one record per line, appended and read."""
