"""Huge pages: what they buy, what they cost, and why there is sometimes no room for one."""
