"""Exercises of notebook 01, virtual memory."""
