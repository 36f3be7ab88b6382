"""The commands for runs in parts, on many machines."""
