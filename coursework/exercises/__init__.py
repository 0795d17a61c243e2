"""Every exercise of the course: a module each, in the folder of its notebook."""

from __future__ import annotations

from importlib import import_module

from ..exercise import Exercise

_ORDER = {
    "00": ("look_up",),
    "01": ("base_bounds", "shared_ram", "disk_share", "largest_fit", "numa_mean"),
    "02": ("byte_walk", "table_bytes", "smallest_entry", "fits_beside"),
    "03": ("split_join", "page_walk", "decode_pte", "best_page", "table_bill"),
    "04": ("hand_walk", "count_tables", "radix_walk", "unmap", "place_64"),
    "05": ("cover_huge", "sparse_rss", "mixed_walk", "buddy_order", "pick_page"),
    "06": ("set_and_tag", "reach", "lru_tlb", "access_time", "loop_hits"),
    "07": ("read_maps", "brk_sums", "find_vma", "access_verdict", "mprotect"),
    "08": ("classify_fault", "fault_counters", "first_touch", "copy_on_write", "grow_stack"),
    "09": ("working_set", "fifo_and_clock", "opt", "find_belady", "how_many_fit"),
    "10": ("memory_is_gone", "since_the_fork", "slow_start", "slow_join", "half_the_work"),
}
_FOUND: list[Exercise] = [
    import_module(f".nb{number}.{name}", __name__).EXERCISE
    for number, names in _ORDER.items()
    for name in names
]
EXERCISES: dict[str, Exercise] = {each.id: each for each in _FOUND}


def find(exercise_id: str) -> Exercise:
    """Look an exercise up.

    Parameters
    ----------
    exercise_id : str
        What `check` is called with.

    Raises
    ------
    ValueError
        If there is no such exercise; the message names all there are.

    Examples
    --------
    >>> find("radix-walk").points
    2
    """
    if type(exercise_id) is not str or exercise_id not in EXERCISES:
        raise ValueError(f"exercise {exercise_id!r} is none of {', '.join(EXERCISES)}")
    return EXERCISES[exercise_id]


def of_notebook(number: str) -> list[Exercise]:
    """List a notebook's exercises in their order.

    Parameters
    ----------
    number : str
        The notebook's two digits.

    Raises
    ------
    ValueError
        If no exercise belongs to it.

    Examples
    --------
    >>> sum(exercise.points for exercise in of_notebook("04"))
    10
    """
    if type(number) is not str or number not in _ORDER:
        raise ValueError(f"notebook {number!r} is none of {', '.join(_ORDER)}")
    return [exercise for exercise in EXERCISES.values() if exercise.notebook == number]
