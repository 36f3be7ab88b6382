"""What a timed block must leave behind, and how far a program is from it.

A check before timing proves what is done there. An audit proves a block that was timed: it starts
from weights and a state that the parent has drawn, and what is left is asked for when it is over.
"""
