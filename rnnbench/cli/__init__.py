"""The command line.

``main`` makes the application and ends every command; ``commands`` and ``plugins`` have a module
for each command, and ``options`` what they take.
"""
