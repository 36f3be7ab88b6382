"""The commands that use trained nets."""
