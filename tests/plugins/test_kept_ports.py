"""A port that was drawn for a kernel is the kernel's, and nobody else's."""

import socket
import sys

import pytest
import zmq
from jupyter_client.connect import LocalPortCache
from jupyter_client.manager import KernelManager

from . import kept_ports

HERE = "127.0.0.1"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="ports are not kept here")


def test_a_port_is_kept_for_the_kernel():
    ports = LocalPortCache.instance()
    port = ports.find_available_port(HERE)
    with socket.socket() as another, pytest.raises(OSError, match="in use"):
        another.bind((HERE, port))
    with zmq.Context() as context, context.socket(zmq.ROUTER) as kernel:
        kernel.bind(f"tcp://{HERE}:{port}")
    ports.return_port(port)
    with socket.socket() as another:
        another.bind((HERE, port))


def test_a_kernel_starts_on_such_ports_and_gives_them_back():
    manager = KernelManager()
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        assert set(manager.ports) <= kept_ports._kept.keys()
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert kept_ports._kept.keys().isdisjoint(manager.ports)
