"""All policies by name. A new one is a file with its record, and a line here."""

from __future__ import annotations

from .aging import AGING
from .chance import RANDOM
from .clock import CLOCK, SECOND_CHANCE
from .enhanced_clock import ENHANCED_CLOCK
from .fifo import FIFO
from .lru import LRU
from .nru import NRU
from .opt import OPT
from .policy import Policy

POLICIES: dict[str, Policy] = {
    policy.name: policy
    for policy in (FIFO, LRU, CLOCK, SECOND_CHANCE, OPT, RANDOM, NRU, ENHANCED_CLOCK, AGING)
}
