"""The exercise of notebook 00: small enough to try out how checks work."""
