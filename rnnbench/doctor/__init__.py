"""Whether this machine can measure, and what is installed on it."""
