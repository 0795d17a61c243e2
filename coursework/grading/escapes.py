"""Ways out of a box, each a function whose source is run in one: see `doctor`.

Each returns something true if it got hold of what it should not. The first line of its docstring
says what it tries.
"""

from __future__ import annotations

from typing import Any

At = dict[str, Any]  # what the outside tells: where the bait is


def read_file(at: At) -> Any:
    """read a file of the grader's"""
    with open(at["secret"]) as file:
        return file.read()


def read_environment(at: At) -> Any:
    """read the grader's environment"""
    import os

    places = [str(os.environ)]
    for name in ("self", "1", str(at["victim"])):
        try:
            with open(f"/proc/{name}/environ") as file:
                places.append(file.read())
        except OSError:
            pass
    return any(at["word"] in place for place in places)


def read_references(at: At) -> Any:
    """read what is right"""
    from coursework.exercises import find

    return find("radix-walk").title


def see_processes(at: At) -> Any:
    """see the machine's processes"""
    import os

    return str(at["victim"]) in os.listdir("/proc")


def kill_processes(at: At) -> Any:
    """kill the machine's processes"""
    import os

    os.kill(at["victim"], 9)  # whether that one lives is seen outside


def connect(at: At) -> Any:
    """open a connection"""
    import socket

    with socket.create_connection(("127.0.0.1", at["port"]), 2):
        return True


def connect_by_name(at: At) -> Any:
    """open a connection to a local service"""
    import socket

    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        client.connect("\0" + at["word"])
        return True


def write_libraries(at: At) -> Any:
    """plant code beside the libraries"""
    with open(at["planted"], "w") as file:
        return file.write("print('planted')")


def write_files(at: At) -> Any:
    """change a file of the grader's"""
    with open(at["secret"], "a") as file:
        return file.write("changed")


def make_namespace(at: At) -> Any:
    """make a namespace, and be root in it"""
    import ctypes

    return ctypes.CDLL(None).unshare(0x10000000) == 0


def become_root(at: At) -> Any:
    """have the rights of root"""
    import contextlib
    import ctypes
    import os

    with contextlib.suppress(OSError):
        os.setresuid(0, 0, 0)
    library, rights = ctypes.CDLL(None), (ctypes.c_uint32 * 6)()
    library.capget((ctypes.c_uint32 * 2)(0x20080522, 0), rights)
    return any(rights)


def start_processes(at: At) -> Any:
    """start processes without end"""
    import os
    import time

    started = 0
    while started < 2000:
        try:
            pid = os.fork()
        except OSError:
            break
        if pid == 0:
            time.sleep(60)
        started += 1
    return started >= 2000


def take_memory(at: At) -> Any:
    """take memory without end"""
    kept: list[bytearray] = []
    while len(kept) * 64 << 20 < 2 * at["memory"]:
        kept.append(bytearray(64 << 20))
    return True


def fill_disk(at: At) -> Any:
    """fill the disk"""
    for number in range(2 * at["scratch"] >> 20):
        with open(f"/tmp/{at['word']}-{number}", "wb") as file:
            file.write(bytes(1 << 20))
    return True


ESCAPES = (
    read_file, read_environment, read_references, see_processes, kill_processes, connect,
    connect_by_name, write_libraries, write_files, make_namespace, become_root, start_processes,
    take_memory, fill_disk,
)  # fmt: skip
