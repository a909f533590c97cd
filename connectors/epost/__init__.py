"""E-mail over SMTP: short notices without personal data."""
