"""Where an address lies: near NULL, in user space, in a part of the kernel's half, nowhere.

Sources: Linux 6.18 Documentation/arch/x86/x86_64/mm.rst (48 bits; the first three parts of the
kernel's half start somewhere else on each boot, unless nokaslr was given), include/linux/poison.h.
"""

from __future__ import annotations

_NEAR_NULL = 1 << 16
_PARTS = (
    (0xFFFF_8000_0000_0000, "left free for hypervisors"),
    (0xFFFF_8800_0000_0000, "the kernel's map of all RAM"),
    (0xFFFF_C900_0000_0000, "vmalloc: stacks and large pieces of the kernel, entered page by page"),
    (0xFFFF_EA00_0000_0000, "vmemmap: a struct page for each frame"),
    (0xFFFF_EC00_0000_0000, "KASAN's shadow memory"),
    (0xFFFF_FE00_0000_0000, "entry code and stacks of each CPU"),
    (0xFFFF_FF00_0000_0000, "small special mappings of the kernel"),
    (0xFFFF_FFFF_8000_0000, "the kernel's own code and data"),
    (0xFFFF_FFFF_A000_0000, "code of modules, or of the kernel itself"),
    (0xFFFF_FFFF_FF00_0000, "fixmap and vsyscall"),
)
_RANDOMISED = (0xFFFF_8800_0000_0000, 0xFFFF_EC00_0000_0000)
_POISON = {
    0xDEAD_0000_0000_0100: "LIST_POISON1: a list entry that was already taken out",
    0xDEAD_0000_0000_0122: "LIST_POISON2: a list entry that was already taken out",
    0xDEAD_0000_0000_0200: "LIST_POISON2 of older kernels: a list entry already taken out",
}
_BYTES = {
    0x6B: "memory that was freed (slab poison 0x6b)",
    0x5A: "memory that was never written (slab poison 0x5a)",
    0xCC: "memory of the kernel's start that was freed (0xcc)",
    0xAA: "page poison 0xaa: memory that was freed",
}
USER_END = 0x8000_0000_0000


def is_canonical(va: int, bits: int = 48) -> bool:
    """Tell whether the upper bits repeat the top translated one."""
    top = va >> bits - 1
    return top in (0, (1 << 65 - bits) - 1)


def poison(va: int) -> str:
    """Name the pattern that an address was made from, if it is a known one.

    >>> poison(0xDEAD000000000108)
    'close to LIST_POISON1: a list entry that was already taken out'
    """
    for base, words in _POISON.items():
        if va == base:
            return words
        if abs(va - base) < 0x20:
            return f"close to {words}"
    top = va.to_bytes(8, "big")[:6]
    if len(set(top)) == 1 and top[0] in _BYTES:
        return _BYTES[top[0]]
    return ""


def place(va: int, x86: bool = True) -> str:
    """Say in words where an address lies; of other processors' kernel halves nothing is said.

    >>> place(8)
    'next to NULL: a field at offset 8 of something that was not there, or a small wrong number'
    >>> place(0xFFFFC90000000000)
    'vmalloc: stacks and large pieces of the kernel, entered page by page (unless it was moved)'
    """
    if va < _NEAR_NULL:
        what = "NULL itself" if va == 0 else f"a field at offset {va:,}"
        if va == 0:
            return "NULL itself"
        return f"next to NULL: {what} of something that was not there, or a small wrong number"
    if va >= (1 << 64) - _NEAR_NULL:
        return f"{va - (1 << 64)} as a pointer: an error code that was taken for an address?"
    if known := poison(va):
        return known
    if not x86:
        return ""
    if not is_canonical(va, 57):
        return "not canonical: no page table is asked for it"
    if va < USER_END:
        return "in the user's half"
    if not is_canonical(va):
        return "canonical only with five levels"
    part = [(start, words) for start, words in _PARTS if start <= va][-1]
    low, high = _RANDOMISED
    return part[1] + (" (unless it was moved)" if low <= part[0] < high else "")
