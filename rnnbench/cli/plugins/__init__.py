"""``rnnbench plugins``."""
