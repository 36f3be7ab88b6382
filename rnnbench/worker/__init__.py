"""The child process: it builds, checks, times and trains one row at a time."""
