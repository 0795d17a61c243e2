"""Who may do what, and what hardware writes: every combination, against rules from the manuals.

The entries are written as numbers, so that these tests share no bit position with the simulator.
"""

from itertools import product

import pytest

from pagesim import (
    ARM64_16K,
    SV39,
    TOY15,
    X86_32,
    X86_64,
    Mmu,
    PageFault,
    PhysicalMemory,
    RadixTable,
)

# x86 entry bits: Intel SDM vol. 3A, "Formats of CR3 and Paging-Structure Entries"
P, RW, US, A, D, PS, XD = 1, 2, 4, 1 << 5, 1 << 6, 1 << 7, 1 << 63
# page-fault error code: same volume, "Page-Fault Error Code"
ERR_P, ERR_W, ERR_U, ERR_RSVD, ERR_I = 1, 2, 4, 8, 16

VA = 0x0000_0080_4020_1ABC  # indices 1, 1, 1, 1
ACCESSES = [(access, user) for access in "rwx" for user in (False, True)]


class CountedMemory(PhysicalMemory):
    """Memory that counts how often a word is written."""

    stores = 0

    def store(self, pa, value, width=8):
        self.stores += 1
        super().store(pa, value, width)


def chain(words, mode=X86_64, index=1):
    """Lay a table into each frame from 0 on, each with one of the entries, and count from then."""
    width = mode.pte.bytes
    memory = CountedMemory(frames=8, frame_bytes=mode.page_bytes)
    for level, word in enumerate(words):
        memory.store(level * mode.page_bytes + index * width, word, width)
    memory.stores = 0
    return Mmu(RadixTable(mode, memory, root=0))


def entries(mmu, levels, index=1):
    mode, memory = mmu.table.mode, mmu.table.memory
    width = mode.pte.bytes
    return [memory.load(level * mode.page_bytes + index * width, width) for level in range(levels)]


def fault_of(mmu, va, access, user):
    """Translate, and give the error code, or None if it went well."""
    try:
        mmu.translate(va, access, user)
    except PageFault as caught:
        fault = caught
    else:
        return None
    assert fault.va == va
    return fault.error_code


# -- x86-64: SDM, "Determination of Access Rights", CR0.WP = 1, EFER.NXE = 1, no SMEP, no SMAP -----

# (access, user mode) -> what must hold of U/S, R/W and XD of *all* entries together
RIGHTS = {
    ("r", False): lambda us, rw, xd: True,
    ("w", False): lambda us, rw, xd: rw,
    ("x", False): lambda us, rw, xd: not xd,
    ("r", True): lambda us, rw, xd: us,
    ("w", True): lambda us, rw, xd: us and rw,
    ("x", True): lambda us, rw, xd: us and not xd,
}


def x86_error(words, access, user, has_xd=True):
    """Give the error code that the manual's rules ask for, None if the access is allowed."""
    code = ERR_W * (access == "w") | ERR_U * user | ERR_I * (access == "x" and has_xd)
    if not all(word & P for word in words):
        return code
    us, rw = (all(word & bit for word in words) for bit in (US, RW))
    xd = has_xd and any(word & XD for word in words)
    return None if RIGHTS[access, user](us, rw, xd) else code | ERR_P


def test_every_permission_of_every_level_against_every_access():
    flags = [rw | us | xd for rw in (0, RW) for us in (0, US) for xd in (0, XD)]
    mmu = chain([0] * 4)
    memory = mmu.table.memory
    verdicts = set()
    for combination in product(flags, repeat=4):
        words = [P | A | D | flag | (k + 1) << 12 for k, flag in enumerate(combination)]
        for level, word in enumerate(words):
            memory.store(level * 4096 + 8, word)
        for access, user in ACCESSES:
            wanted = x86_error(words, access, user)
            assert fault_of(mmu, VA, access, user) == wanted, (combination, access, user)
            verdicts.add(wanted)
    assert verdicts == {  # each verdict that these rules can give was seen
        None,
        ERR_P | ERR_W,
        ERR_P | ERR_I,
        ERR_P | ERR_U,
        ERR_P | ERR_U | ERR_W,
        ERR_P | ERR_U | ERR_I,
    }


