"""Exercises of notebook 09, swap and replacement."""
