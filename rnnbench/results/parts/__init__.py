"""A run that was measured in parts: their folders, and the run that is gathered from them."""
