"""Exercises of notebook 04, multi-level paging."""
