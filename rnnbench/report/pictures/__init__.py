"""Pictures: one description per picture, in the grammar of Vega-Lite, for files and pages alike.

A description is a plain dict, so that a page with thousands of them is made in a second, and needs
no library; :mod:`rnnbench.report.pictures.drawing` draws it. Names and texts from results files
stand in its data and titles, never in a field name or an expression.
"""
