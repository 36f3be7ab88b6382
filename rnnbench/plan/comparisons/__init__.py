"""One comparison: made of what was asked, built, checked and described."""
