"""The loader: it lays a program out in an empty address space.

Source: Linux fs/binfmt_elf.c (`load_elf_binary`).
"""

from __future__ import annotations

from .calls import MemoryCalls


def load_program(process: MemoryCalls) -> None:
    """Map text, data, bss, a library, vdso and stack, as execve(2) and the loader do."""
    machine, layout = process.kernel, process.kernel.layout
    page, at = machine.mode.page_bytes, layout.program
    process.map_area(4 * page, "rx", file=machine.program, addr=at, role="text")
    process.map_area(
        page, "rw", file=machine.program, offset=4 * page, addr=at + 4 * page, role="data"
    )
    process.map_area(page, "rw", addr=at + 5 * page, role="bss")
    process.space.start_brk = process.space.brk = at + 7 * page
    code = process.map_area(5 * page, "rx", file=machine.libc, role="library")
    process.map_area(
        page, "rw", file=machine.libc, offset=4 * page, addr=code.end - page, role="library"
    )
    process.map_area(page, "rx", file=machine.vdso, role="vdso")
    stack = layout.top - layout.stack
    process.map_area(layout.stack, "rw", addr=stack, grows_down=True, role="stack")
