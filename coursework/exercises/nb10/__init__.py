"""Exercises of notebook 10, root cause."""
