"""NUMA: pages stay where they were first touched; means are worked out access by access."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagesim import OutOfMemory, PhysicalMemory
from pagesim.memory.numa import NumaSpace


def space(nodes, frames_each):
    return NumaSpace(PhysicalMemory(nodes * frames_each, frame_bytes=8, nodes=nodes))


def test_a_page_lies_where_it_was_first_touched_and_stays():
    """set_mempolicy(2), MPOL_DEFAULT: the node of the processor that triggers the allocation."""
    two = space(2, 8)
    assert two.node_of(5) is None
    assert two.access(5, node=1)
    assert not two.access(5, node=0)
    assert not two.access(5, node=0)
    assert two.node_of(5) == 1
    assert (two.local, two.remote) == (1, 2)


@pytest.mark.parametrize(("nodes", "share"), [(1, 1.0), (2, 1 / 2), (4, 1 / 4), (8, 1 / 8)])
def test_one_initialising_thread_leaves_everybody_else_remote(nodes, share):
    """All pages on node 0: of n threads that use a part each, one is at home."""
    machine = space(nodes, 64)
    for page in range(8 * nodes):
        machine.touch(page, node=0)
    assert (machine.local, machine.remote) == (0, 0)
    for page in range(8 * nodes):
        machine.access(page, node=page // 8, count=10)
    assert machine.local_share == share


def test_every_thread_touching_its_own_part_is_at_home():
    machine = space(4, 8)
    for page in range(32):
        machine.touch(page, node=page // 8)
    assert all(machine.access(page, node=page // 8) for page in range(32))
    assert machine.mean_ns(80, 120) == 80


def test_a_full_node_borrows_from_the_next():
    machine = space(3, 4)
    for page in range(10):
        machine.touch(page, node=1)
    assert [machine.node_of(page) for page in range(10)] == [1] * 4 + [2] * 4 + [0] * 2
    machine.touch(10, node=1)
    machine.touch(11, node=1)
    with pytest.raises(OutOfMemory):
        machine.touch(12, node=1)
    assert machine.access(4, node=2)  # those that have a frame go on


@given(
    st.integers(1, 4),
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 3), st.integers(0, 5)), max_size=40),
    st.integers(0, 100),
    st.integers(100, 1000),
)
def test_the_mean_is_the_mean_of_the_accesses(nodes, accesses, near, far):
    machine, home, times = space(nodes, 8), {}, []
    for page, node, count in accesses:
        node %= nodes
        machine.access(page, node, count)
        home.setdefault(page, node)
        times += [near if home[page] == node else far] * count
    mean = sum(times) / len(times) if times else near
    assert machine.mean_ns(near, far) == pytest.approx(mean)
    assert {page: machine.node_of(page) for page in home} == home


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda two: two.touch(-1, 0), r"page -1 is outside 0\.\."),
        (lambda two: two.touch(0, 2), r"node 2 is outside 0\.\.1 \(memory\)"),
        (lambda two: two.access(0, 0, -3), r"count -3 is outside 0\.\."),
        (lambda two: two.access(0.5, 0), r"page 0\.5 is not a whole number"),
        (lambda two: two.mean_ns(-1, 5), "times -1 and 5 ns must not be negative"),
    ],
)
def test_a_bad_number_is_named(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call(space(2, 4))
