"""Exercises of notebook 08, page faults."""
