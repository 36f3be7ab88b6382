"""What a notebook or a script calls: runs and their results, in the words of the command line."""
