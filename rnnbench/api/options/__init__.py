"""The options of a call, in the words of the command line: converted, checked, and written out."""
