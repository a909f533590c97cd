"""Lets `pytest processes/…` collect the cases of a process folder."""

from robot.definition.pytest_plugin import pytest_collect_file

__all__ = ["pytest_collect_file"]
