"""Whether this machine can measure."""
