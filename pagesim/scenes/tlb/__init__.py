"""The TLB: how it looks up, what it misses, and what that costs."""
