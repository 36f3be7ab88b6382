"""Files, texts and standard streams."""
