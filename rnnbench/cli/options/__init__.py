"""The options of commands.

``shared`` holds those of many commands. ``measurement`` holds those of the commands that measure;
``signature`` gives them to each. ``values`` parses and checks what is given.
"""
