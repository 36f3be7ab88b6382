"""What is published of one run or of several: which rows, in which columns, in which tables."""
