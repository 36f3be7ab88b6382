"""Texts with a label each, in batches of several lengths."""
