"""Two runs against each other, or two environments of one run: an old side and a new one.

``sides`` takes the figures from the records, ``rows`` pairs and judges them, ``comparability`` says
what else is not the same, and ``gate`` what a program that must not get worse should stop at.
"""
