"""Cells whose gates say what is kept, taken in and given out."""
