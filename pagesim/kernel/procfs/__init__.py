"""The files in which Linux tells what a machine and its processes have, computed from their state.

Each module writes some of them, byte for byte in Linux's format; `Kernel.cat` finds the right one.
"""
