"""SMS through an HTTP gateway: short notices without personal data."""
