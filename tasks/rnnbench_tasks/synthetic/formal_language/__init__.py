"""Formal languages: trained on short words, scored on long ones."""
