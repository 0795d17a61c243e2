"""Bytes and pages: what one flat table of entries says, costs, and wastes."""
