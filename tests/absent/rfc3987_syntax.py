"""Stands for a package that is not there: see `tests/conftest.py`."""

raise ImportError("the tests do without it")
