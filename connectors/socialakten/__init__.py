"""The case system that handläggare use, worked through its own screens."""
