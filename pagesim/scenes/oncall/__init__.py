"""Scenes of a shift on call: the graph of an incident, and the machine that is run again."""
