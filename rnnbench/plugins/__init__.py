"""Plugins: found, judged, registered."""
