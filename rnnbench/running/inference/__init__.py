"""Runs that use a trained net: text, and streams of single steps."""