@pytest.mark.parametrize("absent", range(4))
@pytest.mark.parametrize("upper", [P | RW | US, P | US, P | RW, P | XD])
def test_where_an_entry_is_absent_p_is_clear_whatever_stands_above(absent, upper):
    words = [upper | (k + 1) << 12 for k in range(4)]
    words[absent] &= ~P
    for access, user in ACCESSES:
        mmu = chain(words)
        assert fault_of(mmu, VA, access, user) == x86_error(words, access, user)
        assert fault_of(mmu, VA, access, user) & ERR_P == 0
        assert mmu.table.memory.stores == 0


@pytest.mark.parametrize(
    ("level", "word"),
    [
        (0, P | RW | US | PS | 1 << 12),  # no 512 GiB pages: PS of a PML4 entry is reserved
        (1, P | RW | US | PS | 1 << 13),  # address bits 29:13 of a 1 GiB page
        (1, P | RW | US | PS | 1 << 29),
        (2, P | RW | US | PS | 1 << 13),  # address bits 20:13 of a 2 MiB page
        (2, P | RW | US | PS | 1 << 20),
    ],
)
def test_a_reserved_bit_faults_with_rsvd_and_p_whatever_the_rights(level, word):
    rights = [P | RW | US, P | US, P | RW, P | RW | US | XD]
    for upper, (access, user) in product(rights, ACCESSES):
        words = [upper | (k + 1) << 12 for k in range(4)]
        words[level] = word
        mmu = chain(words)
        code = ERR_W * (access == "w") | ERR_U * user | ERR_I * (access == "x")
        assert fault_of(mmu, VA, access, user) == code | ERR_RSVD | ERR_P
        assert entries(mmu, 4) == words


def test_ps_at_the_last_level_is_pat_and_nothing_else():
    words = [P | RW | US | (k + 1) << 12 for k in range(4)]
    words[3] |= PS
    assert chain(words).translate(VA).pa == 4 << 12 | 0xABC


@pytest.mark.parametrize(("level", "bits"), [(1, 30), (2, 21)])
def test_rights_of_a_huge_page_are_those_above_it_too(level, bits):
    for upper, leaf in product([0, RW, US, RW | US, RW | US | XD], repeat=2):
        words = [P | A | upper | (k + 1) << 12 for k in range(level)]
        words.append(P | A | D | PS | leaf | 1 << bits)
        mmu = chain(words)
        for access, user in ACCESSES:
            wanted = x86_error(words, access, user)
            assert fault_of(mmu, VA, access, user) == wanted
            if wanted is None:
                found = mmu.translate(VA, access, user)
                assert (found.pa, found.reads) == (1 << bits | VA & (1 << bits) - 1, level + 1)


# -- 32-bit x86: no XD, so a fetch is a read and I is never set ------------------------------------


def test_32_bit_x86_knows_no_execute_right():
    va = 0x0040_1ABC  # indices 1, 1
    for upper, leaf, huge in product([0, RW, US, RW | US], [0, RW, US, RW | US], [False, True]):
        words = [P | upper | 1 << 12, P | leaf | 2 << 12]
        if huge:
            words = [P | PS | leaf | 1 << 22]
        for access, user in ACCESSES:
            mmu = chain(words, X86_32)
            assert fault_of(mmu, va, access, user) == x86_error(words, access, user, has_xd=False)
    for bit in range(13, 22):  # of a 4 MiB page, without PSE-36
        mmu = chain([P | PS | 1 << bit], X86_32)
        assert fault_of(mmu, va, "x", True) == ERR_RSVD | ERR_P | ERR_U
    assert chain([P | US | PS | 1 << 12], X86_32).translate(va).pa == va & 0x3F_FFFF  # PAT


# -- what an x86 writes: SDM sec. "Accessed and Dirty Flags" ---------------------------------------

# bits that the MMU has no business with: PWT, PCD, PAT, the ignored bits and the protection key
OTHERS = 1 << 3 | 1 << 4 | 0b111 << 9 | 0x7FF << 52


