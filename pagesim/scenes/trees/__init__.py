"""Trees of tables: how an address is cut, how a walk goes, and what its tables cost."""
