"""The same work with other robots' tools, each in an environment of its own."""
