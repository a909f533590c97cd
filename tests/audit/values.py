"""Hypothesis strategies for what the journal and the vault hold."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from audit.canonical import LARGEST_INTEGER

repeatable = settings(derandomize=True, deadline=None)
"""The same examples in every run, however slow the machine."""


def json_values(keys: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[Any]:
    """JSON without floats, a few levels deep."""
    leaves = st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | st.text(max_size=12)
    names = st.text(max_size=8) if keys is None else keys
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
        max_leaves=6,
    )


def bodies() -> st.SearchStrategy[dict[str, Any]]:
    """Bodies of entries: ASCII keys."""
    names = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=8)
    return st.dictionaries(names, json_values(names), max_size=3)
