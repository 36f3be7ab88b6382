"""Tasks of written language."""
