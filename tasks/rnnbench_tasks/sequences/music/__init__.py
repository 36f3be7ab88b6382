"""Music: the next frame of a piano roll."""
