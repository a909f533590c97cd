"""The desk's pages, one module each with a ``router``; they are found by looking here."""
