"""The exercise of notebook 00: small enough to try out how checks work."""

from .look_up import LOOK_UP

EXERCISES = (LOOK_UP,)
