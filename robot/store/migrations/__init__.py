"""Alembic migrations of everything the robot stores."""
