"""Exercises of notebook 06, the TLB."""
