"""What holds for the whole suite."""

import sys

from hypothesis import HealthCheck, settings

# With this package jsonschema can judge IRIs, of which a notebook has none, and reading its grammar
# takes each process three seconds.
sys.modules["rfc3987_syntax"] = None

# A test states what is true, not how fast this machine is today: one that is stopped for a while,
# or shared with others, finds the same facts.
facts = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("facts", **facts)
settings.register_profile("fewer", max_examples=20, **facts)
settings.load_profile("facts")
