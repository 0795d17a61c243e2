"""Exercises of notebook 03, one entry for every page."""
