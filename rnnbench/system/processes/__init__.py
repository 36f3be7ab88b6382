"""Processes: the bonds between them, the signals they hear, what limits them, how they talk."""
