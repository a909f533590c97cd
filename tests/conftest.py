"""What holds for every test."""

import pytest
from hypothesis import settings

# The same examples in every run, and no time limit for one: a busy machine is not a wrong answer.
settings.register_profile("house", derandomize=True, deadline=None)
settings.load_profile("house")

# WeasyPrint leaves the colour profile of PDF/A open until the garbage collector comes by.
LETTERS = "ignore:unclosed file .*sRGB2014.icc:ResourceWarning"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let every test make letters."""
    for item in items:
        item.add_marker(pytest.mark.filterwarnings(LETTERS), append=False)
