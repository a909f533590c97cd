"""Lets `pytest processes/…` collect the cases of a process folder."""

pytest_plugins = ["robot.definition.pytest_plugin"]
