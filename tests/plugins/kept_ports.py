"""A port that is drawn for a kernel is kept until the kernel has it.

jupyter_client draws five, closes them, and the kernel binds them a second or more later. Where
another process starts a kernel meanwhile, both may be given the same, and one of the two dies:
one start in some hundreds, with three processes on two busy cores.

This is a plugin of pytest, and a file of settings to Jupyter.
"""

import random
import socket
import sys

from jupyter_client.connect import LocalPortCache

# of those that the system gives to nobody who asks for any
PORTS = range(10_000, 32_768)
_draw = random.SystemRandom().choice  # seeds are the same in each process
_kept = {}


def find_available_port(cache, ip):
    """Bind a port, and only then allow others that say the same, as ZeroMQ does, to bind it too."""
    while True:
        port, kept = _draw(PORTS), socket.socket()
        try:
            kept.bind((ip, port))
        except OSError:
            kept.close()
            continue
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _kept[port] = kept
        return port


def return_port(cache, port):
    """Let a port go."""
    if port in _kept:
        _kept.pop(port).close()


if sys.platform == "linux":  # elsewhere what is bound can be bound by nobody else, or by anybody
    LocalPortCache.find_available_port = find_available_port
    LocalPortCache.return_port = return_port
