"""Forecasting: the value of a series some steps ahead."""
