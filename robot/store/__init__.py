"""Tables (rows only), the database and its migrations."""
