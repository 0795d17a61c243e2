"""Exercises of notebook 07, the address space."""
