"""Takes a case through its process."""
