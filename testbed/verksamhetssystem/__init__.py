"""A simulated case system with its own database, screens and rules; the robot works in it as a handläggare would."""
