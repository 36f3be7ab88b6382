"""Texts and their translations, written symbol by symbol."""
