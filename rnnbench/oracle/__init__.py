"""The float64 reference that every row is held against."""
