"""A module that can't be imported."""

raise ImportError("libmagic.so.3: cannot open shared object file")
