"""What holds for the whole suite."""

from hypothesis import HealthCheck, settings

# A test states what is true, not how fast this machine is today: one that is stopped for a while,
# or shared with others, finds the same facts.
settings.register_profile("facts", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("facts")
