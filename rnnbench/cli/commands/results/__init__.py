"""The commands that read what was measured."""
