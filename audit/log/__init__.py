"""The journal: append-only entries, a chain per case."""
