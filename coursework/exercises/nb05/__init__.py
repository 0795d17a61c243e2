"""Exercises of notebook 05, huge pages."""