@pytest.mark.parametrize("others", [0, OTHERS])
@pytest.mark.parametrize("levels", [2, 3, 4])  # 1 GiB, 2 MiB, 4 KiB
@pytest.mark.parametrize("user", [False, True])
def test_a_on_the_way_d_at_the_leaf_and_no_other_bit(others, levels, user):
    words = [P | RW | US | others | (k + 1) << 12 for k in range(levels)]
    if levels < 4:
        words[-1] = P | RW | US | PS | others | 1 << 30
    for access in "rx":
        mmu = chain(words)
        mmu.translate(VA, access, user)
        assert entries(mmu, levels) == [word | A for word in words]
    mmu = chain(words)
    mmu.translate(VA, "w", user)
    assert entries(mmu, levels) == [word | A for word in words[:-1]] + [words[-1] | A | D]


def test_a_bit_that_is_set_is_not_written_again():
    mmu = chain([P | RW | US | (k + 1) << 12 for k in range(4)])
    written = []
    for access in "rrwwrx":
        before = mmu.table.memory.stores
        mmu.translate(VA, access)
        written.append(mmu.table.memory.stores - before)
    assert written == [4, 0, 1, 0, 0, 0]


def test_a_refused_access_writes_nothing():
    words = [P | RW | US | (k + 1) << 12 for k in range(4)]
    for level, missing in product(range(4), [P, RW, US]):
        refused = list(words)
        refused[level] &= ~missing
        mmu = chain(refused)
        assert fault_of(mmu, VA, "w", True) is not None
        assert entries(mmu, 4) == refused
        assert mmu.table.memory.stores == 0


# -- RISC-V: privileged spec sec. 4.3, only the leaf decides ---------------------------------------

V, R, W, X, U, G, RISCV_A, RISCV_D = (1 << bit for bit in range(8))


def sv39_allows(flags, access, user):
    """Steps 3 to 6 of the spec's algorithm, with SUM = 1 and MXR = 0."""
    if not flags & V or (flags & W and not flags & R) or not flags & (R | W | X):
        return False
    if user and not flags & U:
        return False
    if access == "x" and not user and flags & U:
        return False
    return bool(flags & {"r": R, "w": W, "x": X}[access])


@pytest.mark.parametrize("level", [0, 1, 2])  # 1 GiB, 2 MiB, 4 KiB
def test_every_leaf_of_sv39_against_every_access(level):
    va = SV39.join((1, 1, 1), 0xABC)
    for bits in product((0, V), (0, R), (0, W), (0, X), (0, U), (0, G)):
        flags = sum(bits)
        if level < 2 and not flags & (R | W | X):
            continue  # that is a pointer
        words = [(k + 1) << 10 | V for k in range(level)] + [1 << 28 | flags]
        for access, user in ACCESSES:
            mmu = chain(words, SV39)
            code = fault_of(mmu, va, access, user)
            assert (code is None) == sv39_allows(flags, access, user), (flags, access, user)
            if code is None:
                leaf = words[-1] | RISCV_A | (RISCV_D if access == "w" else 0)
                assert entries(mmu, level + 1) == [*words[:-1], leaf]  # pointers stay as they are
            else:
                assert entries(mmu, level + 1) == words
                assert bool(code & ERR_P) == bool(flags & V)
                assert code & (ERR_W | ERR_U | ERR_I) == (
                    ERR_W * (access == "w") | ERR_U * user | ERR_I * (access == "x")
                )


def test_an_execute_only_page_cannot_be_loaded_from():
    mmu = chain([1 << 10 | V, 2 << 10 | V, 3 << 10 | V | X | U], SV39)
    va = SV39.join((1, 1, 1))
    assert mmu.translate(va, "x").pa == 3 << 12
    assert fault_of(mmu, va, "r", True) == ERR_P | ERR_U


# -- Arm: AP[2:1] and UXN of the leaf --------------------------------------------------------------


