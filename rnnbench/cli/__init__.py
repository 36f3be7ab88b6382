"""The command line.

``main`` makes the application and ends every command; ``commands`` and ``plugins`` have a module
for each command. Of their options, ``options`` holds those of many commands and ``measurement``
those of the commands that measure, which ``signature`` gives to them; ``values`` parses and checks.
"""
