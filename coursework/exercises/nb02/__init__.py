"""Exercises of notebook 02, one entry for every byte."""
