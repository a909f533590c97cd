"""What holds for every test."""

from hypothesis import settings

# The same examples in every run, and no time limit for one: a busy machine is not a wrong answer.
settings.register_profile("house", derandomize=True, deadline=None)
settings.load_profile("house")
