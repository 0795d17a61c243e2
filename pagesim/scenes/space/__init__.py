"""The address space of one process: whose addresses are whose, and how areas come and go."""
