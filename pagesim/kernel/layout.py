"""Where things go in an address space, before any randomisation.

    top    ---------------------------
           stack, grows down          | up to 8 MiB
           gap                        | so that the stack can grow
           libraries, mmap, grow down |
           ...                        |
           heap, grows up             | brk
           bss, data, text            | the program, at two thirds of the space
    bottom ---------------------------  page 0 stays empty, so that NULL faults

Source: Linux arch/x86/mm/mmap.c (`mmap_base`), fs/binfmt_elf.c, arch/x86/include/asm/elf.h
(`ELF_ET_DYN_BASE`), arch/x86/include/asm/page_types.h (`TASK_SIZE_MAX`).
"""

from __future__ import annotations

from dataclasses import dataclass

from ..arch import PagingMode

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Layout:
    """The landmarks of an address space, in bytes.

    Attributes
    ----------
    top : int
        First address that is not the user's.
    program, mmap_top : int
        Where the program starts, and below which mappings are placed.
    lowest : int
        Lowest address that can be mapped (vm.mmap_min_addr).
    stack : int
        Bytes of the stack's area when the program starts.
    stack_limit : int
        Bytes that the stack may grow to (ulimit -s).
    guard : int
        Bytes that must stay free below it.

    Examples
    --------
    >>> from pagesim import X86_64
    >>> layout = Layout.of(X86_64)
    >>> hex(layout.top), hex(layout.program), layout.guard // 4096
    ('0x7ffffffff000', '0x555555554000', 256)
    """

    top: int
    program: int
    mmap_top: int
    lowest: int
    stack: int
    stack_limit: int
    guard: int

    @classmethod
    def of(cls, mode: PagingMode) -> Layout:
        """Lay out the user's part of a mode: Linux's numbers, or less where there is no room."""
        page = mode.page_bytes

        def pages(size: int) -> int:
            return max(size // page, 1) * page

        # Where addresses are not canonical the kernel takes the top quarter, as on 32-bit x86.
        room = 1 << mode.va_bits - 1 if mode.canonical else (1 << mode.va_bits) // 4 * 3
        top = room - page if mode.canonical else room
        limit = pages(min(8 * _MIB, room // 8))
        guard = pages(min(256 * page, room // 64))
        return cls(
            top=top,
            program=pages(top // 3 * 2),
            mmap_top=top - pages(max(limit + guard, min(128 * _MIB, room // 8))),
            lowest=pages(min(64 * 1024, page)) if room < _MIB else pages(64 * 1024),
            stack=min(33 * page, limit // 2 // page * page),
            stack_limit=limit,
            guard=guard,
        )