@pytest.mark.parametrize(
    ("ap", "user_rights", "kernel_writes"),
    [
        (0b00, "", True),
        (0b01, "rw", True),
        (0b10, "", False),
        (0b11, "r", False),
    ],
)
def test_arms_access_permissions(ap, user_rights, kernel_writes):
    # Arm ARM, "Data access permissions": AP[2:1] at bits 7:6; AF is bit 10, nG 11, UXN 54
    uxn, table = 1 << 54, 0b11
    va = ARM64_16K.join((1, 1, 1, 1))
    words = [(k + 1) << 14 | table for k in range(4)]
    words[3] |= ap << 6 | uxn
    for access in "rw":
        mmu = chain(words, ARM64_16K)
        assert (fault_of(mmu, va, access, True) is None) == (access in user_rights)
    assert fault_of(chain(words, ARM64_16K), va, "r", False) is None
    assert (fault_of(chain(words, ARM64_16K), va, "w", False) is None) == kernel_writes
    if user_rights:
        assert fault_of(chain(words, ARM64_16K), va, "x", True) == ERR_P | ERR_U | ERR_I
        words[3] &= ~uxn
        assert fault_of(chain(words, ARM64_16K), va, "x", True) is None


def test_arm_marks_only_the_page():
    words = [(k + 1) << 14 | 0b11 for k in range(4)]
    mmu = chain(words, ARM64_16K)
    mmu.translate(ARM64_16K.join((1, 1, 1, 1)), "r", user=False)
    assert entries(mmu, 4) == [*words[:3], words[3] | 1 << 10]


# -- a format without the bits, and what is refused ------------------------------------------------


def test_a_machine_without_permission_bits_allows_everything_and_writes_nothing():
    memory = CountedMemory(frames=128, frame_bytes=32)
    memory.store(108 * 32 + 24, 0xA1, width=1)
    memory.store(0x21 * 32 + 8, 0xB5, width=1)
    memory.stores = 0
    mmu = Mmu(RadixTable(TOY15, memory, root=108))
    for access, user in ACCESSES:
        assert mmu.translate(0x611C, access, user).pa == 0x6BC
    assert memory.stores == 0
    assert fault_of(mmu, 0, "x", False) == 0


@pytest.mark.parametrize(
    ("va", "access", "message"),
    [
        (VA, "rw", "access 'rw' is not 'r', 'w' or 'x'"),
        (VA, None, "access None is not 'r', 'w' or 'x'"),
        (1 << 64, "r", "va 0x10000000000000000 does not fit in 64 bits"),
        (-1, "r", "va -0x1 does not fit in 64 bits"),
        ("0", "r", "va '0' is not a whole number"),
    ],
)
def test_a_mistake_is_no_page_fault(va, access, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        chain([P | 1 << 12]).translate(va, access)


@pytest.mark.parametrize(
    ("code", "flags", "text"),
    [
        (0, "", "page fault at 0x1000: no bits set"),
        (7, "P W U", "page fault at 0x1000: P W U"),
        (21, "P U I", "page fault at 0x1000: P U I"),
        (13, "P U RSVD", "page fault at 0x1000: P U RSVD"),
    ],
)
def test_a_page_fault_says_its_bits(code, flags, text):
    fault = PageFault(0x1000, code)
    assert (fault.flags, str(fault)) == (flags, text)


def test_the_cases_that_linux_reported():
    # counted on Linux 6.18, x86-64, from the CPU's own error codes; here as its tables would stand
    present = [P | RW | US | (k + 1) << 12 for k in range(4)]

    def leaf(flags):
        return [*present[:3], flags | 5 << 12]

    cases = [
        (leaf(P | US), "w", "P W U"),  # store to a touched read-only page, or to libc's text
        (leaf(0), "w", "W U"),  # store to an untouched one
        (leaf(0), "r", "U"),  # PROT_NONE: not present, although the frame is resident
        ([0, 0, 0, 0], "r", "U"),  # NULL
        ([0, 0, 0, 0], "w", "W U"),
        (leaf(P | RW | US | XD), "x", "P U I"),  # jump to data
        (leaf(P | RW), "r", "P U"),  # a kernel address
        (leaf(P | RW), "w", "P W U"),
    ]
    for words, access, flags in cases:
        with pytest.raises(PageFault) as caught:
            chain(words).translate(VA, access)
        assert caught.value.flags == flags
