"""Page faults: what the kernel decides, what it copies, and what a fault costs."""
