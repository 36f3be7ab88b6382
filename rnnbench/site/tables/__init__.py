"""The tables of pages: short ones in HTML, long ones as data."""
